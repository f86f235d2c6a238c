import { compareUnsigned } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import type { MiniNumber } from "../protocol/number.js";
import { sizeWithoutBlockTransactions, type TxPoW, txpowBurn } from "../protocol/txpow.js";
import { type IdKey, idKey, txpowKey } from "./id-key.js";
import type { MainIndex } from "./main-index.js";
import type { MMR } from "./mmr/mmr.js";
import type { TxPoWPool } from "./pool.js";
import { NOTHING } from "./steps.js";
import type { Steps } from "./types.js";
import { ScriptBudget } from "./validation/script-budget.js";
import type { ScriptChecker } from "./validation/script-check.js";
import { brokenTxPoWRule, coinProofsOf, IDLE_SCRIPT_BUDGET, sizeLimit } from "./validation/txpow-check.js";

/** How many transactions are kept for the next block (spec 06b §10). */
const MAX_TRANSACTIONS = 5000;
/** A transaction that was passed over more often than this leaves. */
const MAX_REJECTIONS = 3;

/** Transactions that wait for a block: those of the pool that are not on the main branch (spec 06b §10). */
export class Mempool {
  readonly #pool: TxPoWPool;
  readonly #main: MainIndex;
  #fullBelow: MiniNumber | undefined;

  constructor(pool: TxPoWPool, main: MainIndex) {
    this.#pool = pool;
    this.#main = main;
  }

  /** While full: what burns no more than this has no chance. */
  get fullBelow(): MiniNumber | undefined {
    return this.#fullBelow;
  }

  /** In the order of arrival. */
  *transactions(): IterableIterator<TxPoW> {
    for (const txpow of this.#pool.transactions()) if (!this.#main.has(txpowKey(txpow))) yield txpow;
  }

  /**
   * The transactions for a block under construction on a state, in list order (spec 06b §11 step 7). What cannot be used again and
   * again, or never, is dropped.
   */
  *choose(block: TxPoW, parent: MMR, scripts: ScriptChecker): Steps<TxPoW[]> {
    const most = block.header.magic.current.maxTransactions.toBigInt();
    const used = new Set(coinKeys(block));
    const chosen: TxPoW[] = [];
    for (const txpow of this.#byBurn()) {
      if (BigInt(chosen.length) >= most) break;
      const key = txpowKey(txpow);
      const coins = coinKeys(txpow);
      if (this.#pool.rejections(key) > MAX_REJECTIONS || !fits(txpow, block)) this.#pool.remove(key);
      else if (coins.some((coin) => used.has(coin))) this.#pool.reject(key);
      else if (yield* this.#isUsable(txpow, block, parent, scripts)) {
        chosen.push(txpow);
        for (const coin of coins) used.add(coin);
      }
      yield NOTHING;
    }
    return chosen;
  }

  *#isUsable(txpow: TxPoW, block: TxPoW, parent: MMR, scripts: ScriptChecker): Steps<boolean> {
    try {
      const rule = yield* brokenTxPoWRule(txpow, block, parent, scripts, new ScriptBudget(IDLE_SCRIPT_BUDGET));
      if (rule === "exception") this.#pool.remove(txpowKey(txpow));
      else if (rule !== undefined) this.#pool.reject(txpowKey(txpow));
      return rule === undefined;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#pool.remove(txpowKey(txpow));
      return false;
    }
  }

  /** The largest burn first. Those beyond the limit are dropped. */
  #byBurn(): TxPoW[] {
    const burning = Array.from(this.transactions(), (txpow) => ({ txpow, burn: txpowBurn(txpow) }));
    burning.sort((a, b) => b.burn.compare(a.burn));
    const tooMany = burning.splice(MAX_TRANSACTIONS);
    this.#fullBelow = tooMany[0]?.burn;
    for (const { txpow } of tooMany) this.#pool.remove(txpowKey(txpow));
    return burning.map(({ txpow }) => txpow);
  }
}

/** Whether a TxPoW may at all be in a block with these limits. */
function fits(txpow: TxPoW, block: TxPoW): boolean {
  if (BigInt(sizeWithoutBlockTransactions(txpow)) > sizeLimit(block) || txpow.body === null) return false;
  return compareUnsigned(txpow.body.txndiff, block.header.magic.current.minTxPoWWork) <= 0;
}

function coinKeys(txpow: TxPoW): IdKey[] {
  return coinProofsOf(txpow).map(({ coin }) => idKey(coin.coinid));
}
