import { nextTarget } from "../../host/chain/difficulty.js";
import { makeGenesis } from "../../host/chain/genesis.js";
import { EASIEST_TARGET, type NetworkParams } from "../../host/chain/params.js";
import { toUnsigned } from "../../host/protocol/bytes.js";
import type { TxPoW } from "../../host/protocol/txpow.js";
import { MemoryNetwork } from "../net/memory/memory-network.js";
import { SimulatedClock } from "../net/memory/simulated-clock.js";
import { Geography, type GeographyOptions } from "./geography.js";
import { mineBlock } from "./nonce.js";
import { Observer } from "./observer.js";
import { ADDRESS } from "./payments.js";
import { Random } from "./random.js";
import { Sharing } from "./sharing.js";
import { PORT, SimNode } from "./sim-node.js";

export interface WorldOptions {
  readonly seed: number;
  readonly params: NetworkParams;
  readonly geography: GeographyOptions;
  /** Connections a node keeps by itself. */
  readonly links: number;
  /** Whether nodes share objects and verdicts. */
  readonly sharing: boolean;
  readonly keepsCoins: boolean;
  /**
   * Hashes the network makes in a block interval, in multiples of what the easiest block costs: above 1 the difficulty follows.
   * Every block found costs as many real hashes.
   */
  readonly hashes: number;
}

const START = 1_700_000_000_000;
/** Tells builders to ask for the least work of a transaction. */
const SLOW = 1;

/** A network of nodes in one process, under one clock. */
export class World {
  readonly clock = new SimulatedClock(START);
  readonly random: Random;
  readonly geography: Geography;
  readonly network: MemoryNetwork;
  readonly nodes: SimNode[] = [];
  readonly observer = new Observer(() => this.clock.now() - START);
  readonly genesis: TxPoW;
  /** Real time spent on nonces. */
  miningMs = 0;
  /** Whether blocks are found. */
  mining = true;
  readonly #sharing: Sharing | undefined;
  readonly #luck: Random;
  readonly #links = new Map<SimNode, readonly string[]>();
  #promised = false;

  constructor(readonly options: WorldOptions) {
    this.random = new Random(options.seed);
    this.#luck = this.random.fork();
    this.geography = new Geography(options.geography, this.random.fork());
    this.network = new MemoryNetwork(this.clock, this.geography.ways);
    this.#sharing = options.sharing ? new Sharing() : undefined;
    this.genesis = makeGenesis({ address: ADDRESS, prng: this.random.bytes(32), time: START }).txpow;
    this.#awaitBlock();
  }

  /** Simulated milliseconds since the beginning. */
  get time(): number {
    return this.clock.now() - START;
  }

  /** The time on the clocks of nodes. */
  get wholeMs(): number {
    return Math.floor(this.clock.now());
  }

  get live(): SimNode[] {
    return this.nodes.filter((node) => node.running);
  }

  /** Adds hosts that know the genesis block and dial some of all hosts, of which `others` are no nodes. */
  async populate(count: number, others: readonly string[] = []): Promise<void> {
    for (let i = 0; i < count; i++) this.#add();
    const hosts = [...this.nodes.map((node) => node.host), ...others];
    for (const node of this.nodes) {
      node.begin(this.genesis);
      this.#links.set(
        node,
        this.random
          .sample(hosts, this.options.links + 1)
          .filter((host) => host !== node.host)
          .slice(0, this.options.links),
      );
    }
    for (const node of this.nodes) await this.switchOn(node);
  }

  /** A node that knows nothing yet, not even the genesis block. */
  async addNewcomer(): Promise<SimNode> {
    const hosts = this.nodes.map((node) => node.host);
    const node = this.#add();
    this.#links.set(node, this.random.sample(hosts, this.options.links));
    await this.switchOn(node);
    return node;
  }

  #add(): SimNode {
    const { params, keepsCoins } = this.options;
    const host = hostName(this.nodes.length);
    this.geography.place(host);
    const node = new SimNode({
      host,
      params,
      keepsCoins,
      network: this.network,
      random: this.random.fork(),
      sharing: this.#sharing,
      publish: this.observer.effects,
      promised: () => {
        this.#promised = true;
      },
    });
    this.nodes.push(node);
    return node;
  }

  async switchOn(node: SimNode): Promise<void> {
    this.observer.back(node);
    this.#promised = true;
    await node.start((this.#links.get(node) ?? []).map((host) => ({ host, port: PORT })));
  }

  async switchOff(node: SimNode): Promise<void> {
    this.observer.gone(node);
    this.#promised = true;
    await node.stop();
  }

  /** A random pair of hosts that a node dials. */
  someLink(): readonly [string, string] | undefined {
    const node = this.random.pick(this.nodes);
    const other = node === undefined ? undefined : this.random.pick(this.#links.get(node) ?? []);
    return node === undefined || other === undefined ? undefined : [node.host, other];
  }

  /** Lets time pass. */
  async run(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    await settled();
    while (this.clock.step(end)) {
      if (!this.#promised) continue;
      this.#promised = false;
      await settled();
    }
    this.clock.advance(end - this.clock.now());
  }

  /** Does something again and again, at random times. */
  often(meanMs: number, action: () => void): void {
    const random = this.random.fork();
    const arm = (): void => {
      this.clock.setTimeout(random.exponential(meanMs), () => {
        action();
        arm();
      });
    };
    arm();
  }

  /** Whether all nodes that are on have the same tip. */
  get converged(): boolean {
    return this.observer.mostCommonTip.nodes === this.live.length;
  }

  /**
   * Blocks are found as by one miner with the hashes of all, at the easiest target; of these finds as many count as the target of
   * the one whose find it is allows.
   */
  #awaitBlock(): void {
    const { params, hashes } = this.options;
    this.clock.setTimeout(this.#luck.exponential(params.blockInterval / hashes), () => {
      this.#find();
      this.#awaitBlock();
    });
  }

  #find(): void {
    const node = this.#luck.pick(this.nodes);
    const luck = this.#luck.float();
    const prng = this.#luck.bytes(32);
    const tip = node?.chain.tip;
    if (node === undefined || !node.running || !this.mining || tip === undefined || tip === null) return;
    const target = toUnsigned(nextTarget(tip, this.options.params));
    if (luck >= Number((target * 1_000_000n) / EASIEST_TARGET) / 1_000_000) return;
    node.run(
      () => node.chain.build({ prng, hashRate: SLOW, now: this.wholeMs }),
      (template) => this.#mine(node, template),
    );
  }

  #mine(node: SimNode, template: TxPoW): void {
    const started = performance.now();
    const block = mineBlock(template);
    this.miningMs += performance.now() - started;
    this.observer.mined(block);
    node.submit(block, null);
  }
}

export function hostName(index: number): string {
  return `20.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
}

/** Promise callbacks run before this resolves, however many follow from each other. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
