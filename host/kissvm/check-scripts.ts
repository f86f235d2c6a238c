import { toHex } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import { toEnd } from "../protocol/slices.js";
import { trimControls } from "../protocol/text.js";
import { isEmptyTransaction, type Transaction } from "../protocol/transaction.js";
import type { CoinProof, Witness } from "../protocol/witness.js";
import { ScriptError, WorkExceededError } from "./errors.js";
import { inputEnvironment, type ScriptBlock } from "./input-environment.js";
import { runScriptInSlices, scriptsByAddress } from "./run.js";
import { setupCost } from "./setup-cost.js";
import { isMinima } from "./transaction-view.js";
import type { ScriptFailure, ScriptVerdict } from "./verdict.js";
import { MAX_CHECK_WORK, SLICE_WORK, WorkMeter } from "./work.js";

/** The token script that is not run, as it always succeeds. */
const ALWAYS_TRUE = "RETURN TRUE";

/**
 * Runs the scripts of all inputs (spec 05 §9). Never throws for what a peer can send. Exact, but a hostile transaction can
 * make it last seconds: `checkScriptsInSlices` gives way to others meanwhile, `checkScriptsWithin` gives up.
 */
export function checkScripts(transaction: Transaction, witness: Witness, block: ScriptBlock): ScriptVerdict {
  return checkScriptsWithin(transaction, witness, block, MAX_CHECK_WORK) ?? TOO_MUCH_WORK;
}

/** The verdict on what the network cannot have accepted, as it gives up before. */
const TOO_MUCH_WORK: ScriptVerdict = {
  valid: false,
  monotonic: false,
  failure: { input: 0, kind: "setup", reason: "too much work" },
  work: MAX_CHECK_WORK,
};

/** The same within a budget of work (see work.ts), undefined where that does not decide it. */
export function checkScriptsWithin(
  transaction: Transaction,
  witness: Witness,
  block: ScriptBlock,
  budget: number,
): ScriptVerdict | undefined {
  return toEnd(check(transaction, witness, block, new WorkMeter(budget)));
}

/** The same in slices: nothing between two of its steps takes long (docs/decisions/0005-script-work.md). */
export function checkScriptsInSlices(
  transaction: Transaction,
  witness: Witness,
  block: ScriptBlock,
  budget = MAX_CHECK_WORK,
): Generator<void, ScriptVerdict | undefined> {
  return check(transaction, witness, block, new WorkMeter(budget, SLICE_WORK));
}

function* check(
  transaction: Transaction,
  witness: Witness,
  block: ScriptBlock,
  work: WorkMeter,
): Generator<void, ScriptVerdict | undefined> {
  try {
    return yield* new Check(transaction, witness, block, work).verdict();
  } catch (error) {
    if (error instanceof WorkExceededError) return undefined;
    throw error;
  }
}

class Check {
  #monotonic = true;

  constructor(
    readonly transaction: Transaction,
    readonly witness: Witness,
    readonly block: ScriptBlock,
    readonly work: WorkMeter,
  ) {}

  *verdict(): Generator<void, ScriptVerdict> {
    const failure = isEmptyTransaction(this.transaction) ? null : yield* this.#firstFailure();
    return { valid: failure === null, monotonic: this.#monotonic, failure, work: this.work.spent };
  }

  *#firstFailure(): Generator<void, ScriptFailure | null> {
    const { transaction, witness } = this;
    this.work.spend(setupCost(transaction, witness));
    if (witness.coinProofs.length !== transaction.inputs.length)
      return { input: 0, kind: "setup", reason: `${witness.coinProofs.length} coin proofs for ${transaction.inputs.length} inputs` };
    for (const [input, proof] of witness.coinProofs.entries()) {
      const failure = yield* this.#guardedInput(input, proof);
      if (failure !== null) return failure;
    }
    return null;
  }

  /** With what fails before a script runs. */
  *#guardedInput(input: number, proof: CoinProof): Generator<void, ScriptFailure | null> {
    try {
      return yield* this.#input(input, proof);
    } catch (error) {
      if (error instanceof ScriptError || error instanceof ProtocolError) return { input, kind: "setup", reason: error.message };
      throw error;
    }
  }

  *#input(input: number, { coin }: CoinProof): Generator<void, ScriptFailure | null> {
    const script = scriptsByAddress(this.witness).get(toHex(coin.address));
    if (script === undefined) throw new ScriptError("no script proof for the coin's address");
    const failure = yield* this.#run(input, "coin", script);
    if (failure !== null || isMinima(coin.tokenid)) return failure;
    if (coin.token === null) throw new ScriptError("coin without its token description");
    const tokenScript = trimControls(coin.token.script);
    return tokenScript === ALWAYS_TRUE ? null : yield* this.#run(input, "token", tokenScript);
  }

  *#run(input: number, kind: "coin" | "token", script: string): Generator<void, ScriptFailure | null> {
    const { transaction, witness, block, work } = this;
    const result = yield* runScriptInSlices(script, { ...inputEnvironment(transaction, witness, input, block, script), work });
    if (!result.monotonic) this.#monotonic = false;
    if (result.success) return null;
    return {
      input,
      kind,
      reason: result.error?.message ?? (result.finished ? "the script says FALSE" : "the script ends without a result"),
    };
  }
}
