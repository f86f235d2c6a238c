import { checkScriptsInSlices, type ScriptVerdict } from "../../kissvm/index.js";
import { isEmptyTransaction, type Transaction } from "../../protocol/transaction.js";
import type { TxPoW } from "../../protocol/txpow.js";
import type { Witness } from "../../protocol/witness.js";
import { NOTHING } from "../steps.js";
import type { CheckScripts, Rule, ScriptCheck, Steps } from "../types.js";
import type { ScriptBudget } from "./script-budget.js";

/** What the scripts of a transaction, or of all that a TxPoW carries, have to say. */
export interface ScriptResult {
  readonly rule: Rule | undefined;
  /** It would be the same for any block: all scripts were run, and none asked about the block (spec 06b §6). */
  readonly monotonic: boolean;
}

const PASSED: ScriptResult = { rule: undefined, monotonic: true };
const TOO_COSTLY: ScriptResult = { rule: "script-work", monotonic: false };

/** A verdict that holds for every block with the same instruction limit. */
interface KnownVerdict {
  readonly witness: Witness;
  readonly maxOperations: number;
  readonly result: ScriptResult;
}

/** Remembers verdicts that do not depend on the block as long as their transactions live. */
export class ScriptChecker {
  readonly #known = new WeakMap<Transaction, KnownVerdict>();
  readonly #checkScripts: CheckScripts;

  constructor(checkScripts: CheckScripts = checkScriptsHere) {
    this.#checkScripts = checkScripts;
  }

  /**
   * Runs the scripts of the main, then of the burn transaction of a TxPoW as part of `block` (spec 06b §6). Those that the budget
   * does not decide count as `script-work`; verdicts that are remembered cost nothing.
   */
  *check(txpow: TxPoW, block: TxPoW, budget: ScriptBudget): Steps<ScriptResult> {
    const { body } = txpow;
    if (body === null) return { rule: "exception", monotonic: false };
    const main = yield* this.#checkTransaction(body.transaction, body.witness, block, budget);
    if (main.rule !== undefined) return { rule: main.rule, monotonic: main.monotonic && isEmptyTransaction(body.burnTransaction) };
    yield NOTHING;
    const burn = yield* this.#checkTransaction(body.burnTransaction, body.burnWitness, block, budget);
    return { rule: burn.rule, monotonic: main.monotonic && burn.monotonic };
  }

  *#checkTransaction(transaction: Transaction, witness: Witness, block: TxPoW, budget: ScriptBudget): Steps<ScriptResult> {
    if (isEmptyTransaction(transaction)) return PASSED;
    const maxOperations = block.header.magic.current.maxKissvmOps.toInt32();
    const known = this.#known.get(transaction);
    if (known?.witness === witness && known.maxOperations === maxOperations) return known.result;
    const result = yield* this.#run(transaction, witness, block, maxOperations, budget);
    if (result.monotonic) this.#known.set(transaction, { witness, maxOperations, result });
    return result;
  }

  *#run(transaction: Transaction, witness: Witness, { header }: TxPoW, maxOperations: number, budget: ScriptBudget): Steps<ScriptResult> {
    if (witness.coinProofs.length !== transaction.inputs.length) return { rule: "proof-count", monotonic: true };
    const block = { number: header.block, time: header.time, maxOperations };
    const verdict = yield* this.#checkScripts({ transaction, witness, block, budget: budget.next });
    if (verdict === undefined) {
      budget.noteUndecided();
      return TOO_COSTLY;
    }
    const { monotonic, failure, work } = verdict;
    if (!budget.spend(work, !monotonic)) return TOO_COSTLY;
    return { rule: failure === null ? undefined : RULES[failure.kind], monotonic };
  }
}

const RULES = { coin: "script", token: "token-script", setup: "exception" } as const;

/** Gives way between slices, as a hostile script can last seconds. */
export function* checkScriptsHere({ transaction, witness, block, budget }: ScriptCheck): Steps<ScriptVerdict | undefined> {
  const slices = checkScriptsInSlices(transaction, witness, block, budget);
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) return slice.value;
    yield NOTHING;
  }
}
