import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Maxima } from "../../host/maxima/maxima.js";
import { sealMessage } from "../../host/maxima/sealing.js";
import type { MinimoteNode } from "../../host/node/node.js";
import type { Bytes } from "../../host/protocol/bytes.js";
import { encryptFor, newRSAKeyPair, type RSAKeyPair, rsaSign, writeCryptoPackage } from "../../host/protocol/encryption.js";
import {
  type MaximaInternal,
  type MaximaMessage,
  type MaximaPackage,
  type MaxTxPoW,
  maximaPackageHash,
  writeMaximaInternal,
  writeMaximaMessage,
} from "../../host/protocol/messages/maxima.js";
import { MessageType, writeMessage } from "../../host/protocol/messages/message.js";
import { encodeMx } from "../../host/protocol/mx.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { decodeUtf8 } from "../../host/protocol/text.js";
import { encode } from "../../host/protocol/writer.js";
import { Client } from "../net/harness.js";
import { Nodes, recordingLogger } from "../node/nodes.js";
import { sampleTxPoW } from "../protocol/samples.js";

const nodes = new Nodes();
const log = recordingLogger();
let node: MinimoteNode;
let maxima: Maxima;
let me: RSAKeyPair;
let other: RSAKeyPair;
let received = 0;

beforeAll(async () => {
  [me, other] = await Promise.all([newRSAKeyPair(), newRSAKeyPair()]);
});
beforeEach(async () => {
  await nodes.stop("node");
  node = await nodes.start("node", "solo", {}, log);
  ({ maxima } = node);
  received = 0;
  node.events.on("maxima", () => received++);
});
afterAll(() => nodes.stopAll());

function message(changes: Partial<MaximaMessage> = {}): MaximaMessage {
  const time = MiniNumber.of(Date.now());
  return { random: randomBytes(32), from: me.publicKey, to: maxima.publicKey, time, application: "app", data: randomBytes(9), ...changes };
}

/** A package signed by `keys` whose signed layer is what it should not be. */
function packed(changes: Partial<MaximaInternal> = {}, keys = me): MaximaPackage {
  const data = changes.data ?? encode(writeMaximaMessage, message());
  const internal = { from: me.publicKey, data, signature: rsaSign(keys.privateKey, data), ...changes };
  const sealed = encryptFor(maxima.publicKey, encode(writeMaximaInternal, internal), randomBytes);
  return { version: "1.0", to: maxima.publicKey, data: encode(writeCryptoPackage, sealed) };
}

/** Without work, and no block. */
const idle = (item: MaximaPackage): MaxTxPoW => ({
  version: "1.0",
  package: item,
  txpow: sampleTxPoW(null, { customhash: maximaPackageHash(item), blkdiff: new Uint8Array(32) }),
});

async function worked(item: MaximaPackage): Promise<MaxTxPoW> {
  const template = await node.build({ customhash: maximaPackageHash(item), hashRate: 0 });
  return { version: "1.0", package: item, txpow: await node.miner.mine(template, 1) };
}

/** Sends on a connection of its own; the status, or undefined when there is none. */
async function deliver(item: MaxTxPoW): Promise<number | undefined> {
  const client = await Client.connect(node.network.listening?.port ?? 0);
  client.send({ type: MessageType.MAXIMA_TXPOW, payload: item });
  await client.flush();
  client.close();
  return client.ofType(MessageType.PING)[0]?.payload[0];
}

