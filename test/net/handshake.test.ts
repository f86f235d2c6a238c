import { afterEach, describe, expect, test } from "vitest";
import { toHex } from "../../host/protocol/bytes.js";
import { jsonObject, printJson } from "../../host/protocol/json.js";
import { MessageType } from "../../host/protocol/messages/message.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { txpowId } from "../../host/protocol/txpow.js";
import { Writer } from "../../host/protocol/writer.js";
import { until } from "../until.js";
import { FakeChain, fakeBlocks } from "./fake-chain.js";
import { Client, dialledClient, pause, startNode, stopAll } from "./harness.js";

afterEach(stopAll);

/** A greeting whose extra text is written as it is. */
function greetingBody(extra: string, version = "1.0.45-TEST"): Uint8Array {
  const writer = new Writer();
  writer.byte(MessageType.GREETING);
  writer.string(version);
  writer.string(extra);
  writer.number(MiniNumber.of(-1));
  writer.integer(0);
  return writer.toBytes();
}

describe("accepting", () => {
  test("says nothing until it is greeted, then greets once and sends its chain", async () => {
    const blocks = fakeBlocks(1, 5);
    const node = await startNode(new FakeChain(blocks), { config: { host: "198.51.100.7" } });
    const client = await Client.connect(node.port);
    await pause(50);
    expect(client.messages).toEqual([]);
    client.greet();
    const { payload } = await client.next(MessageType.GREETING);
    expect(payload.version).toBe("1.0.45-TEST");
    expect(printJson(payload.extra)).toBe(`{"welcome":"Running Minima 1.0.45-TEST","host":"198.51.100.7","port":"${node.port}"}`);
    expect(payload.topBlock.toString()).toBe("5");
    expect(payload.chain.map(toHex)).toEqual(blocks.map((block) => toHex(txpowId(block))).reverse());
    const ibd = await client.next(MessageType.IBD);
    expect(ibd.payload.cascade).toEqual([]);
    expect(ibd.payload.blocks.length).toBe(5);
    expect(client.messages.map((message) => message.type).slice(0, 2)).toEqual([MessageType.GREETING, MessageType.IBD]);
    client.greet();
    client.greet({}, "42002");
    await client.next(MessageType.IBD, 2);
    await client.flush();
    expect(client.ofType(MessageType.GREETING).length).toBe(1);
    expect(client.ofType(MessageType.IBD).length).toBe(2);
  });

  test("a node without a chain sends an IBD of five bytes", async () => {
    const node = await startNode();
    const client = await Client.connect(node.port);
    client.greet();
    await client.next(MessageType.IBD);
    expect(client.ofType(MessageType.GREETING)[0]?.payload.topBlock.toString()).toBe("-1");
    expect(toHex(client.bodies[1] as Uint8Array)).toBe("0100000100");
  });

  test("no second IBD for the same address until the set is emptied", async () => {
    const node = await startNode(new FakeChain(fakeBlocks(1, 3)), { timers: { forgetMs: 400 } });
    const first = await Client.connect(node.port);
    first.greet();
    await first.next(MessageType.IBD);
    const second = await Client.connect(node.port);
    second.greet();
    await second.next(MessageType.GREETING);
    await second.flush();
    expect(second.ofType(MessageType.IBD)).toEqual([]);
    await pause(500);
    const third = await Client.connect(node.port);
    third.greet();
    await third.next(MessageType.IBD);
  });

  test.each(["1.0.45", "2.0-TEST", "TEST"])("turns version %s away after a greeting of its own", async (version) => {
    const node = await startNode(new FakeChain(), { timers: { mismatchCloseMs: 150 } });
    const client = await Client.connect(node.port);
    client.greet({ version });
    await client.next(MessageType.GREETING);
    expect(client.closed).toBe(false);
    await until(() => client.closed);
    expect(client.ofType(MessageType.IBD)).toEqual([]);
  });

  test.each(["1.0TEST", "1.0.1-xTESTx"])("accepts version %s", async (version) => {
    const node = await startNode();
    const client = await Client.connect(node.port);
    client.greet({ version });
    await client.next(MessageType.IBD);
  });

  test.each(["not json", "", "{}", '{"welcome":"x","unknown":5}'])("accepts extra text %j", async (extra) => {
    const node = await startNode();
    const client = await Client.connect(node.port);
    client.sendBody(greetingBody(extra));
    await client.next(MessageType.IBD);
    expect(node.service.peers()[0]?.announcedPort).toBeUndefined();
  });

  test.each(["[]", "5", '"text"', "null", '{"port":null}', '{"port":9001}', '{"port":"abc"}', '{"port":"99999999999"}', '{"host":5}'])(
    "drops a greeting with extra %j and stays connected",
    async (extra) => {
      const node = await startNode(new FakeChain(fakeBlocks(1, 3)));
      const client = await Client.connect(node.port);
      client.sendBody(greetingBody(extra));
      await client.flush();
      expect(client.messages.length).toBe(1);
      node.service.announceTxPoW(new Uint8Array(32));
      await client.flush();
      expect(client.ofType(MessageType.TXPOWID)).toEqual([]);
      expect(client.closed).toBe(false);
    },
  );

  test("takes host and port from the greeting", async () => {
    const node = await startNode();
    const client = await Client.connect(node.port);
    client.greet({ extra: jsonObject(["host", "example.org"], ["port", "1234"]) });
    await client.next(MessageType.IBD);
    expect(node.service.peers()).toMatchObject([{ host: "example.org", announcedPort: 1234, incoming: true, valid: true }]);
  });
});

describe("dialling", () => {
  test("greets at once and takes what comes first in any order", async () => {
    const node = await startNode(new FakeChain(fakeBlocks(1, 2)));
    const { client, port } = await dialledClient(node);
    const { payload } = await client.next(MessageType.GREETING);
    expect(payload.topBlock.toString()).toBe("2");
    client.send({ type: MessageType.MAXIMA_CTRL, payload: { type: 1, data: new Uint8Array(20) } });
    client.send({ type: MessageType.P2P, payload: "{}" });
    client.greet({}, String(port));
    expect((await client.next(MessageType.IBD)).payload.blocks.length).toBe(2);
    expect(node.service.peers()).toMatchObject([{ incoming: false, valid: true, host: "127.0.0.1", announcedPort: port }]);
  });

  test("hangs up on another version and does not come back", async () => {
    const node = await startNode(new FakeChain(), { timers: { redialMs: 20 } });
    const { client, all } = await dialledClient(node);
    client.greet({ version: "1.0.45" });
    await until(() => client.closed);
    await pause(200);
    expect(all.length).toBe(1);
  });

  test("two nodes greet and exchange chains", async () => {
    const full = await startNode(new FakeChain(fakeBlocks(1, 30)));
    const fresh = await startNode();
    fresh.service.connect({ host: "127.0.0.1", port: full.port });
    await until(() => fresh.chain.tipNumber === 30 && full.chain.ibds.length === 1);
    expect(fresh.chain.ibds[0]).toMatchObject({ cascade: true, numbers: Array.from({ length: 30 }, (_, i) => i + 1) });
    expect(full.chain.ibds[0]).toMatchObject({ cascade: false, numbers: [] });
    expect(full.service.metrics()).toMatchObject({ validPeers: 1, incomingPeers: 1 });
  });
});
