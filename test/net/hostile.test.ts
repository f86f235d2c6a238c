import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { concatBytes } from "../../host/protocol/bytes.js";
import { MessageType, writeMessage } from "../../host/protocol/messages/message.js";
import { writeTxPoW } from "../../host/protocol/txpow.js";
import { encode } from "../../host/protocol/writer.js";
import { until } from "../until.js";
import { FakeChain, fakeBlock, fakeBlocks } from "./fake-chain.js";
import { Client, dialledClient, pause, startNode, stopAll } from "./harness.js";

afterEach(stopAll);

const int32 = (value: number): string => (value >>> 0).toString(16).padStart(8, "0");

describe("frames", () => {
  test.each([-1, -(2 ** 31), 268_435_457])("of length %d close the connection at once", async (length) => {
    const node = await startNode();
    const client = await Client.connect(node.port);
    client.sendHex(`${int32(length)}000000060b0000000100`);
    await until(() => client.closed);
    expect(client.messages).toEqual([]);
  });

  test.each([
    ["length 0", "00000000"],
    ["a type without payload", "0000000102"],
    ["a negative inner length", "0000000503fffffffb"],
    ["a truncated greeting", "00000010000000000b312e302e34352d54455354"],
    ["garbage", "0000000a04ffffffffffffffffff"],
  ])("with %s are dropped and the next one is answered", async (_name, hex) => {
    const node = await startNode();
    const client = await Client.connect(node.port);
    client.sendHex(hex);
    await client.flush();
    expect(node.service.metrics().badMessages).toBe(1);
  });

  test("of a type that is not known yet are no offence", async () => {
    const node = await startNode();
    const client = await Client.connect(node.port);
    client.sendHex("00000006630000000100");
    await client.flush();
    expect(node.service.metrics().badMessages).toBe(0);
  });

  test("over the limit of their type are passed over without being kept", async () => {
    const node = await startNode();
    const client = await Client.connect(node.port);
    client.sendBody(concatBytes(Uint8Array.of(MessageType.PING), new Uint8Array(3_000_000)));
    await client.flush();
    expect(node.transport.messageMemoryUsed).toBe(0);
    expect(node.service.metrics().badMessages).toBe(1);
  });

  test("with trailing bytes and cut in single bytes are understood", async () => {
    const node = await startNode();
    const client = await Client.connect(node.port);
    for (const byte of "000000080b0000000100ffff".match(/../g) ?? []) {
      client.sendHex(byte);
      await pause(1);
    }
    await client.next(MessageType.SINGLE_PONG);
  });

  test("that nobody can read end in a closed connection when there are very many", async () => {
    const node = await startNode(undefined, { limits: { badMessages: 50 } });
    const client = await Client.connect(node.port);
    for (let i = 0; i < 60; i++) client.sendHex("00000000");
    await until(() => client.closed);
  });
});

describe("time", () => {
  test("a frame that trickles in does not last", async () => {
    const node = await startNode(undefined, { timers: { stallCheckMs: 20 }, limits: { messageGraceMs: 100 } });
    const client = await Client.connect(node.port);
    client.sendHex("0010000001");
    const trickle = setInterval(() => client.sendHex("00"), 10);
    await until(() => client.closed);
    clearInterval(trickle);
  });

  test("a frame that gets ahead may take its time", async () => {
    const node = await startNode(undefined, { timers: { stallCheckMs: 20 }, limits: { messageGraceMs: 50, bytesPerSecond: 1000 } });
    const client = await Client.connect(node.port);
    client.greet();
    await client.next(MessageType.IBD);
    client.sendHex(`${int32(20_000)}05`);
    for (let i = 0; i < 20; i++) {
      client.sendHex("00".repeat(200));
      await pause(20);
    }
    expect(client.closed).toBe(false);
  });

  test("a connection that says nothing ends", async () => {
    const node = await startNode(undefined, { timers: { stallCheckMs: 20, muteMs: 100 } });
    const client = await Client.connect(node.port);
    await until(() => client.closed);
  });

  test("a peer that falls silent is closed, one that pings is not", async () => {
    const node = await startNode(undefined, { timers: { silenceCheckMs: 30, silenceMs: 200 } });
    const [silent, lively] = [await Client.connect(node.port), await Client.connect(node.port)];
    silent.greet();
    lively.greet();
    const pings = setInterval(() => lively.send({ type: MessageType.PING, payload: Uint8Array.of(0) }), 50);
    await until(() => silent.closed);
    await pause(150);
    clearInterval(pings);
    expect(lively.closed).toBe(false);
  });
});

