import { Chain } from "../../host/chain/chain.js";
import type { NetworkParams } from "../../host/chain/params.js";
import { effectsOf } from "../../host/chain/steps.js";
import type { Arrival, ChainDeps, Effect, PeerId, Steps } from "../../host/chain/types.js";
import { DEFAULT_TIMERS, defaultNetworkConfig } from "../../host/net/config.js";
import type { Endpoint } from "../../host/net/endpoint.js";
import { NetworkService } from "../../host/net/service.js";
import { nodeChainPort } from "../../host/node/chain-port.js";
import type { TxPoW } from "../../host/protocol/txpow.js";
import type { MemoryNetwork } from "../net/memory/memory-network.js";
import type { Random } from "./random.js";
import { SimStore } from "./served-store.js";
import type { Sharing } from "./sharing.js";

export const PORT = 9001;
const EXPIRE_EVERY_MS = 30 * 60 * 1000;
const silentLog = { debug: () => {}, info: () => {}, warn: () => {} };

export interface SimNodeOptions {
  readonly host: string;
  readonly network: MemoryNetwork;
  readonly params: NetworkParams;
  readonly random: Random;
  /** Absent where every node does all the work itself. */
  readonly sharing: Sharing | undefined;
  /** Whether coins stay provable for ever. */
  readonly keepsCoins: boolean;
  /** Told of what the chain does. */
  readonly publish: (node: SimNode, effects: readonly Effect[]) => void;
  /** Told that something awaits a promise. */
  readonly promised: () => void;
}

/** Counts of the work that others cause. */
export interface NodeWork {
  /** TxPoWs handed to the chain. */
  arrivals: number;
  headerChecks: number;
  contentChecks: number;
  bytesRead: number;
  bytesWritten: number;
  messagesRead: number;
}

/** A node of the product, less its disk, its wallet and its sockets. */
export class SimNode {
  readonly host: string;
  readonly work: NodeWork = { arrivals: 0, headerChecks: 0, contentChecks: 0, bytesRead: 0, bytesWritten: 0, messagesRead: 0 };
  store = new SimStore();
  chain: Chain;
  #service: NetworkService | undefined;
  readonly #options: SimNodeOptions;
  readonly #jobs: (() => void)[] = [];
  #busy = false;

  constructor(options: SimNodeOptions) {
    this.host = options.host;
    this.#options = options;
    this.chain = new Chain(options.params, this.#deps());
  }

  get running(): boolean {
    return this.#service !== undefined;
  }

  /** Connected and listening, while it runs. */
  get service(): NetworkService | undefined {
    return this.#service;
  }

  #deps(): ChainDeps {
    const { network, sharing, keepsCoins } = this.#options;
    return {
      source: this.store,
      now: () => Math.floor(network.clock.now()),
      isRelevant: () => keepsCoins,
      ...(sharing === undefined ? {} : { hasValidSignatures: sharing.hasValidSignatures }),
      wrapBlockCheck: (check) => {
        const { brokenHeaderRule, checkContent } = sharing?.wrap(check) ?? check;
        return {
          brokenHeaderRule: (...block) => {
            this.work.headerChecks++;
            return brokenHeaderRule(...block);
          },
          checkContent: (...block) => {
            this.work.contentChecks++;
            return checkContent(...block);
          },
        };
      },
    };
  }

  /** Starts the chain with the first block of the network. Without it the node has to learn it from others. */
  begin(genesis: TxPoW): void {
    const effects = this.chain.begin(genesis);
    this.#apply(effects);
  }

  async start(connect: readonly Endpoint[]): Promise<void> {
    const { network, params, random } = this.#options;
    const { clock } = network;
    const service = new NetworkService({
      config: {
        ...defaultNetworkConfig(params.version),
        connect,
        timers: { ...DEFAULT_TIMERS, trafficResetMs: Number.MAX_SAFE_INTEGER },
      },
      clock,
      log: silentLog,
      random: random.bytes,
      transport: network.host({ host: this.host, port: PORT }),
      chain: nodeChainPort({
        chain: this.chain,
        store: this.store,
        driver: { run: (begin) => this.#promise(begin) },
        submitTxPoW: (txpow, from) => this.submit(txpow, from),
      }),
    });
    this.#service = service;
    const expire = (): void => {
      if (this.#service !== service) return;
      this.run(() => this.#expire());
      clock.setTimeout(EXPIRE_EVERY_MS, expire);
    };
    clock.setTimeout(EXPIRE_EVERY_MS, expire);
    await service.start();
  }

  // biome-ignore lint/correctness/useYield: work on the chain takes its turn, also when it is one step
  *#expire(): Steps<void> {
    this.chain.expire();
  }

  /** The process ends. */
  async stop(): Promise<void> {
    const service = this.#service;
    if (service === undefined) return;
    this.#service = undefined;
    this.#countTraffic(service);
    await service.stop();
  }

  /** What a new process finds: the chain as it was stored, or nothing after a lost disk. */
  reload(keepsDisk: boolean): void {
    const { params } = this.#options;
    if (keepsDisk && this.chain.tip !== null) {
      this.chain = Chain.restore(params, this.#deps(), this.store.saved());
      this.run(() => this.chain.resume());
    } else {
      this.store = new SimStore();
      this.chain = new Chain(params, this.#deps());
    }
  }

  /** Takes in a TxPoW from a peer, or from this node. */
  submit(txpow: TxPoW, from: PeerId | null, done: (arrival: Arrival) => void = () => {}): void {
    this.work.arrivals++;
    const shared = this.#options.sharing?.intern(txpow) ?? txpow;
    this.run(() => this.chain.receiveTxPoW(shared, from), done);
  }

  /** Work on the chain: at once, or after what is under way. */
  run<Result>(begin: () => Steps<Result>, done: (result: Result) => void = () => {}): void {
    this.#jobs.push(() => done(this.#work(begin())));
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) job();
    } finally {
      this.#busy = false;
    }
  }

  #promise<Result>(begin: () => Steps<Result>): Promise<Result> {
    this.#options.promised();
    return new Promise((resolve) => this.run(begin, resolve));
  }

  #work<Result>(steps: Steps<Result>): Result {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      const effects = effectsOf(step.value);
      if (effects.length > 0) this.#apply(effects);
    }
  }

  #apply(effects: readonly Effect[]): void {
    this.store.apply(effects);
    this.#options.sharing?.relink(effects, this.chain.tree?.root);
    this.#options.publish(this, effects);
    for (const effect of effects) {
      if (effect.type === "relay-txpow") this.#service?.announceTxPoW(effect.id);
      else if (effect.type === "relay-block") this.#service?.announceTxBlock(effect.id);
      else if (effect.type === "request") this.#service?.request(effect.id, effect.peer);
      else if (effect.type === "disconnect") this.#service?.disconnect(effect.peer, effect.reason, effect.forget);
    }
  }

  /** Brings the counts of bytes up to date. */
  totals(): NodeWork {
    if (this.#service !== undefined) {
      this.#countTraffic(this.#service);
      this.#service.traffic.reset(0);
    }
    return this.work;
  }

  #countTraffic({ traffic }: NetworkService): void {
    for (const { messages, bytes } of traffic.read.values()) {
      this.work.messagesRead += messages;
      this.work.bytesRead += bytes + FRAME_BYTES * messages;
    }
    for (const { messages, bytes } of traffic.written.values()) this.work.bytesWritten += bytes + FRAME_BYTES * messages;
  }
}

/** What a frame adds to a message. */
const FRAME_BYTES = 4;
