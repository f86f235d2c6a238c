import { afterEach, describe, expect, test } from "vitest";
import { ZERO_ID } from "../../host/protocol/bytes.js";
import { MessageType } from "../../host/protocol/messages/message.js";
import { until } from "../until.js";
import { FakeChain, fakeBlock, fakeBlocks } from "./fake-chain.js";
import { Client, dialledClient, pause, startNode, stopAll } from "./harness.js";

const FORGET_MS = 300;

afterEach(stopAll);

describe("a lasting peer", () => {
  test("is dialled until it answers, and again when it is lost", async () => {
    const target = await startNode();
    const { port } = target;
    await target.service.stop();
    const node = await startNode(undefined, { timers: { redialMs: 50 } });
    node.service.connect({ host: "127.0.0.1", port });
    await pause(120);
    expect(node.service.connecting()).toEqual([{ host: "127.0.0.1", port }]);
    expect(node.service.connect({ host: "127.0.0.1", port })).toBe(false);
    const back = await startNode(undefined, { port });
    await until(() => back.service.metrics().validPeers === 1);
    expect(node.service.connecting()).toEqual([]);
    await back.service.stop();
    await until(() => node.service.metrics().peers === 0);
    const again = await startNode(undefined, { port });
    await until(() => again.service.metrics().validPeers === 1 && node.service.metrics().validPeers === 1);
  });

  test("is dialled again soon after it fell silent", async () => {
    const node = await startNode(undefined, { timers: { silenceCheckMs: 20, silenceMs: 100, redialAfterSilenceMs: 10, redialMs: 60_000 } });
    const { client, all } = await dialledClient(node);
    client.greet();
    await until(() => client.closed && all.length === 2);
  });

  test("is left alone for a while after it misbehaved", async () => {
    const node = await startNode(new FakeChain(fakeBlocks(1, 3)), { timers: { redialMs: 10, forgetMs: FORGET_MS } });
    const { client, all } = await dialledClient(node);
    client.greet();
    const before = performance.now();
    client.sendHex("0000000706000101000100");
    await until(() => all.length === 2);
    expect(client.closed).toBe(true);
    expect(performance.now() - before).toBeGreaterThan(FORGET_MS - 10);
  });

  test("is dialled again when the tip grows old: other blocks may be found elsewhere", async () => {
    const timers = { forgetMs: 80, redialAfterSilenceMs: 10, redialMs: 60_000 };
    const old = await startNode(new FakeChain(fakeBlocks(1, 3)), { timers });
    const { client, all } = await dialledClient(old);
    client.greet();
    await until(() => client.closed && all.length === 2);
    expect(old.chain.restarts).toBe(1);
    const fresh = await startNode(new FakeChain([fakeBlock(1, ZERO_ID, 0, [], Date.now())]), { timers });
    const other = await dialledClient(fresh);
    other.client.greet();
    await pause(200);
    expect(other.client.closed).toBe(false);
  });

  test("that never greets is dialled again too", async () => {
    const node = await startNode(undefined, { timers: { redialMs: 30, stallCheckMs: 20, muteMs: 50 } });
    const { all } = await dialledClient(node);
    await until(() => all.length >= 3);
  });

  test("is not dialled any more when the owner hangs up", async () => {
    const node = await startNode(undefined, { timers: { redialMs: 10 } });
    const { client, all, port } = await dialledClient(node);
    client.greet();
    await client.next(MessageType.IBD);
    const uid = node.service.peers()[0]?.uid ?? "";
    expect(node.service.hangUp(uid)).toBe(true);
    expect(node.service.hangUp(uid)).toBe(false);
    await until(() => client.closed);
    await pause(60);
    expect(all.length).toBe(1);
    node.service.connect({ host: "127.0.0.1", port: 1 });
    expect(node.service.hangUp({ host: "127.0.0.1", port: 1 })).toBe(true);
    expect(node.service.connecting()).toEqual([]);
    expect(port).toBeGreaterThan(0);
  });

  test("comes back after networking was restarted", async () => {
    const node = await startNode(undefined, { timers: { redialAfterSilenceMs: 10 } });
    const { client, all } = await dialledClient(node);
    client.greet();
    await client.next(MessageType.IBD);
    node.service.restart();
    await until(() => client.closed && all.length === 2);
  });
});

test("a node that dials itself notices", async () => {
  const node = await startNode(new FakeChain(fakeBlocks(1, 3)));
  node.service.connect({ host: "127.0.0.1", port: node.port });
  await until(() => node.service.metrics().dropped === 2);
  expect(node.service.metrics().peers).toBe(0);
  expect(node.service.connect({ host: "127.0.0.1", port: node.port })).toBe(false);
});

test("a peer that the chain is done with is forgotten", async () => {
  const node = await startNode(undefined, { timers: { redialMs: 10 } });
  const { client, all, port } = await dialledClient(node);
  client.greet({}, String(1));
  await client.next(MessageType.IBD);
  node.service.disconnect(node.service.peers()[0]?.uid ?? "", "heavier chain", true);
  await until(() => client.closed);
  await pause(60);
  expect(all.length).toBe(1);
  expect(port).toBeGreaterThan(0);
});

test("texts reach one peer or all", async () => {
  const node = await startNode();
  const clients = [await Client.connect(node.port), await Client.connect(node.port)];
  for (const [i, client] of clients.entries()) {
    client.greet({}, String(45_000 + i));
    await client.next(MessageType.IBD);
  }
  node.service.sendText("hello");
  for (const client of clients) expect((await client.next(MessageType.GENMESSAGE)).payload).toBe("hello");
  const uid = node.service.peers().find((peer) => peer.announcedPort === 45_000)?.uid ?? "";
  node.service.sendText("you", uid);
  node.service.sendText("you", "nobody");
  await clients[0]?.next(MessageType.GENMESSAGE, 2);
  await clients[1]?.flush();
  expect(clients[1]?.ofType(MessageType.GENMESSAGE).length).toBe(1);
});
