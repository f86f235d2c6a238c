import { checkScripts } from "../../kissvm/index.js";
import { isEmptyTransaction, type Transaction } from "../../protocol/transaction.js";
import type { TxPoW } from "../../protocol/txpow.js";
import type { Witness } from "../../protocol/witness.js";
import { NOTHING } from "../steps.js";
import type { Rule, Steps } from "../types.js";

/** What the scripts of a transaction, or of all that a TxPoW carries, have to say. */
export interface ScriptResult {
  readonly rule: Rule | undefined;
  /** It would be the same for any block: all scripts were run, and none asked about the block (spec 06b §6). */
  readonly monotonic: boolean;
}

const PASSED: ScriptResult = { rule: undefined, monotonic: true };

/** A verdict that holds for every block with the same instruction limit. */
interface KnownVerdict {
  readonly witness: Witness;
  readonly maxOperations: number;
  readonly result: ScriptResult;
}

/** Remembers verdicts that do not depend on the block as long as their transactions live. */
export class ScriptChecker {
  readonly #known = new WeakMap<Transaction, KnownVerdict>();

  /** Runs the scripts of the main, then of the burn transaction of a TxPoW as part of `block` (spec 06b §6). */
  *check(txpow: TxPoW, block: TxPoW): Steps<ScriptResult> {
    const { body } = txpow;
    if (body === null) return { rule: "exception", monotonic: false };
    const main = this.#checkTransaction(body.transaction, body.witness, block);
    if (main.rule !== undefined) return { rule: main.rule, monotonic: main.monotonic && isEmptyTransaction(body.burnTransaction) };
    yield NOTHING;
    const burn = this.#checkTransaction(body.burnTransaction, body.burnWitness, block);
    return { rule: burn.rule, monotonic: main.monotonic && burn.monotonic };
  }

  #checkTransaction(transaction: Transaction, witness: Witness, block: TxPoW): ScriptResult {
    if (isEmptyTransaction(transaction)) return PASSED;
    const maxOperations = block.header.magic.current.maxKissvmOps.toInt32();
    const known = this.#known.get(transaction);
    if (known?.witness === witness && known.maxOperations === maxOperations) return known.result;
    const result = runScripts(transaction, witness, block, maxOperations);
    if (result.monotonic) this.#known.set(transaction, { witness, maxOperations, result });
    return result;
  }
}

function runScripts(transaction: Transaction, witness: Witness, { header }: TxPoW, maxOperations: number): ScriptResult {
  if (witness.coinProofs.length !== transaction.inputs.length) return { rule: "proof-count", monotonic: true };
  const { monotonic, failure } = checkScripts(transaction, witness, { number: header.block, time: header.time, maxOperations });
  if (failure === null) return { rule: undefined, monotonic };
  return { rule: RULES[failure.kind], monotonic };
}

const RULES = { coin: "script", token: "token-script", setup: "exception" } as const;
