import { beforeEach, describe, expect, test } from "vitest";
import { APPLICATION } from "../../host/maxima/link.js";
import { TEST_P2P } from "../../host/net/p2p/params.js";
import { encodeUtf8 } from "../../host/protocol/text.js";
import { FakeChain, fakeBlocks } from "../net/fake-chain.js";
import { MemoryWorld, PORT } from "../net/memory-harness.js";
import { MemoryStore } from "./memory-store.js";
import { type MaximaNode, prepareKeys, startMaxima, takeKeys } from "./world.js";

const DAY_MS = 24 * 3600 * 1000;
const endpoint = (host: string) => ({ host, port: PORT });

beforeEach(() => prepareKeys(12));

describe("the hosts of a node", () => {
  let world: MemoryWorld;
  let host: MaximaNode;
  let client: MaximaNode;
  beforeEach(async () => {
    world = new MemoryWorld();
    host = await startMaxima(world, "20.0.0.1");
    client = await startMaxima(world, "20.0.0.2");
  });

  const connect = async (ms = 1000): Promise<void> => {
    client.service.connect(endpoint(host.host));
    await world.clock.run(ms);
  };
  const connected = (): boolean[] => client.maxima.hosts().map((state) => state.connected);

  test("are the peers it dialled and a check came back from", async () => {
    await connect();
    expect(client.changed).toMatchObject([{ address: "20.0.0.1:9001", connected: true, mlsAddress: host.maxima.ownAddress() }]);
    expect(host.maxima.hosts()).toEqual([]);
    await world.clock.run(60_000);
    expect(client.replaced).toEqual([]);
    expect(host.received).toEqual([]);
    expect(client.received).toEqual([]);
  });

  test("are checked when there is a chain", async () => {
    client.state.hasChain = false;
    await connect(25_000);
    expect(connected()).toEqual([false]);
    client.state.hasChain = true;
    await world.clock.run(10_000);
    expect(connected()).toEqual([true]);
  });

  test("that the owner chose stay though they are none, and are checked again later", async () => {
    client.state.reaches = false;
    await connect(40_000);
    expect(client.replaced).toEqual([false]);
    expect(connected()).toEqual([false]);
    expect(client.service.peers().length).toBe(1);
    expect(client.maxima.contactAddress()).toBe(client.maxima.ownAddress());
    expect(client.maxima.localAddress()).toBe(client.maxima.ownAddress().replace(/@.*:/, "@192.168.0.2:"));
    client.state.reaches = true;
    await world.clock.run(150_000);
    expect(connected()).toEqual([true]);
  });

  test("that end are told of and taken up again, with the key of before", async () => {
    await connect();
    const [before] = client.maxima.hosts();
    world.cut.add(host.host);
    await world.clock.run(1_200_000);
    expect(client.changed.map((state) => state.connected)).toEqual([true, false]);
    world.cut.delete(host.host);
    await world.clock.run(700_000);
    expect(client.changed.map((state) => state.connected)).toEqual([true, false, true]);
    expect(client.maxima.hosts()[0]?.publicKey).toEqual(before?.publicKey);
  });

  test("are forgotten after a week without being seen", async () => {
    const store = new MemoryStore();
    const ages = { "20.0.0.1:9001": 8 * DAY_MS, "20.0.0.7:9001": 8 * DAY_MS, "20.0.0.8:9001": 6.9 * DAY_MS };
    for (const [address, age] of Object.entries(ages)) store.putHost({ address, keys: takeKeys(), lastSeen: world.clock.now() - age });
    client = await startMaxima(world, "20.0.0.3", {}, store);
    await connect(200_000);
    const addresses = (): string[] => store.hosts().map(({ address }) => address);
    expect(addresses()).toEqual(["20.0.0.1:9001", "20.0.0.8:9001"]);
    await world.clock.run(0.2 * DAY_MS);
    expect(addresses()).toEqual(["20.0.0.1:9001"]);
    expect(client.maxima.hosts()).toMatchObject([{ address: "20.0.0.1:9001", connected: true }]);
    expect(world.clock.now() - (store.hosts()[0]?.lastSeen ?? 0)).toBeLessThan(1_300_000);
  });

  test("are no endless list: the one unseen for longest goes", async () => {
    const store = new MemoryStore();
    const keys = takeKeys();
    for (let i = 0; i < 512; i++) {
      const publicKey = new Uint8Array(162).fill(i % 256);
      publicKey[0] = i >> 8;
      store.putHost({ address: `20.1.${i >> 8}.${i % 256}:9001`, keys: { ...keys, publicKey }, lastSeen: world.clock.now() - 1000 + i });
    }
    client = await startMaxima(world, "20.0.0.3", {}, store);
    await connect();
    expect(store.hosts().length).toBe(512);
    expect(store.hosts().some(({ address }) => address === "20.1.0.0:9001")).toBe(false);
    expect(connected().filter(Boolean).length).toBe(1);
  });

  test("are only checked by this node itself, with the key of that host", async () => {
    client.state.reaches = false;
    await connect(5000);
    const [known] = client.maxima.hosts();
    const check = async (from: MaximaNode, address = ""): Promise<void> => {
      const sending = from.maxima.send(address, APPLICATION.checkConnect, encodeUtf8("x"));
      await world.clock.run(1000);
      expect(await sending).toMatchObject({ status: "ok" });
    };
    await check(host, known?.contactAddress);
    client.state.reaches = true;
    await check(client, client.maxima.ownAddress());
    expect(connected()).toEqual([false]);
    await check(client, known?.contactAddress);
    expect(connected()).toEqual([true]);
  });

  test("are not in local networks", async () => {
    const local = await startMaxima(world, "192.168.0.1");
    client.service.connect(endpoint(local.host));
    await world.clock.run(5000);
    expect(client.service.peers().length).toBe(1);
    expect(client.maxima.hosts()).toEqual([]);
  });
});

test("a peer of the overlay that is no host makes room for another, if there is a choice", async () => {
  const world = new MemoryWorld();
  const p2p = {
    params: TEST_P2P,
    acceptsInLinks: true,
    noConnect: false,
    allowAllIPs: false,
    seeds: [endpoint("20.0.0.1")],
    save: () => {},
  };
  for (const number of [1, 2, 3, 4]) {
    await world.start(`20.0.0.${number}`, new FakeChain(fakeBlocks(1, 3)), { config: { p2p: number === 1 ? { ...p2p, seeds: [] } : p2p } });
    await world.clock.run(30_000);
  }
  await world.clock.run(600_000);
  const node = await startMaxima(world, "20.0.0.9", { config: { p2p } });
  node.state.reaches = false;
  await world.clock.run(60_000);
  const peers = (): number => node.service.peers().filter(({ incoming }) => !incoming).length;
  expect(peers()).toBeGreaterThan(0);
  await world.clock.run(600_000);
  expect(node.replaced).toContain(true);
  expect(node.replaced).toContain(false);
  expect(peers()).toBeGreaterThan(0);
  node.state.reaches = true;
  await world.clock.run(3_600_000);
  expect(node.maxima.hosts().some(({ connected }) => connected)).toBe(true);
});
