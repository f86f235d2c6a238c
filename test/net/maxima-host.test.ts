import { afterEach, expect, test } from "vitest";
import { MAX_HASH } from "../../host/protocol/bytes.js";
import { type MaximaPackage, type MaxTxPoW, maximaPackageHash } from "../../host/protocol/messages/maxima.js";
import { MessageType, writeMessage } from "../../host/protocol/messages/message.js";
import { sampleTxPoW } from "../protocol/samples.js";
import { until } from "../until.js";
import { FakeChain } from "./fake-chain.js";
import { Client, startNode, stopAll } from "./harness.js";

afterEach(stopAll);

const KEY = new Uint8Array(162).fill(3);

function maximaMessage(to: Uint8Array, size = 100, blkdiff: Uint8Array = new Uint8Array(32)): MaxTxPoW {
  const item: MaximaPackage = { version: "1.0", to, data: new Uint8Array(size) };
  return { version: "1.0", package: item, txpow: sampleTxPoW(null, { customhash: maximaPackageHash(item), blkdiff }) };
}

/** Sends on a connection of its own and tells the status. */
async function deliver(port: number, message: MaxTxPoW): Promise<number | undefined> {
  const sender = await Client.connect(port);
  sender.send({ type: MessageType.MAXIMA_TXPOW, payload: message });
  return (await sender.next(MessageType.PING)).payload[0];
}

test("messages go to the client that announced the key", async () => {
  const node = await startNode();
  const client = await Client.connect(node.port);
  client.greet();
  client.send({ type: MessageType.MAXIMA_CTRL, payload: { type: 0, data: KEY } });
  await client.flush();
  const message = maximaMessage(KEY);
  expect(await deliver(node.port, message)).toBe(1);
  await client.next(MessageType.MAXIMA_TXPOW);
  expect(client.bodies.at(-1)).toEqual(writeMessage({ type: MessageType.MAXIMA_TXPOW, payload: message }));
  expect(await deliver(node.port, maximaMessage(KEY.slice(1)))).toBe(2);
  client.send({ type: MessageType.MAXIMA_CTRL, payload: { type: 0, data: KEY.slice(1) } });
  await client.flush();
  expect(await deliver(node.port, message)).toBe(2);
  expect(await deliver(node.port, maximaMessage(KEY.slice(1)))).toBe(1);
  client.close();
  await until(() => node.service.metrics().validPeers === 0);
  expect(await deliver(node.port, maximaMessage(KEY.slice(1)))).toBe(2);
});

test("other control messages change nothing", async () => {
  const node = await startNode();
  const client = await Client.connect(node.port);
  client.send({ type: MessageType.MAXIMA_CTRL, payload: { type: 7, data: KEY } });
  client.send({ type: MessageType.MAXIMA_CTRL, payload: { type: 1, data: KEY } });
  client.sendBody(writeMessage({ type: MessageType.MAXIMA_CTRL, payload: { type: 0, data: new Uint8Array(70_000) } }));
  await client.flush();
  expect(await deliver(node.port, maximaMessage(KEY))).toBe(2);
});

test("what is not made for its package or too big is refused", async () => {
  const node = await startNode();
  const wrong: MaxTxPoW = { ...maximaMessage(KEY), package: { version: "1.0", to: KEY, data: Uint8Array.of(1) } };
  expect(await deliver(node.port, wrong)).toBe(4);
  expect(await deliver(node.port, maximaMessage(KEY, 262_144))).toBe(3);
  expect(await deliver(node.port, maximaMessage(KEY, 262_144 - 181))).toBe(2);
});

test("a message that is a block enters the chain, from nobody", async () => {
  const chain = new FakeChain();
  const node = await startNode(chain);
  expect(await deliver(node.port, maximaMessage(KEY, 10, MAX_HASH))).toBe(2);
  await until(() => chain.submitted.length === 1);
  expect(chain.submitted[0]?.from).toBeNull();
  await deliver(node.port, maximaMessage(KEY, 10));
  expect(chain.submitted.length).toBe(1);
});

test("one sender cannot use up what a client is sent", async () => {
  const node = await startNode();
  const client = await Client.connect(node.port);
  client.send({ type: MessageType.MAXIMA_CTRL, payload: { type: 0, data: KEY } });
  await client.flush();
  const sender = await Client.connect(node.port);
  for (let i = 0; i < 310; i++) sender.send({ type: MessageType.MAXIMA_TXPOW, payload: maximaMessage(KEY, i) });
  const statuses = (): number[] => sender.ofType(MessageType.PING).map(({ payload }) => payload[0] ?? -1);
  await until(() => statuses().length === 310);
  expect(statuses()).toEqual([...new Array(300).fill(1), ...new Array(10).fill(2)]);
  await until(() => client.ofType(MessageType.MAXIMA_TXPOW).length === 300);
});
