import { describe, expect, test } from "vitest";
import { ATTACK_KINDS, type AttackKind } from "./attacks.js";
import { DEFAULT_OPTIONS, Simulation } from "./simulation.js";

const MINUTES = 6;
/** Messages an attacker sends over a connection in one strike, at most: everything else follows from them. */
const STRIKE_MESSAGES = 300;
/** Messages an honest node may have to deal with for one of an attacker's: an id is asked for at up to four peers. */
const FOLLOWING = 8;

async function attacked(kind: AttackKind | undefined): Promise<Simulation> {
  const simulation = await Simulation.start({
    ...DEFAULT_OPTIONS,
    seed: 5,
    nodes: 12,
    links: 3,
    params: "test",
    payments: 60,
    malicious: 0.17,
    attacks: kind === undefined ? [] : [kind],
  });
  await simulation.run(MINUTES / 60);
  return simulation;
}

const total = (simulation: Simulation, count: "arrivals" | "contentChecks" | "messagesRead"): number =>
  simulation.world.nodes.reduce((sum, node) => sum + node.totals()[count], 0);

describe("malicious peers", async () => {
  const peaceful = await attacked(undefined);

  test.each(ATTACK_KINDS)("do not keep the others apart, and cost bounded work: %s", async (kind) => {
    const simulation = await attacked(kind);
    const strikes = simulation.attackers.reduce((sum, attacker) => sum + attacker.strikes, 0);
    expect(strikes).toBeGreaterThan(20);
    expect(await simulation.runUntilConverged(0.5)).toBe(true);
    expect(simulation.world.observer.staleness().made).toBeGreaterThan(10);
    // At most one check for each block that an attacker has worked for, or that follows when it is passed on.
    const honest = simulation.world.nodes.length;
    expect(total(simulation, "contentChecks")).toBeLessThan(2 * total(peaceful, "contentChecks") + strikes * honest);
    expect(total(simulation, "messagesRead")).toBeLessThan(4 * total(peaceful, "messagesRead") + strikes * STRIKE_MESSAGES * FOLLOWING);
    for (const node of simulation.world.nodes) {
      const metrics = node.service?.metrics();
      expect(metrics?.requestsUnderWay).toBeLessThan(5000);
      expect(node.chain.pool.size).toBeLessThan(5000);
      expect(metrics?.validPeers).toBeGreaterThan(0);
    }
  });
});
