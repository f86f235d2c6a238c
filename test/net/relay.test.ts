import { afterEach, describe, expect, test } from "vitest";
import { toHex } from "../../host/protocol/bytes.js";
import { MessageType } from "../../host/protocol/messages/message.js";
import { type TxPoW, txpowId } from "../../host/protocol/txpow.js";
import { sampleBody } from "../protocol/samples.js";
import { until } from "../until.js";
import { FakeChain, fakeBlock, fakeBlocks } from "./fake-chain.js";
import { Client, type NodeChanges, pause, startNode, stopAll, type TestNode } from "./harness.js";

afterEach(stopAll);

let nextPort = 44_000;

/** A greeted peer that holds some TxPoWs back until it is asked. */
async function greeted(node: TestNode): Promise<Client> {
  const client = await Client.connect(node.port);
  client.greet({}, String(nextPort++));
  await client.next(MessageType.IBD);
  return client;
}

const requested = (client: Client): string[] => client.ofType(MessageType.TXPOWREQ).map(({ payload }) => toHex(payload));
const sendTxPoW = (client: Client, txpow: TxPoW): void => client.send({ type: MessageType.TXPOW, payload: txpow });
const announce = (client: Client, txpow: TxPoW): void => client.send({ type: MessageType.TXPOWID, payload: txpowId(txpow) });

/** The same header with another body. */
const withForeignBody = (txpow: TxPoW): TxPoW => ({ header: txpow.header, body: sampleBody({ prng: new Uint8Array(32).fill(99) }) });

async function nodeWithTwoPeers(
  changes: NodeChanges = {},
): Promise<{ node: TestNode; chain: FakeChain; a: Client; b: Client; next: TxPoW }> {
  const blocks = fakeBlocks(1, 3);
  const chain = new FakeChain(blocks);
  const node = await startNode(chain, changes);
  const tip = blocks.at(-1) as TxPoW;
  return { node, chain, a: await greeted(node), b: await greeted(node), next: fakeBlock(4, txpowId(tip)) };
}

describe("announcing", () => {
  test("what is stored is told to all peers, the sender too, and served", async () => {
    const { chain, a, b, next } = await nodeWithTwoPeers();
    sendTxPoW(a, next);
    for (const client of [a, b]) {
      expect(toHex((await client.next(MessageType.TXPOWID)).payload)).toBe(toHex(txpowId(next)));
      expect(toHex((await client.next(MessageType.TXBLOCKID)).payload)).toBe(toHex(txpowId(next)));
    }
    expect(chain.tipNumber).toBe(4);
    b.send({ type: MessageType.TXPOWREQ, payload: txpowId(next) });
    expect(txpowId((await b.next(MessageType.TXPOW)).payload)).toEqual(txpowId(next));
    b.send({ type: MessageType.TXBLOCKREQ, payload: txpowId(next) });
    expect(txpowId((await b.next(MessageType.TXBLOCK)).payload.txpow)).toEqual(txpowId(next));
  });

  test("is not for those who have not greeted", async () => {
    const { node, next } = await nodeWithTwoPeers();
    const stranger = await Client.connect(node.port);
    sendTxPoW(stranger, next);
    await stranger.flush();
    expect(stranger.messages.length).toBe(1);
  });

  test("unknown ids are met with silence", async () => {
    const { a } = await nodeWithTwoPeers();
    a.send({ type: MessageType.TXPOWREQ, payload: new Uint8Array(32).fill(17) });
    a.send({ type: MessageType.TXBLOCKREQ, payload: new Uint8Array(32).fill(17) });
    await a.flush();
    expect(a.ofType(MessageType.TXPOW)).toEqual([]);
    expect(a.ofType(MessageType.TXBLOCK)).toEqual([]);
  });
});

