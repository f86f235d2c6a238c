import { afterEach, describe, expect, test } from "vitest";
import type { ChainPort, StoredBlock } from "../../host/net/chain-port.js";
import { archiveBefore, archiveFrom, chooseIBD, type IBDChoice } from "../../host/net/ibd-choice.js";
import { toHex } from "../../host/protocol/bytes.js";
import { printJson } from "../../host/protocol/json.js";
import { MessageType, writeMessage } from "../../host/protocol/messages/message.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { type TxPoW, txpowId } from "../../host/protocol/txpow.js";
import { until } from "../until.js";
import { FakeChain, fakeBlock, fakeBlocks, fakeTxBlock } from "./fake-chain.js";
import { Client, dialledClient, greeting, pause, startNode, stopAll } from "./harness.js";

afterEach(stopAll);

const numbers = (blocks: readonly StoredBlock[]): number[] => blocks.map((block) => block.number);
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const ids = (blocks: readonly TxPoW[]): Uint8Array[] => blocks.map(txpowId).reverse();

/** Blocks 1..100 in the archive, 101..150 in the tree. */
const whole = fakeBlocks(1, 150);
const aged = (): FakeChain => new FakeChain(whole.slice(100), whole.slice(0, 100));

const choose = (chain: ChainPort, topBlock: number, chainIds: readonly Uint8Array[]): IBDChoice =>
  chooseIBD(chain, greeting({ topBlock: MiniNumber.of(topBlock), chain: chainIds }));

describe("the answer to a greeting", () => {
  const expectComplete = (choice: IBDChoice, noCrossover = false): void => {
    expect(choice.content.cascade).not.toBeNull();
    expect(numbers(choice.content.blocks)).toEqual(range(101, 150));
    expect(choice.noCrossover).toBe(noCrossover);
  };

  test("is nothing when we have nothing", () => {
    expect(choose(new FakeChain(), -1, [])).toEqual({ content: { cascade: null, blocks: [] }, noCrossover: false });
  });

  test("is everything for a fresh peer", () => {
    expectComplete(choose(aged(), -1, []));
  });

  test("starts behind the newest common block", () => {
    const side = fakeBlocks(131, 140, txpowId(whole[129] as TxPoW), 7);
    const choice = choose(aged(), 140, ids([...whole.slice(110, 130), ...side]));
    expect(choice).toMatchObject({ content: { cascade: null }, noCrossover: false });
    expect(numbers(choice.content.blocks)).toEqual(range(131, 150));
  });

  test("is empty for a peer at our tip", () => {
    expect(choose(aged(), 150, ids(whole.slice(100))).content).toEqual({ cascade: null, blocks: [] });
  });

  test("reaches into the archive for a peer behind our root", () => {
    const choice = choose(aged(), 60, ids(whole.slice(30, 60)));
    expect(choice.content.cascade).toBeNull();
    expect(numbers(choice.content.blocks)).toEqual(range(61, 150));
  });

  test("finds only every twentieth id and the last one", () => {
    const foreign = fakeBlocks(1, 30, undefined, 9).map(txpowId);
    const known = txpowId(whole[49] as TxPoW);
    const at = (position: number, length: number): Uint8Array[] => foreign.slice(0, length).map((id, i) => (i === position ? known : id));
    expect(numbers(choose(aged(), 60, at(20, 30)).content.blocks)).toEqual(range(51, 150));
    expect(numbers(choose(aged(), 60, at(29, 30)).content.blocks)).toEqual(range(51, 150));
    expectComplete(choose(aged(), 60, at(1, 3)));
    expectComplete(choose(aged(), 60, at(19, 30)));
  });

  test("is everything when the gap is too long", () => {
    const at = (root: number): ChainPort => {
      const chain = aged();
      const view = { ...chain.view, tip: () => ({ number: 40_002, id: new Uint8Array(32), time: 0 }), mainBlocks: () => [] };
      view.root = () => ({ number: root, id: new Uint8Array(32) });
      const archive = { ...chain.archive, numberOf: () => 1, blocks: () => [] };
      return { view, archive, store: chain.store, submitTxPoW: () => {}, submitIBD: () => {} };
    };
    expect(choose(at(34_001), 5, [new Uint8Array(32)]).content.cascade).toBeNull();
    expect(choose(at(34_002), 5, [new Uint8Array(32)]).content.cascade).not.toBeNull();
  });

  test("is everything when the peer's root is beyond our tip, which is no reproach", () => {
    expectComplete(choose(aged(), 1000, ids(fakeBlocks(991, 1000))));
  });

  test("is everything and a reproach when the chains never meet", () => {
    expectComplete(choose(aged(), 150, ids(fakeBlocks(101, 150, undefined, 5))), true);
  });

  test("treats a top block beyond 10^12 as a chain that reaches down to nothing", () => {
    expect(numbers(choose(aged(), 5e12, ids(whole.slice(145))).content.blocks)).toEqual([]);
    expectComplete(choose(aged(), 5e12, ids(fakeBlocks(1, 3, undefined, 5))), true);
  });
});