describe("a message to this node", () => {
  test("that is good arrives", async () => {
    expect(await deliver(await worked(packed()))).toBe(1);
    expect(await deliver(idle(sealMessage(message(), me, randomBytes)))).toBe(1);
    expect(received).toBe(2);
  });

  test("that cannot be opened meets silence", async () => {
    const good = packed();
    const wrongs: MaximaPackage[] = [
      { ...good, data: new Uint8Array() },
      { ...good, data: randomBytes(500) },
      { ...good, data: good.data.slice(0, -16) },
      { ...good, data: encode(writeCryptoPackage, { iv: randomBytes(16), secret: randomBytes(128), data: randomBytes(160) }) },
      { ...good, data: encode(writeCryptoPackage, { iv: randomBytes(3), secret: randomBytes(7), data: new Uint8Array() }) },
      { ...good, data: encode(writeCryptoPackage, encryptFor(maxima.publicKey, randomBytes(100), randomBytes)) },
      packed({ data: randomBytes(40) }),
      packed({ from: randomBytes(162) }),
    ];
    for (const wrong of wrongs.slice(0, -1)) expect(await deliver(idle(wrong))).toBeUndefined();
    expect(received).toBe(0);
  });

  test("that somebody else signed is refused", async () => {
    expect(await deliver(idle(packed({}, other)))).toBe(0);
    expect(await deliver(idle(packed({ signature: new Uint8Array(128) })))).toBe(0);
    expect(await deliver(idle(packed({ from: other.publicKey }, other)))).toBe(0);
    expect(received).toBe(0);
  });

  test("that is too big or not what the work was done for is refused before it is opened", async () => {
    const item: MaximaPackage = { version: "1.0", to: maxima.publicKey, data: new Uint8Array(262_144) };
    expect(await deliver(idle(item))).toBe(3);
    expect(await deliver({ ...idle(packed()), package: packed() })).toBe(4);
  });

  test("to the location service or with an unknown key", async () => {
    const mls = { ...message(), to: maxima.mlsPublicKey };
    expect(await deliver(idle(sealMessage(mls, me, randomBytes)))).toBe(1);
    expect(await deliver(idle(sealMessage({ ...mls, to: other.publicKey }, me, randomBytes)))).toBe(2);
  });
});

test("who connects is told the key of the location service, once", async () => {
  const client = await Client.connect(node.network.listening?.port ?? 0);
  for (let i = 0; i < 3; i++) client.greet();
  await client.flush();
  const told = client.ofType(MessageType.MAXIMA_CTRL);
  expect(told.map(({ payload }) => [payload.type, decodeUtf8(payload.data)])).toEqual([[1, encodeMx(maxima.mlsPublicKey)]]);
});

describe("a flood", () => {
  async function flood(item: MaxTxPoW, count: number): Promise<number[]> {
    const client = await Client.connect(node.network.listening?.port ?? 0);
    const body = writeMessage({ type: MessageType.MAXIMA_TXPOW, payload: item });
    for (let i = 0; i < count; i++) client.sendBody(body);
    await client.flush();
    client.close();
    return client.ofType(MessageType.PING).map(({ payload }) => payload[0] ?? -1);
  }

  test("without work is opened a few times", { timeout: 30_000 }, async () => {
    const statuses = await flood(idle(packed()), 300);
    expect(statuses.filter((status) => status === 1).length).toBe(12);
    expect(statuses.filter((status) => status === 2).length).toBe(288);
    expect(received).toBe(12);
    expect(await deliver(await worked(packed()))).toBe(1);
  });

  test("of one message with work is opened more often, but not for ever", { timeout: 30_000 }, async () => {
    const statuses = await flood(await worked(packed()), 350);
    expect(statuses.filter((status) => status === 1).length).toBe(300);
    expect(received).toBe(300);
  });

  test("of garbage is not answered, and soon not opened", { timeout: 30_000 }, async () => {
    const statuses = await flood(idle({ version: "1.0", to: maxima.publicKey, data: randomBytes(2000) }), 300);
    expect(statuses).toEqual(new Array(288).fill(2));
  });

  test("leaves no keys in the log", () => {
    const text: string = JSON.stringify(log.events);
    const secrets: Bytes[] = [maxima.publicKey, maxima.mlsPublicKey, me.privateKey];
    for (const secret of secrets) expect(text).not.toContain(Buffer.from(secret.subarray(30, 60)).toString("hex").toUpperCase());
  });
});
