import { describe, expect, test } from "vitest";
import { toHex } from "../../host/protocol/bytes.js";
import { Random } from "./random.js";
import { DEFAULT_OPTIONS, Simulation, type SimulationOptions } from "./simulation.js";

const MINUTE = 1 / 60;

/** A small network on test parameters, whose nodes all do all the work themselves. */
function network(changes: Partial<SimulationOptions>): Promise<Simulation> {
  return Simulation.start({ ...DEFAULT_OPTIONS, params: "test", links: 3, payments: 120, sharing: false, ...changes });
}

/** All that must be the same on nodes with the same tip. */
function expectSameState({ world }: Simulation): void {
  const states = world.live.map(({ chain }) => {
    const root = chain.tip?.mmr.root();
    return {
      tip: chain.tip?.key,
      mmr: root === null || root === undefined ? undefined : toHex(root.hash),
      total: root?.value.toString(),
      peaks: chain.tip?.mmr.peaks().map(({ data }) => toHex(data.hash)),
    };
  });
  for (const state of states) expect(state).toEqual(states[0]);
  expect(states[0]?.mmr).toBeDefined();
}

/** A network that chance has made up. */
function madeUp(seed: number): Partial<SimulationOptions> {
  const random = new Random(seed);
  const fromHours = random.between(4, 10) * MINUTE;
  return {
    seed,
    nodes: 5 + random.below(8),
    links: 2 + random.below(3),
    latencyMs: random.between(5, 2000),
    bytesPerSecond: random.between(5_000, 500_000),
    loss: random.between(0, 10),
    churn: random.between(0, 48),
    partition: { fromHours, toHours: fromHours + random.between(1, 6) * MINUTE, share: random.between(0.1, 0.5) },
  };
}

describe("networks of real nodes", () => {
  test.each([1, 2, 3, 4])("converge after whatever happens to them: seed %i", async (seed) => {
    const simulation = await network(madeUp(seed));
    await simulation.run(16 * MINUTE);
    expect(await simulation.runUntilConverged(0.75)).toBe(true);
    expect(simulation.world.nodes[0]?.chain.tip?.number).toBeGreaterThan(20);
    expectSameState(simulation);
  });

  test("both sides of a partition go on, and one of them gives way", async () => {
    const simulation = await network({ nodes: 12, partition: { fromHours: 5 * MINUTE, toHours: 11 * MINUTE, share: 0.5 } });
    const { world } = simulation;
    await simulation.run(11 * MINUTE);
    expect(new Set(world.nodes.map(({ chain }) => chain.tip?.key)).size).toBeGreaterThan(1);
    expect(await simulation.runUntilConverged(0.5)).toBe(true);
    expect(world.observer.deepestReorg).toBeGreaterThan(1);
    expectSameState(simulation);
  });

  test("a newcomer without a chain gets it from others", async () => {
    const simulation = await network({ nodes: 6 });
    const { world } = simulation;
    await simulation.run(15 * MINUTE);
    const newcomer = await world.addNewcomer();
    expect(newcomer.chain.tip).toBeNull();
    await simulation.run(5 * MINUTE);
    expect(await simulation.runUntilConverged(0.5)).toBe(true);
    expect(newcomer.chain.tip?.number).toBeGreaterThan(40);
    expectSameState(simulation);
  });

  test("payments get into blocks", async () => {
    const simulation = await network({ nodes: 6, payments: 300 });
    await simulation.run(15 * MINUTE);
    await simulation.runUntilConverged(0.5);
    const blocks = simulation.world.nodes[0]?.chain.tree?.mainBranch() ?? [];
    expect(blocks.flatMap(({ txpow }) => txpow.body?.txnlist ?? []).length).toBeGreaterThan(3);
    expect(simulation.world.observer.invalidBlocks).toBe(0);
    expectSameState(simulation);
  });
});

describe("a simulation", () => {
  const options: Partial<SimulationOptions> = { ...madeUp(9), malicious: 0.15, sharing: true };

  const fingerprint = async (changes: Partial<SimulationOptions>): Promise<string> => {
    const simulation = await network({ ...options, ...changes });
    await simulation.run(8 * MINUTE);
    expect(simulation.world.observer.events).toBeGreaterThan(100);
    return simulation.world.observer.fingerprint();
  };

  test("goes the same way for the same seed, and another way for another", async () => {
    const first = await fingerprint({});
    expect(await fingerprint({})).toBe(first);
    expect(await fingerprint({ seed: 10 })).not.toBe(first);
  });

  test("goes the same way whether or not nodes share verdicts", async () => {
    const shared = await fingerprint({ malicious: 0 });
    expect(await fingerprint({ malicious: 0, sharing: false })).toBe(shared);
  });
});