describe("older blocks", () => {
  test("come newest first, at most 256, not below 1", () => {
    const { archive } = aged();
    expect(numbers(archiveBefore(archive, MiniNumber.of(101)))).toEqual(range(1, 100).reverse());
    expect(numbers(archiveBefore(archive, MiniNumber.of(1)))).toEqual([]);
    expect(numbers(archiveBefore(archive, MiniNumber.of(-5)))).toEqual([]);
    expect(numbers(archiveBefore(archive, MiniNumber.parse("1E15")))).toEqual([]);
    const long = new FakeChain([], fakeBlocks(1, 600)).archive;
    expect(numbers(archiveBefore(long, MiniNumber.of(501)))).toEqual(range(245, 500).reverse());
  });

  test("for a restore: archive, then the tree from its root", () => {
    const chain = aged();
    expect(numbers(archiveFrom(chain, MiniNumber.of(-1)).blocks)).toEqual([]);
    expect(numbers(archiveFrom(chain, MiniNumber.of(0)).blocks)).toEqual(range(1, 100));
    expect(numbers(archiveFrom(chain, MiniNumber.of(50)).blocks)).toEqual(range(50, 100));
    expect(numbers(archiveFrom(chain, MiniNumber.of(101)).blocks)).toEqual(range(101, 150));
    expect(numbers(archiveFrom(chain, MiniNumber.of(151)).blocks)).toEqual([]);
    expect(numbers(archiveFrom(new FakeChain(whole), MiniNumber.of(0)).blocks)).toEqual(range(1, 150));
  });

  test("for a restore from an archive that does not start at 1: the kept cascade first", () => {
    const chain = new FakeChain(whole.slice(100), whole.slice(40, 100));
    chain.archiveCascade = { bytes: Uint8Array.of(0, 1, 0), tip: 59 };
    const content = archiveFrom(chain, MiniNumber.of(0));
    expect(content.cascade).toEqual(Uint8Array.of(0, 1, 0));
    expect(numbers(content.blocks)).toEqual(range(60, 100));
    expect(archiveFrom(chain, MiniNumber.of(1)).cascade).toBeNull();
  });

  test("are served once per request", async () => {
    const node = await startNode(aged());
    const client = await Client.connect(node.port);
    client.send({ type: MessageType.IBD_REQ, payload: whole[40] as TxPoW });
    client.send({ type: MessageType.IBD_REQ, payload: whole[40] as TxPoW });
    await client.next(MessageType.IBD_RESP);
    await client.flush();
    const [answer, second] = client.ofType(MessageType.IBD_RESP);
    expect(second).toBeUndefined();
    expect(answer?.payload.cascade).toBeNull();
    expect(answer?.payload.blocks.map((block) => block.txpow.header.block.toInt32())).toEqual(range(1, 40).reverse());
    client.send({ type: MessageType.ARCHIVE_REQ, payload: MiniNumber.of(98) });
    expect((await client.next(MessageType.ARCHIVE_DATA)).payload.blocks.length).toBe(3);
  });

  test("are fetched after an IBD until block 1 is there", async () => {
    const now = Date.now();
    let parent = new Uint8Array(32) as Uint8Array;
    const recent = range(1, 700).map((number) => {
      const block = fakeBlock(number, parent, 0, [], now);
      parent = txpowId(block);
      return block;
    });
    const full = await startNode(new FakeChain(recent.slice(600), recent.slice(0, 600)));
    const fresh = await startNode();
    fresh.service.connect({ host: "127.0.0.1", port: full.port });
    await until(() => fresh.chain.archived.length === 600);
    expect(fresh.chain.archived.map((block) => block.header.block.toInt32())).toEqual(range(1, 600));
    const requests = full.service.traffic.read.get(MessageType.IBD_REQ);
    expect(requests?.messages).toBe(3);
  });

  test("of another chain are not taken, and what brings no progress is not repeated", async () => {
    const now = Date.now();
    const blocks = [fakeBlock(50, new Uint8Array(32), 1, [], now)];
    const node = await startNode(new FakeChain(blocks));
    const { client } = await dialledClient(node);
    client.greet();
    client.sendHex("000000050100000100");
    await client.next(MessageType.IBD_REQ);
    const foreign = fakeBlocks(40, 49, undefined, 3).reverse().map(fakeTxBlock);
    client.send({ type: MessageType.IBD_RESP, payload: { cascade: null, blocks: foreign } });
    await client.flush();
    await pause(50);
    expect(node.chain.archived).toEqual([]);
    expect(client.ofType(MessageType.IBD_REQ).length).toBe(1);
  });

  test("that nobody asked for are not taken", async () => {
    const node = await startNode(aged(), { config: { archiveSync: false } });
    const client = await Client.connect(node.port);
    client.greet();
    client.send({ type: MessageType.IBD_RESP, payload: { cascade: null, blocks: [fakeTxBlock(whole[3] as TxPoW)] } });
    await client.flush();
    expect(node.chain.archived.length).toBe(100);
  });
});

