import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../host/net/clock.js";
import { STRANGER_PATIENCE_MS, STRANGER_WAIT_MS } from "../../host/net/first-chain.js";
import { equalBytes } from "../../host/protocol/bytes.js";
import { MessageType } from "../../host/protocol/messages/message.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { type TxPoW, txpowId } from "../../host/protocol/txpow.js";
import { until } from "../until.js";
import { FakeChain, fakeBlocks, fakeTxBlock } from "./fake-chain.js";
import { Client, dialledClient, pause, startNode, stopAll, type TestNode } from "./harness.js";
import { MemoryNetwork } from "./memory/memory-network.js";
import { type MemoryNode, MemoryWorld, PORT } from "./memory-harness.js";

afterEach(stopAll);

const FRESH = "20.0.0.1";
const CHOSEN = "20.0.0.2";
const STRANGER = "20.0.0.3";
const endpoint = (host: string): { host: string; port: number } => ({ host, port: PORT });

const honest = fakeBlocks(1, 5);
const forged = fakeBlocks(1, 9, undefined, 7);
const startsWith = (chain: FakeChain, blocks: readonly TxPoW[]): boolean =>
  chain.main[0] !== undefined && equalBytes(txpowId(chain.main[0]), txpowId(blocks[0] as TxPoW));

/** The way to the chosen peer takes ten times as long as that to a stranger. */
class SlowWorld extends MemoryWorld {
  override readonly network = new MemoryNetwork(this.clock, (from, to) => {
    const latencyMs = from === CHOSEN || to === CHOSEN ? 400 : 40;
    return this.cut.has(from) === this.cut.has(to) ? { latencyMs, bytesPerSecond: 1_000_000 } : undefined;
  });

  async fresh(connect: readonly string[]): Promise<MemoryNode> {
    return this.start(FRESH, new FakeChain(), { config: { connect: connect.map(endpoint) } });
  }

  async stranger(): Promise<MemoryNode> {
    return this.start(STRANGER, new FakeChain(forged), { config: { connect: [endpoint(FRESH)] } });
  }
}

const had = ({ chain }: MemoryNode | TestNode): string => {
  if (chain.main.length === 0) return "none";
  if (startsWith(chain, honest)) return "honest";
  return startsWith(chain, forged) ? "forged" : "other";
};

describe("a node without a chain takes its first one", () => {
  test("from a peer it dialled, though a stranger was faster", async () => {
    const world = new SlowWorld();
    await world.start(CHOSEN, new FakeChain(honest));
    const fresh = await world.fresh([CHOSEN]);
    await world.stranger();
    await world.clock.run(1000);
    expect(had(fresh)).toBe("none");
    await world.clock.run(4000);
    expect(had(fresh)).toBe("honest");
    expect(fresh.chain.ibds.length).toBe(2);
  });

  test("from a stranger at once when nobody else is in sight", async () => {
    const world = new SlowWorld();
    const fresh = await world.fresh([]);
    await world.stranger();
    await world.clock.run(1000);
    expect(had(fresh)).toBe("forged");
  });

  test("from a stranger as soon as the chosen peer shows that it has none", async () => {
    const world = new SlowWorld();
    await world.start(CHOSEN, new FakeChain());
    const fresh = await world.fresh([CHOSEN]);
    await world.stranger();
    await world.clock.run(1000);
    expect(had(fresh)).toBe("none");
    await world.clock.run(2000);
    expect(had(fresh)).toBe("forged");
  });

  test("from a stranger after a minute when the chosen peer cannot be reached", async () => {
    const world = new SlowWorld();
    world.cut.add(CHOSEN);
    const fresh = await world.fresh([CHOSEN]);
    await world.stranger();
    await world.clock.run(STRANGER_WAIT_MS - 5000);
    expect(had(fresh)).toBe("none");
    await world.clock.run(10_000);
    expect(had(fresh)).toBe("forged");
  });

  test("from a stranger after a minute when the chosen peer keeps its chain to itself", async () => {
    const { node, client: chosen } = await withSilentChoice();
    const stranger = await withForgedChain(node);
    await stranger.flush();
    expect(had(node)).toBe("none");
    expect(chosen.closed).toBe(false);
    node.later(STRANGER_WAIT_MS);
    await until(() => had(node) === "forged");
  });

  test("from the chosen peer though its chain takes minutes to come, but not hours", async () => {
    const { node, client: chosen } = await withSilentChoice();
    chosen.sendHex("0010000001");
    const stranger = await withForgedChain(node);
    await stranger.flush();
    node.later(STRANGER_PATIENCE_MS - 10_000);
    await pause(1200);
    expect(had(node)).toBe("none");
    node.later(10_000);
    await until(() => had(node) === "forged");
  });

  test("not from a stranger who has left", async () => {
    const world = new SlowWorld();
    world.cut.add(CHOSEN);
    const fresh = await world.fresh([CHOSEN]);
    const stranger = await world.stranger();
    await world.clock.run(10_000);
    await stranger.service.stop();
    await world.clock.run(STRANGER_WAIT_MS);
    expect(had(fresh)).toBe("none");
  });

  test("and what waits does not keep the chosen peer's chain out of memory", async () => {
    const megabyte = 1024 * 1024;
    const { node, client: chosen } = await withSilentChoice({ messageMemory: 4 * megabyte });
    const long = fakeBlocks(1, 9000, undefined, 7).map(fakeTxBlock);
    const hog = await Client.connect(node.port);
    hog.greet({}, "43000");
    hog.send({ type: MessageType.IBD, payload: { cascade: null, blocks: long } });
    await until(() => node.transport.messageMemoryUsed > 2 * megabyte);
    await hog.flush();
    const blocks = fakeBlocks(1, 9000).map(fakeTxBlock);
    chosen.send({ type: MessageType.IBD, payload: { cascade: null, blocks } });
    await until(() => had(node) === "honest");
    expect(hog.closed).toBe(true);
    await until(() => node.transport.messageMemoryUsed === 0);
  });
});

interface Choice {
  readonly node: TestNode & { later(ms: number): void };
  readonly client: Client;
}

/** A fresh node on a clock that can be put forward, and a peer it has dialled that tells of a chain but does not send it. */
async function withSilentChoice(changes: { messageMemory?: number } = {}): Promise<Choice> {
  let ahead = 0;
  const clock = { now: () => Date.now() + ahead, setTimeout: systemClock.setTimeout };
  const node = await startNode(new FakeChain(), { clock, ...changes });
  const { client } = await dialledClient(node);
  client.greet({ topBlock: MiniNumber.of(5), chain: honest.map(txpowId) });
  await client.flush();
  const later = (ms: number): void => {
    ahead += ms;
  };
  return { node: { ...node, later }, client };
}

async function withForgedChain(node: TestNode): Promise<Client> {
  const stranger = await Client.connect(node.port);
  stranger.greet();
  stranger.send({ type: MessageType.IBD, payload: { cascade: null, blocks: forged.map(fakeTxBlock) } });
  return stranger;
}
