import { MAIN_PARAMS, TEST_PARAMS } from "../../host/chain/params.js";
import { Attacker } from "./attacker.js";
import { ATTACK_KINDS, type AttackKind } from "./attacks.js";
import { makePayments } from "./payments.js";
import type { SimNode } from "./sim-node.js";
import { World } from "./world.js";

const HOUR = 3600 * 1000;
/** How often it is looked at whether all have one tip. */
const LOOK_EVERY_MS = 1000;
/** How long a lost connection stays impossible, and how long a node is away. */
const OUTAGE_MS = 40_000;
const AWAY_MS = 5 * 60 * 1000;

export interface Partition {
  readonly fromHours: number;
  readonly toHours: number;
  /** Share of the nodes that are cut off. */
  readonly share: number;
}

export interface SimulationOptions {
  readonly nodes: number;
  readonly hours: number;
  readonly seed: number;
  readonly params: "main" | "test";
  readonly latencyMs: number;
  readonly bytesPerSecond: number;
  readonly links: number;
  /** Connections that a node loses in an hour. */
  readonly loss: number;
  /** Restarts of a node in a day; every fourth loses its disk. */
  readonly churn: number;
  readonly partition: Partition | undefined;
  /** Share of hosts that are malicious. */
  readonly malicious: number;
  readonly attacks: readonly AttackKind[];
  /** Payments an hour in the whole network. */
  readonly payments: number;
  readonly sharing: boolean;
}

export const DEFAULT_OPTIONS: SimulationOptions = {
  nodes: 100,
  hours: 1,
  seed: 1,
  params: "main",
  latencyMs: 80,
  bytesPerSecond: 250_000,
  links: 5,
  loss: 0,
  churn: 0,
  partition: undefined,
  malicious: 0,
  attacks: ATTACK_KINDS,
  payments: 0,
  sharing: true,
};

/** Hashes of the network in multiples of the easiest block: a little difficulty, and no more real work than needed. */
const HASHES = 2;

/** A running simulation. */
export class Simulation {
  readonly world: World;
  readonly attackers: Attacker[] = [];
  /** Looks at the network, and at how many of them all had one tip. */
  looks = 0;
  agreed = 0;
  /** Sum over all looks of the share of nodes on the most common tip. */
  shares = 0;
  /** Milliseconds from the end of the partition until all had one tip. */
  healedAfter: number | undefined;
  #healedAt: number | undefined;

  private constructor(readonly options: SimulationOptions) {
    this.world = new World({
      seed: options.seed,
      params: options.params === "main" ? MAIN_PARAMS : TEST_PARAMS,
      geography: { latencyMs: options.latencyMs, bytesPerSecond: options.bytesPerSecond },
      links: options.links,
      sharing: options.sharing,
      keepsCoins: options.payments > 0,
      hashes: HASHES,
    });
  }

  static async start(options: SimulationOptions): Promise<Simulation> {
    const simulation = new Simulation(options);
    const malicious = Math.round(options.nodes * options.malicious);
    const hosts = Array.from({ length: malicious }, (_, i) => `66.6.${i >> 8}.${i & 255}`);
    await simulation.world.populate(options.nodes - malicious, hosts);
    for (const [i, host] of hosts.entries()) await simulation.#addAttacker(host, options.attacks[i % options.attacks.length]);
    simulation.#schedule();
    return simulation;
  }

  async #addAttacker(host: string, kind: AttackKind | undefined): Promise<void> {
    const { world, options } = this;
    if (kind === undefined) return;
    const victims = world.random.sample(world.nodes, options.links).map((node) => node.host);
    const attacker = new Attacker(world, kind, host, world.random.fork(), victims);
    this.attackers.push(attacker);
    await attacker.start();
  }

  #schedule(): void {
    const { world, options } = this;
    const { partition, loss, churn, payments } = options;
    if (payments > 0) makePayments(world, HOUR / payments);
    if (loss > 0) world.often(HOUR / (loss * options.nodes), () => this.#loseLink());
    if (churn > 0) world.often((24 * HOUR) / (churn * options.nodes), () => this.#restartSome());
    if (partition !== undefined) {
      const apart = world.random.sample(world.nodes, Math.round(world.nodes.length * partition.share)).map((node) => node.host);
      world.clock.setTimeout(partition.fromHours * HOUR, () => world.geography.part(apart));
      world.clock.setTimeout(partition.toHours * HOUR, () => {
        world.geography.heal();
        this.#healedAt = world.time;
      });
    }
    this.#look();
  }

  #look(): void {
    const { world } = this;
    world.clock.setTimeout(LOOK_EVERY_MS, () => {
      const live = world.live.length;
      this.looks++;
      this.shares += live === 0 ? 1 : world.observer.mostCommonTip.nodes / live;
      if (world.converged) {
        this.agreed++;
        if (this.#healedAt !== undefined) this.healedAfter ??= world.time - this.#healedAt;
      }
      this.#look();
    });
  }

  #loseLink(): void {
    const { geography, clock } = this.world;
    const link = this.world.someLink();
    if (link === undefined) return;
    geography.break(...link);
    clock.setTimeout(OUTAGE_MS, () => geography.mend(...link));
  }

  #restartSome(): void {
    const { world } = this;
    const node = world.random.pick(world.live);
    if (node === undefined || world.live.length < 2) return;
    const keepsDisk = world.random.below(4) > 0;
    void world.switchOff(node);
    world.clock.setTimeout(world.random.exponential(AWAY_MS), () => this.#bringBack(node, keepsDisk));
  }

  #bringBack(node: SimNode, keepsDisk: boolean): void {
    node.reload(keepsDisk);
    void this.world.switchOn(node);
  }

  /** Lets simulated hours pass. */
  run(hours: number): Promise<void> {
    return this.world.run(hours * HOUR);
  }

  /** Runs on until all nodes have one tip; false when that takes longer than so many hours. */
  async runUntilConverged(hours: number): Promise<boolean> {
    for (let i = 0; i < hours * 360; i++) {
      if (this.world.converged) return true;
      await this.run(1 / 360);
    }
    return this.world.converged;
  }
}
