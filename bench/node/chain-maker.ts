import { createHash } from "node:crypto";
import { Chain } from "../../host/chain/chain.js";
import { makeGenesis } from "../../host/chain/genesis.js";
import { MAIN_PARAMS } from "../../host/chain/params.js";
import { effectsOf, runSteps } from "../../host/chain/steps.js";
import type { TreeNode } from "../../host/chain/tree-node.js";
import type { Effect, Steps, TxPoWSource } from "../../host/chain/types.js";
import { CoreInstance } from "../../host/core/instance.js";
import { bestCore } from "../../host/core/module.js";
import { mine, type TaskContext } from "../../host/core/tasks.js";
import { minedHeader, miningMessage } from "../../host/node/mining/mining-message.js";
import { equalBytes, padLeft } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { toEnd } from "../../host/protocol/slices.js";
import type { TxBlock } from "../../host/protocol/txblock.js";
import type { TxPoW } from "../../host/protocol/txpow.js";
import { makeDraft, NO_DRAFT, outputCoin, type PayingWallet, type Payment, signPayment } from "../../host/wallet/payment.js";
import { type ScriptRow, simpleRow } from "../../host/wallet/scripts.js";
import { TreeKey } from "../../host/wallet/treekey.js";

/** Coins in circulation once there are so many. */
const COINS = 512;
/** Blocks on top of a coin before it is spent. */
const DEPTH = 3;
/** So slow that TxPoWs are mined to the least work there is. */
const HASH_RATE = 1;
const TWO = MiniNumber.of(2);

/** Where a made chain goes. */
export interface Sink {
  readonly source: TxPoWSource;
  /** Makes effects durable. */
  apply(effects: readonly Effect[]): void;
  /** Told the first block. */
  began(block: TxBlock): void;
  /** Told every TxPoW, the first block included, in order. */
  made(txpow: TxPoW): void;
}

/** Makes a chain on the main network's parameters, under a clock of its own: every block pays from one address to itself, signed. */
export class ChainMaker {
  readonly chain: Chain;
  readonly #sink: Sink;
  readonly #core = new CoreInstance(bestCore);
  readonly #key: TreeKey;
  readonly #row: ScriptRow;
  readonly #coins: Coin[] = [];
  #now: number;
  #uses = 0;
  #made = 0;
  /** The longest step of the chain so far, in milliseconds. */
  worstStep = 0;

  private constructor(key: TreeKey, sink: Sink, start: number) {
    this.#key = key;
    this.#row = simpleRow(key.publicKey, true);
    this.#sink = sink;
    this.#now = start;
    this.chain = new Chain(MAIN_PARAMS, {
      source: sink.source,
      now: () => this.#now,
      isRelevant: ({ address }) => equalBytes(address, this.#row.address),
      hasValidSignatures: () => true,
    });
  }

  /** Begins a chain whose first block is dated `start`, in Unix milliseconds. */
  static async begin(sink: Sink, start: number): Promise<ChainMaker> {
    const maker = new ChainMaker(await TreeKey.open(seed("key")), sink, start);
    const { txpow, block } = makeGenesis({ address: maker.#row.address, prng: seed("genesis"), time: start });
    maker.#take(maker.chain.begin(txpow));
    sink.began(block);
    sink.made(txpow);
    return maker;
  }

  /** The time of the newest block. */
  get now(): number {
    return this.#now;
  }

  /** Makes and takes the next block. */
  async extend(): Promise<void> {
    this.#now += MAIN_PARAMS.blockInterval;
    const payment = await this.#pay();
    const request = { ...payment, prng: seed(`block ${this.#made++}`), hashRate: HASH_RATE, now: this.#now };
    const txpow = mined(this.#core, runSteps(this.chain.build(request)).result);
    this.#sink.made(txpow);
    this.#run(this.chain.receiveTxPoW(txpow, null));
  }

  /** Half of the oldest coin goes back to the same address, and the other half too; all of it once there are many coins. */
  async #pay(): Promise<Partial<Payment>> {
    const { tip } = this.chain;
    const [coin] = this.#coins;
    if (tip === null || coin === undefined || coin.created.moreThan(MiniNumber.of(tip.number - DEPTH))) return {};
    this.#coins.shift();
    const split = this.#coins.length < COINS;
    const half = split ? coin.amount.div(TWO) : coin.amount;
    const rest = coin.amount.sub(half);
    const outputs = [half, ...(split ? [rest] : [])].map((amount) => outputCoin(this.#row.address, amount, { storestate: true }));
    const wallet: PayingWallet = {
      scriptOf: () => this.#row,
      isSimple: () => true,
      getAddress: () => this.#row,
      sign: (_, data) => this.#key.sign(this.#uses++, data),
    };
    const source = { tipNumber: tip.number, tipMMR: tip.mmr, maxSize: Number.MAX_SAFE_INTEGER, candidates: () => [], isUsed: () => false };
    const main = toEnd(makeDraft({ inputs: [coin], outputs }, { source, wallet, params: MAIN_PARAMS }));
    return signPayment({ main, burn: NO_DRAFT }, wallet);
  }

  #run(steps: Steps<unknown>): void {
    for (;;) {
      const started = performance.now();
      const step = steps.next();
      if (step.done === true) return;
      this.#take(effectsOf(step.value));
      this.worstStep = Math.max(this.worstStep, performance.now() - started);
    }
  }

  #take(effects: readonly Effect[]): void {
    this.#sink.apply(effects);
    for (const effect of effects) if (effect.type === "tip") this.#collect(effect.connected);
  }

  #collect(connected: readonly TreeNode[]): void {
    for (const { created } of connected) this.#coins.push(...created.filter(({ address }) => equalBytes(address, this.#row.address)));
  }
}

const HERE: TaskContext = { cancelled: () => false, progress() {}, pause() {}, now: () => performance.now() };

/** 32 bytes that are the same in every run. */
export function seed(name: string): Uint8Array {
  return createHash("sha256").update(`minimote bench ${name}`).digest();
}

/** Does the work a TxPoW asks for. */
export function mined(core: CoreInstance, { header, body }: TxPoW): TxPoW {
  if (body === null) throw new Error("a TxPoW without body");
  const task = { kind: "mine", ...miningMessage(header), start: 0n, target: padLeft(body.txndiff, 32), duty: 1 } as const;
  const found = mine(core, task, HERE);
  if (found === undefined) throw new Error("nothing was found");
  return { header: minedHeader(found.message), body };
}