describe("an IBD", () => {
  test("is taken once per connection, and only from those who greeted", async () => {
    const node = await startNode();
    const client = await Client.connect(node.port);
    const ibd = { type: MessageType.IBD, payload: { cascade: null, blocks: whole.slice(0, 3).map(fakeTxBlock) } };
    client.send(ibd);
    await client.flush();
    expect(node.chain.ibds).toEqual([]);
    client.greet();
    client.send(ibd);
    client.send(ibd);
    await client.flush();
    await until(() => node.chain.ibds.length === 1);
    await pause(30);
    expect(node.chain.ibds.length).toBe(1);
    expect(node.chain.tipNumber).toBe(3);
  });

  test("that is long may come right behind the greeting, before that was read", async () => {
    const node = await startNode();
    const client = await Client.connect(node.port);
    const blocks = fakeBlocks(1, 4000).map(fakeTxBlock);
    const messages = [
      writeMessage({ type: MessageType.GREETING, payload: greeting() }),
      writeMessage({ type: MessageType.IBD, payload: { cascade: null, blocks } }),
    ];
    expect(messages[1]?.length).toBeGreaterThan(1024 * 1024);
    client.socket.cork();
    for (const message of messages) client.sendBody(message);
    client.socket.uncork();
    await until(() => node.chain.ibds.length === 1);
    expect(node.chain.tipNumber).toBe(4000);
  });

  test("that is long is not read of somebody who never greeted", async () => {
    const node = await startNode();
    const client = await Client.connect(node.port);
    client.send({ type: MessageType.IBD, payload: { cascade: null, blocks: fakeBlocks(1, 4000).map(fakeTxBlock) } });
    await client.flush();
    expect(node.chain.ibds).toEqual([]);
    expect(node.service.metrics().badMessages).toBe(1);
  });

  test("that is broken is dropped, the connection kept", async () => {
    const node = await startNode();
    const client = await Client.connect(node.port);
    client.greet();
    client.sendHex("0000000a0100000164ffffffffff");
    await client.flush();
    expect(node.chain.ibds).toEqual([]);
    expect(node.service.metrics().badMessages).toBe(1);
  });

  test("stops its sender's announcements from being heard while it is processed, not those of others", async () => {
    const chain = new FakeChain(whole.slice(0, 3));
    let release = (): void => {};
    chain.gate = new Promise((resolve) => {
      release = resolve;
    });
    const node = await startNode(chain);
    const client = await Client.connect(node.port);
    client.greet();
    client.sendHex("000000050100000100");
    await until(() => node.service.metrics().syncing);
    client.send({ type: MessageType.TXPOWID, payload: new Uint8Array(32).fill(1) });
    client.send({ type: MessageType.PULSE, payload: { ids: [new Uint8Array(32).fill(1)] } });
    await client.flush();
    expect(client.ofType(MessageType.TXPOWREQ)).toEqual([]);
    expect(client.closed).toBe(false);
    const other = await Client.connect(node.port);
    other.greet({}, "42002");
    other.send({ type: MessageType.TXPOWID, payload: new Uint8Array(32).fill(2) });
    await other.next(MessageType.TXPOWREQ);
    release();
    await until(() => !node.service.metrics().syncing);
    client.send({ type: MessageType.TXPOWID, payload: new Uint8Array(32).fill(1) });
    await client.next(MessageType.TXPOWREQ);
  });

  test("of many megabytes streams through bounded memory", async () => {
    const chain = new FakeChain(whole.slice(0, 2));
    const big = new Uint8Array(1_000_000);
    let read = 0;
    const count = (): Uint8Array => {
      read++;
      return big;
    };
    chain.view.mainBlocks = () => range(1, 40).map((number) => ({ number, size: big.length, read: count }));
    const node = await startNode(chain);
    const client = await Client.connect(node.port);
    client.socket.pause();
    client.greet();
    await until(() => read > 0);
    await pause(100);
    expect(read).toBeLessThan(20);
    await client.flushRaw(40 * big.length);
    expect(read).toBe(40);
  });
});

