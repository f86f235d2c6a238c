import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import type { Endpoint } from "../../host/net/endpoint.js";
import type { OverlayInfo } from "../../host/net/network-info.js";
import { isPublicAddress } from "../../host/net/p2p/addresses.js";
import { parseP2P, printP2P } from "../../host/net/p2p/messages.js";
import { MAIN_P2P, type P2PConfig } from "../../host/net/p2p/params.js";
import { ProtocolError } from "../../host/protocol/errors.js";
import { MessageType } from "../../host/protocol/messages/message.js";
import { txpowId } from "../../host/protocol/txpow.js";
import { until } from "../until.js";
import { FakeChain, fakeBlocks } from "./fake-chain.js";
import { Client, startNode, stopAll } from "./harness.js";
import { MemoryWorld, PORT } from "./memory-harness.js";

const p2p = (changes: Partial<P2PConfig> = {}): P2PConfig => ({
  params: { ...MAIN_P2P, links: 3, loopMs: 20_000, loopSpreadMs: 1000, selfCheckMs: 600_000, saveMs: 60_000 },
  acceptsInLinks: true,
  noConnect: false,
  allowAllIPs: false,
  seeds: [],
  save: () => {},
  ...changes,
});

afterEach(stopAll);

describe("messages", () => {
  const vectors = JSON.parse(readFileSync(new URL("../vectors/network/p2p.json", import.meta.url), "utf8")) as {
    name: string;
    json: string;
  }[];

  test.each(vectors.map(({ name, json }) => [name, json]))("%s is understood and printed the same", (_name, json) => {
    const message = parseP2P(json);
    expect(Object.keys(message).length).toBe(1);
    expect(printP2P(message)).toBe(json);
  });

  test.each([
    "[]",
    "5",
    "",
    "{",
    '{"swap_links_p2p":[]}',
    '{"swap_links_p2p":{"greeting":5}}',
    '{"swap_links_p2p":{"greeting":{"knownPeers":5}}}',
  ])("%s is refused", (text) => {
    expect(() => parseP2P(text)).toThrow(ProtocolError);
  });

  test("of another overlay are empty; ints of another type are 0", () => {
    expect(parseP2P('{"other":{}}')).toEqual({});
    expect(parseP2P('{"swap_links_p2p":{"greeting":{"myMinimaPort":"9001"}}}').greeting).toMatchObject({ port: 0, acceptsInLinks: false });
  });
});

test("addresses of local networks are not taken from strangers", () => {
  const at = (host: string, port = 9001): Endpoint => ({ host, port });
  for (const host of ["127.0.0.1", "10.1.1.1", "192.168.0.1", "100.64.0.1", "172.16.0.1", "localhost", "::1", "", "a b"])
    expect(isPublicAddress(at(host), false)).toBe(false);
  expect(isPublicAddress(at("127.0.0.1"), true)).toBe(true);
  expect(isPublicAddress(at("::1"), true)).toBe(false);
  expect(isPublicAddress(at("51.15.1.1"), false)).toBe(true);
  expect(isPublicAddress(at("51.15.1.1", 0), false)).toBe(false);
});

test("messages with secrets, ports or flags that are none are not read", () => {
  const walk = (text: string): string => `{"swap_links_p2p":{"walk_links":{${text}}}}`;
  const swap = (text: string): string => `{"swap_links_p2p":{"do_swap":{${text}}}}`;
  for (const text of [
    '{"swap_links_p2p":{"req_ip":"0xZZ"}}',
    walk('"secret":null'),
    walk('"secret":"0x 1"'),
    walk('"isReturning":null'),
    walk('"pathTaken":null'),
    walk('"availableClientSlots":2147483648'),
    walk('"pathTaken":[{"host":"1.1.1.1","port":65536}]'),
    swap('"swap_target_host":"1.1.1.1","swap_target_port":-1'),
    swap('"swap_target_host":"1.1.1.1"'),
  ])
    expect(() => parseP2P(text), text).toThrow(ProtocolError);
  expect(parseP2P(walk('"availableClientSlots":1.5')).walk?.clientSlots).toBe(0);
});