describe("requesting", () => {
  test("an unknown id is asked of who announced it, a known one is not", async () => {
    const { chain, a, next } = await nodeWithTwoPeers();
    announce(a, chain.main[0] as TxPoW);
    announce(a, next);
    await a.next(MessageType.TXPOWREQ);
    await a.flush();
    expect(requested(a)).toEqual([toHex(txpowId(next))]);
  });

  test("one peer is asked at a time, the next one when it does not answer", async () => {
    const { node, a, b, next } = await nodeWithTwoPeers({ timers: { requestMs: 150 } });
    announce(a, next);
    await a.next(MessageType.TXPOWREQ);
    announce(b, next);
    announce(a, next);
    await b.flush();
    expect(requested(b)).toEqual([]);
    await b.next(MessageType.TXPOWREQ);
    sendTxPoW(b, next);
    await until(() => node.chain.tipNumber === 4);
    await pause(300);
    expect(requested(a).length).toBe(1);
    expect(requested(b).length).toBe(1);
    expect(node.service.metrics().requestsUnderWay).toBe(0);
  });

  test("another one that has it is asked soon, also when it says so late", async () => {
    const { a, b, next } = await nodeWithTwoPeers({ timers: { requestMs: 60_000, impatientMs: 100 } });
    announce(a, next);
    await a.next(MessageType.TXPOWREQ);
    announce(b, next);
    await b.flush();
    expect(requested(b)).toEqual([]);
    await b.next(MessageType.TXPOWREQ);
    const late = fakeBlock(4, txpowId(next), 7);
    announce(b, late);
    await b.next(MessageType.TXPOWREQ, 2);
    await pause(150);
    announce(a, late);
    await a.next(MessageType.TXPOWREQ, 2);
  });

  test("peers that brought invalid blocks are asked last, and left when there were many", async () => {
    const { node, a, b, next } = await nodeWithTwoPeers({ timers: { requestMs: 60_000, impatientMs: 50 } });
    const c = await greeted(node);
    const [, uidOfB = ""] = node.service.peers().map(({ uid }) => uid);
    node.service.penalise(uidOfB);
    announce(a, next);
    await a.next(MessageType.TXPOWREQ);
    announce(b, next);
    announce(c, next);
    await c.next(MessageType.TXPOWREQ);
    expect(requested(b)).toEqual([]);
    await b.next(MessageType.TXPOWREQ);
    for (let i = 0; i < 15; i++) node.service.penalise(uidOfB);
    await b.flush();
    expect(b.closed).toBe(false);
    node.service.penalise(uidOfB);
    await until(() => b.closed);
    expect(a.closed || c.closed).toBe(false);
  });

  test("the next one is asked when the first hangs up", async () => {
    const { a, b, next } = await nodeWithTwoPeers();
    announce(a, next);
    await a.next(MessageType.TXPOWREQ);
    a.close();
    await b.next(MessageType.TXPOWREQ);
    expect(requested(b)).toEqual([toHex(txpowId(next))]);
  });

  test("nobody is asked for ever", async () => {
    const { node, a, b, next } = await nodeWithTwoPeers({ timers: { requestMs: 30 } });
    announce(a, next);
    await b.next(MessageType.TXPOWREQ);
    await until(() => node.service.metrics().requestsUnderWay === 0);
    announce(a, next);
    await a.next(MessageType.TXPOWREQ, 2);
  });

  test("many requests to one peer go out a few at a time", async () => {
    const { chain, a } = await nodeWithTwoPeers();
    const many = fakeBlocks(10, 400, txpowId(chain.main[0] as TxPoW));
    for (const block of many) announce(a, block);
    await a.flush();
    expect(requested(a).length).toBe(256);
    for (const block of many.slice(0, 100)) sendTxPoW(a, block);
    await until(() => requested(a).length === 356);
    for (const block of many.slice(100)) sendTxPoW(a, block);
    await until(() => requested(a).length === 391);
  });

  test("a missing parent is asked for, one round trip after the other", async () => {
    const { chain, a } = await nodeWithTwoPeers();
    const tip = chain.main.at(-1) as TxPoW;
    const ahead = fakeBlocks(4, 12, txpowId(tip));
    announce(a, ahead.at(-1) as TxPoW);
    for (let i = 1; i <= ahead.length; i++) {
      const { payload } = await a.next(MessageType.TXPOWREQ, i);
      sendTxPoW(a, ahead.find((block) => toHex(txpowId(block)) === toHex(payload)) as TxPoW);
    }
    await until(() => chain.tipNumber === 12);
  });
});

describe("judging", () => {
  test("a TxPoW that breaks a hard rule costs the connection but not the address", async () => {
    const { node, a, next } = await nodeWithTwoPeers();
    sendTxPoW(a, { header: { ...next.header, chainid: Uint8Array.of(1) }, body: next.body });
    await until(() => a.closed);
    expect(node.service.metrics().dropped).toBe(1);
  });

  test("a body that is not the header's is asked for elsewhere, and the right one wins", async () => {
    const { chain, a, b, next } = await nodeWithTwoPeers();
    announce(a, next);
    await a.next(MessageType.TXPOWREQ);
    sendTxPoW(a, withForeignBody(next));
    await b.next(MessageType.TXPOWREQ);
    expect(chain.submitted).toEqual([]);
    sendTxPoW(b, next);
    await until(() => chain.submitted.length === 1);
    expect(chain.submitted[0]?.txpow.body).toEqual(next.body);
  });

  test("an unasked one with a foreign body does not pre-empt the answer under way", async () => {
    const { chain, a, b, next } = await nodeWithTwoPeers();
    announce(a, next);
    await a.next(MessageType.TXPOWREQ);
    sendTxPoW(b, withForeignBody(next));
    await b.flush();
    expect(chain.submitted).toEqual([]);
    sendTxPoW(a, next);
    await until(() => chain.submitted.length === 1);
    expect(chain.submitted[0]?.txpow.body).toEqual(next.body);
  });

  test("when nobody has another body the network's is followed", async () => {
    const { chain, a, b, next } = await nodeWithTwoPeers();
    announce(a, next);
    await a.next(MessageType.TXPOWREQ);
    sendTxPoW(a, withForeignBody(next));
    await b.next(MessageType.TXPOWREQ);
    sendTxPoW(b, withForeignBody(next));
    await until(() => chain.submitted.length === 1);
    expect(chain.tipNumber).toBe(4);
  });

  test("also when the others do not answer", async () => {
    const { chain, a, b, next } = await nodeWithTwoPeers({ timers: { requestMs: 50 } });
    sendTxPoW(a, withForeignBody(next));
    await b.next(MessageType.TXPOWREQ);
    await until(() => chain.submitted.length === 1);
  });
});

describe("between nodes", () => {
  test("blocks flood through a line of nodes", async () => {
    const blocks = fakeBlocks(1, 3);
    const nodes: TestNode[] = [];
    for (let i = 0; i < 4; i++) {
      const node = await startNode(new FakeChain(blocks));
      const before = nodes.at(-1);
      if (before !== undefined) node.service.connect({ host: "127.0.0.1", port: before.port });
      nodes.push(node);
    }
    await until(() => nodes.every((node, i) => node.service.metrics().validPeers === (i === 0 || i === 3 ? 1 : 2)));
    const [first] = nodes as [TestNode];
    for (const block of fakeBlocks(4, 40, txpowId(blocks[2] as TxPoW))) first.chain.submitTxPoW(block, null);
    await until(() => nodes.every((node) => node.chain.tipNumber === 40));
  });
});