describe("a pulse", () => {
  test("is sent to peers on schedule, by nodes with a chain", async () => {
    const node = await startNode(new FakeChain(fakeBlocks(1, 600)), { timers: { pulseMs: 50, pingMs: 50 } });
    const empty = await startNode(new FakeChain(), { timers: { pulseMs: 50, pingMs: 50 } });
    const clients = [await Client.connect(node.port), await Client.connect(empty.port)];
    for (const client of clients) client.greet();
    const { payload } = await (clients[0] as Client).next(MessageType.PULSE);
    expect(payload.ids.length).toBe(512);
    expect(toHex((await (clients[0] as Client).next(MessageType.PING)).payload)).toBe(toHex(payload.ids[0] as Uint8Array));
    await pause(100);
    expect(clients[1]?.messages.map((message) => message.type)).toEqual([MessageType.GREETING, MessageType.IBD]);
  });

  const pulse = (client: Client, pulseIds: readonly Uint8Array[]): void =>
    client.send({ type: MessageType.PULSE, payload: { ids: pulseIds } });
  const id = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);

  test("makes us ask for what we miss, the oldest first", async () => {
    const listing = fakeBlock(2, id(9), 3, [id(31), id(32)]);
    const chain = new FakeChain(whole.slice(0, 3));
    chain.keep(listing);
    const node = await startNode(chain);
    const client = await Client.connect(node.port);
    pulse(client, [id(21), txpowId(listing), id(22), txpowId(whole[1] as TxPoW), id(23)]);
    await client.next(MessageType.TXPOWREQ, 4);
    await client.flush();
    expect(client.ofType(MessageType.TXPOWREQ).map(({ payload }) => payload)).toEqual([id(22), id(32), id(31), id(21)]);
  });

  test.each([
    ["without a common block", "0000002b06000101000101000000202323232323232323232323232323232323232323232323232323232323232323"],
    ["without ids", "0000000706000101000100"],
    ["of an unknown version", "0000000706000102000100"],
  ])("%s ends the connection", async (_name, hex) => {
    const node = await startNode(new FakeChain(whole.slice(0, 3)));
    const client = await Client.connect(node.port);
    client.sendHex(hex);
    await until(() => client.closed);
  });

  test("of more than 1000 ids is ignored; so is any before we have a chain", async () => {
    const node = await startNode(new FakeChain(whole.slice(0, 3)));
    const client = await Client.connect(node.port);
    pulse(client, new Array(1001).fill(id(5)));
    await client.flush();
    const empty = await startNode();
    const other = await Client.connect(empty.port);
    pulse(other, [id(5)]);
    await other.flush();
    expect(client.messages.length + other.messages.length).toBe(2);
  });
});

describe("a single ping", () => {
  const extra = async (chain: FakeChain): Promise<string> => {
    const node = await startNode(chain);
    const client = await Client.connect(node.port);
    await client.flush();
    const { payload } = await client.next(MessageType.SINGLE_PONG);
    expect(payload.topBlock.toString()).toBe("0");
    expect(payload.chain).toEqual([]);
    return printJson(payload.extra);
  };
  const hash = (number: number): string => `0x${toHex(txpowId(whole[number - 1] as TxPoW))}`;
  const rest = '"connections":{"total":0,"incoming":0,"outgoing":0},"peers-list":[],"clients":0}';

  test("tells the tip and the block 100 below", async () => {
    expect(await extra(new FakeChain(whole))).toBe(
      `{"welcome":"hi there!","topblock":"150","tophash":"${hash(150)}","50block":"50","50hash":"${hash(50)}",${rest}`,
    );
  });

  test("tells the root where the tree is shorter", async () => {
    expect(await extra(aged())).toContain(`"50block":"101","50hash":"${hash(101)}"`);
  });

  test("of a node without a chain is answered with zeros", async () => {
    expect(await extra(new FakeChain())).toBe(
      `{"welcome":"hi there!","topblock":"0","tophash":"0x00","50block":"0","50hash":"0x00",${rest}`,
    );
  });
});

test("a node without a MegaMMR hangs up on those who ask for it", async () => {
  const node = await startNode(aged());
  const client = await Client.connect(node.port);
  client.send({ type: MessageType.MEGAMMRSYNC_REQ, payload: { addresses: [], publicKeys: [] } });
  await until(() => client.closed);
  const confused = await Client.connect(node.port);
  confused.sendHex("0000000116");
  await until(() => confused.closed);
});