describe("a node", () => {
  const received = (client: Client): string[] => client.ofType(MessageType.P2P).map(({ payload }) => payload);
  const say = (client: Client, text: string): void => client.send({ type: MessageType.P2P, payload: text });

  async function greetedNode(changes: Partial<P2PConfig> = {}): Promise<{ client: Client; node: Awaited<ReturnType<typeof startNode>> }> {
    const node = await startNode(new FakeChain(fakeBlocks(1, 3)), { config: { p2p: p2p({ allowAllIPs: true, ...changes }) } });
    const client = await Client.connect(node.port);
    client.greet();
    await client.next(MessageType.P2P, 2);
    return { client, node };
  }

  test("tells about itself and asks for its address", async () => {
    const { client, node } = await greetedNode();
    const [greeting, question] = received(client);
    expect(greeting).toBe(
      `{"swap_links_p2p":{"greeting":{"myMinimaPort":${node.port},"isAcceptingInLinks":true,"numNoneP2PConnections":1,"maxNumNoneP2PConnections":100,"outLinks":[],"inLinks":[],"knownPeers":[]}}}`,
    );
    const secret = parseP2P(question ?? "").requestIP ?? "";
    expect(secret).toMatch(/^0x[0-9A-F]{24}$/);
    say(client, '{"swap_links_p2p":{"greeting":{"myMinimaPort":7,"isAcceptingInLinks":true,"knownPeers":[]}}}');
    say(client, '{"swap_links_p2p":{"res_ip":"203.0.113.9","secret":"0x00"}}');
    await client.flush();
    expect(node.service.overlay()?.address).toBeUndefined();
    say(client, `{"swap_links_p2p":{"res_ip":"203.0.113.9","secret":"${secret}"}}`);
    await client.flush();
    expect(node.service.overlay()).toMatchObject({ address: { host: "203.0.113.9", port: node.port }, inLinks: 1, others: 0 });
  });

  test("answers what address it sees, and turns walks back", async () => {
    const { client, node } = await greetedNode();
    const secret = parseP2P(received(client)[1] ?? "").requestIP;
    say(client, '{"swap_links_p2p":{"greeting":{"myMinimaPort":7,"isAcceptingInLinks":false,"knownPeers":[]},"req_ip":"0xAABB"}}');
    const answer = await client.next(MessageType.P2P, 3);
    expect(answer.payload).toBe('{"swap_links_p2p":{"res_ip":"127.0.0.1","secret":"0xAABB"}}');
    say(client, `{"swap_links_p2p":{"res_ip":"203.0.113.9","secret":"${secret}"}}`);
    say(
      client,
      '{"swap_links_p2p":{"walk_links":{"secret":"0xD5BAA16C647F41EB","walkInLinks":true,"isJoiningWalk":true,"isClientWalk":true,"availableClientSlots":0,"isReturning":false,"pathTaken":[]}}}',
    );
    const back = await client.next(MessageType.P2P, 4);
    expect(back.payload).toBe(
      `{"swap_links_p2p":{"walk_links":{"secret":"0xD5BAA16C647F41EB","walkInLinks":true,"isJoiningWalk":true,"isClientWalk":true,"availableClientSlots":99,"isReturning":true,"pathTaken":[{"host":"127.0.0.1","port":7},{"host":"203.0.113.9","port":${node.port}}]}}}`,
    );
  });

  test("gives secrets on as HEX is printed, however they came", async () => {
    const { client, node } = await greetedNode();
    const secret = parseP2P(received(client)[1] ?? "").requestIP;
    say(client, '{"swap_links_p2p":{"greeting":{"myMinimaPort":7,"isAcceptingInLinks":true,"knownPeers":[]},"req_ip":"0Xabc"}}');
    expect((await client.next(MessageType.P2P, 3)).payload).toBe('{"swap_links_p2p":{"res_ip":"127.0.0.1","secret":"0x0ABC"}}');
    say(client, `{"swap_links_p2p":{"res_ip":"203.0.113.9","secret":"${secret?.toLowerCase()}"}}`);
    for (const given of ['"secret":"abcd",', ""]) say(client, `{"swap_links_p2p":{"walk_links":{${given}"walkInLinks":true}}}`);
    expect((await client.next(MessageType.P2P, 4)).payload).toContain('"walk_links":{"secret":"0xABCD","walkInLinks":true');
    expect((await client.next(MessageType.P2P, 5)).payload).toMatch(/"walk_links":\{"secret":"0x[0-9A-F]{16}","walkInLinks":true/);
    expect(node.service.overlay()?.address?.host).toBe("203.0.113.9");
  });

  test("is not sent away by those who dialled it, nor by walks it did not start", async () => {
    const { client, node } = await greetedNode();
    const secret = parseP2P(received(client)[1] ?? "").requestIP;
    say(client, '{"swap_links_p2p":{"greeting":{"myMinimaPort":7,"isAcceptingInLinks":true,"knownPeers":[]}}}');
    say(client, `{"swap_links_p2p":{"res_ip":"203.0.113.9","secret":"${secret}"}}`);
    say(client, '{"swap_links_p2p":{"do_swap":{"secret":"0x00","swap_target_host":"127.0.0.1","swap_target_port":1}}}');
    say(
      client,
      `{"swap_links_p2p":{"walk_links":{"secret":"0x00","walkInLinks":true,"isReturning":true,"pathTaken":[{"host":"203.0.113.9","port":${node.port}},{"host":"127.0.0.1","port":1}]}}}`,
    );
    await client.flush();
    expect(node.service.connecting()).toEqual([]);
    expect(client.closed).toBe(false);
  });

  test("checks addresses it is told before it tells them on", async () => {
    const good = await startNode(new FakeChain(fakeBlocks(1, 3)));
    const foreign = await startNode(new FakeChain(fakeBlocks(1, 3, undefined, 5)));
    const { client, node } = await greetedNode();
    const known = [good.port, foreign.port, 1].map((port) => `{"host":"127.0.0.1","port":${port}}`).join();
    say(client, `{"swap_links_p2p":{"greeting":{"myMinimaPort":0,"isAcceptingInLinks":false,"knownPeers":[${known}]}}}`);
    await until(() => node.service.overlay()?.uncheckedPeers === 0 && (node.service.overlay()?.knownPeers.length ?? 0) > 0);
    expect(node.service.overlay()?.knownPeers).toEqual([{ host: "127.0.0.1", port: good.port }]);
    await client.flush();
    const pong = await client.next(MessageType.SINGLE_PONG);
    expect(pong.payload.extra?.get("peers-list")).toEqual([`127.0.0.1:${good.port}`]);
  });
});

describe("a network of nodes that know one of them", () => {
  const linksOf = (overlay: OverlayInfo | undefined): number => (overlay?.outLinks ?? 0) + (overlay?.inLinks ?? 0);

  async function grown(clients: number, others: number): Promise<MemoryWorld> {
    const world = new MemoryWorld();
    const blocks = fakeBlocks(1, 3);
    for (let i = 0; i < others + clients; i++) {
      const seeds = i === 0 ? [] : [{ host: "20.0.0.1", port: PORT }];
      await world.start(`20.0.0.${i + 1}`, new FakeChain(blocks), {
        config: { listen: i < others, p2p: p2p({ seeds, acceptsInLinks: i < others }) },
      });
      await world.clock.run(30_000);
    }
    await world.clock.run(900_000);
    return world;
  }

  test("finds more links, and everybody hears of a block", async () => {
    const world = await grown(3, 9);
    const overlays = world.nodes.map((node) => node.service.overlay());
    for (const overlay of overlays) expect(linksOf(overlay)).toBeGreaterThanOrEqual(overlay?.acceptsInLinks ? 3 : 2);
    for (const [i, overlay] of overlays.entries()) {
      expect(overlay?.address?.host).toBe(`20.0.0.${i + 1}`);
      const known = overlay?.knownPeers.map(({ host }) => Number(host.split(".")[3])) ?? [];
      expect(known.length).toBeGreaterThanOrEqual(5);
      for (const number of known) expect(number).toBeLessThanOrEqual(9);
    }
    const tip = world.nodes[0]?.chain.main[2];
    if (tip === undefined) throw new Error("no chain");
    for (const block of fakeBlocks(4, 6, txpowId(tip))) world.nodes[10]?.chain.submitTxPoW(block, null);
    await world.clock.run(10_000);
    expect(world.nodes.map((node) => node.chain.tipNumber)).toEqual(new Array(12).fill(6));
  });

  test("loses the one they all knew and lives on", async () => {
    const world = await grown(0, 8);
    await world.nodes[0]?.service.stop();
    await world.clock.run(1_800_000);
    const overlays = world.nodes.slice(1).map((node) => node.service.overlay());
    for (const overlay of overlays) expect(linksOf(overlay)).toBeGreaterThanOrEqual(3);
  });
});