describe("floods", () => {
  test("of connections from one address are turned away", async () => {
    const node = await startNode(undefined, { limits: { incomingPerHost: 3 } });
    const clients = await Promise.all(Array.from({ length: 6 }, () => Client.connect(node.port)));
    await until(() => clients.filter((client) => client.closed).length === 3);
    expect(node.service.peers().length).toBe(3);
  });

  test("of connections take the places of strangers, not of peers", async () => {
    const node = await startNode(undefined, { limits: { incoming: 3 } });
    const peer = await Client.connect(node.port);
    peer.greet();
    await peer.next(MessageType.GREETING);
    const strangers: Client[] = [];
    for (let i = 0; i < 5; i++) strangers.push(await Client.connect(node.port));
    await until(() => strangers.filter((client) => client.closed).length === 3);
    expect(peer.closed).toBe(false);
    for (const stranger of strangers) if (!stranger.closed) stranger.greet();
    await until(() => node.service.metrics().validPeers === 3);
    const late = await Client.connect(node.port);
    await until(() => late.closed);
  });

  test("of requests from a peer that does not read end its connection and nobody else's", async () => {
    const blocks = fakeBlocks(1, 400);
    const node = await startNode(new FakeChain(blocks), { limits: { waitingRequests: 500 } });
    const honest = await Client.connect(node.port);
    const socket = connect({ host: "127.0.0.1", port: node.port });
    socket.on("error", () => {});
    let closed = false;
    socket.on("close", () => {
      closed = true;
    });
    socket.pause();
    const body = writeMessage({ type: MessageType.ARCHIVE_REQ, payload: blocks[0]?.header.block ?? never() });
    const frame = concatBytes(Uint8Array.of(0, 0, 0, body.length), body);
    for (let i = 0; i < 3000; i++) socket.write(frame);
    await until(() => node.service.metrics().dropped === 1);
    await honest.flush();
    socket.destroy();
    await until(() => closed);
  });

  test("of messages wait in bounded memory while the chain is busy", async () => {
    const chain = new FakeChain(fakeBlocks(1, 2));
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let under = 0;
    let most = 0;
    const submit = chain.submitTxPoW.bind(chain);
    const node = await startNode(
      Object.assign(chain, {
        submitTxPoW: async (...args: Parameters<typeof submit>) => {
          under++;
          most = Math.max(most, under);
          await gate;
          under--;
          submit(...args);
        },
      }),
      { limits: { pendingMessages: 8, inboxMessages: 16 } },
    );
    const client = await Client.connect(node.port);
    for (let i = 0; i < 500; i++)
      client.sendBody(concatBytes(Uint8Array.of(MessageType.TXPOW), encode(writeTxPoW, fakeBlock(10 + i, new Uint8Array(32), i))));
    await until(() => most === 8);
    await pause(50);
    expect(most).toBe(8);
    const other = await Client.connect(node.port);
    await other.flush();
    release();
    await until(() => chain.submitted.length === 500);
  });

  test("of long frames stay within the memory for messages, and a peer of our choice comes first", async () => {
    const megabyte = 1024 * 1024;
    const node = await startNode(new FakeChain(), { messageMemory: 4 * megabyte });
    const hogs: Client[] = [];
    for (let i = 0; i < 4; i++) {
      const hog = await Client.connect(node.port);
      hog.greet({}, String(43_000 + i));
      await hog.next(MessageType.GREETING);
      hog.sendHex(`${int32(100 * megabyte)}01`);
      hog.socket.write(Buffer.alloc(1.2 * megabyte));
      hogs.push(hog);
    }
    await until(() => hogs.some((hog) => hog.closed));
    await pause(50);
    expect(node.transport.messageMemoryUsed).toBeLessThanOrEqual(4 * megabyte);
    expect(hogs.some((hog) => !hog.closed)).toBe(true);
    const { client: chosen } = await dialledClient(node);
    chosen.greet({}, "9001");
    await chosen.next(MessageType.IBD);
    chosen.sendHex(`${int32(3_900_001)}01`);
    chosen.socket.write(Buffer.alloc(3_900_000));
    await chosen.flush();
    await until(() => hogs.every((hog) => hog.closed));
    expect(node.transport.messageMemoryUsed).toBe(0);
  });
});

function never(): never {
  throw new Error("not reached");
}
