import { type Bytes, toHex } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import { ProtocolError } from "../protocol/errors.js";
import { memo } from "../protocol/memo.js";
import { signatureProofRoot, signatureRootKey } from "../protocol/mmr-node.js";
import type { MiniNumber } from "../protocol/number.js";
import { trimControls } from "../protocol/text.js";
import { tokenAmount, tokenTotal } from "../protocol/token.js";
import { isEmptyTransaction, type Transaction } from "../protocol/transaction.js";
import type { CoinProof, Witness } from "../protocol/witness.js";
import { ScriptError, WorkExceededError } from "./errors.js";
import { runScript, scriptsByAddress } from "./run.js";
import { isMinima, visibleAmount } from "./transaction-view.js";
import { hexValue, integerValue, numberValue, stringValue, type Value } from "./value.js";
import type { ScriptFailure, ScriptVerdict } from "./verdict.js";
import { MAX_CHECK_WORK, WorkMeter } from "./work.js";

/** The block a transaction is checked for (spec 05 §8). */
export interface ScriptBlock {
  readonly number: MiniNumber;
  readonly time: MiniNumber;
  /** Instructions of each run, at most: the whole part of the current maximum of KISSVM operations. */
  readonly maxOperations: number;
}

/** The token script that is not run, as it always succeeds. */
const ALWAYS_TRUE = "RETURN TRUE";

/**
 * Runs the scripts of all inputs (spec 05 §9). Never throws for what a peer can send. Exact, but a hostile transaction can
 * make it last seconds: `checkScriptsWithin` gives up in time.
 */
export function checkScripts(transaction: Transaction, witness: Witness, block: ScriptBlock): ScriptVerdict {
  const verdict = checkScriptsWithin(transaction, witness, block, MAX_CHECK_WORK);
  return verdict ?? { valid: false, monotonic: false, failure: { input: 0, kind: "setup", reason: "too much work for any node" } };
}

/** The same within a budget of work (see work.ts), undefined where that does not decide it. */
export function checkScriptsWithin(
  transaction: Transaction,
  witness: Witness,
  block: ScriptBlock,
  budget: number,
): ScriptVerdict | undefined {
  try {
    return new Check(transaction, witness, block, new WorkMeter(budget)).verdict();
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

  verdict(): ScriptVerdict {
    const failure = isEmptyTransaction(this.transaction) ? null : this.#firstFailure();
    return { valid: failure === null, monotonic: this.#monotonic, failure };
  }

  #firstFailure(): ScriptFailure | null {
    const { transaction, witness } = this;
    if (witness.coinProofs.length !== transaction.inputs.length)
      return { input: 0, kind: "setup", reason: `${witness.coinProofs.length} coin proofs for ${transaction.inputs.length} inputs` };
    for (const [input, proof] of witness.coinProofs.entries()) {
      const failure = this.#guarded(input, () => this.#checkInput(input, proof));
      if (failure !== null) return failure;
    }
    return null;
  }

  /** What fails before a script runs. */
  #guarded(input: number, check: () => ScriptFailure | null): ScriptFailure | null {
    try {
      return check();
    } catch (error) {
      if (error instanceof ScriptError || error instanceof ProtocolError) return { input, kind: "setup", reason: error.message };
      throw error;
    }
  }

  #checkInput(input: number, proof: CoinProof): ScriptFailure | null {
    const { transaction, witness } = this;
    const { coin } = proof;
    const script = scriptsByAddress(witness).get(toHex(coin.address));
    if (script === undefined) throw new ScriptError("no script proof for the coin's address");
    requirePrintable(transaction, witness);
    const signatures = witness.signatures.map(signatureRootKey);
    const failure = this.#run(input, "coin", script, coin, signatures);
    if (failure !== null || isMinima(coin.tokenid)) return failure;
    if (coin.token === null) throw new ScriptError("coin without its token description");
    const tokenScript = trimControls(coin.token.script);
    return tokenScript === ALWAYS_TRUE ? null : this.#run(input, "token", tokenScript, coin, signatures);
  }

  #run(input: number, kind: "coin" | "token", script: string, proven: Coin, signatures: readonly Bytes[]): ScriptFailure | null {
    const { transaction, witness, block, work } = this;
    const result = runScript(script, {
      transaction,
      witness,
      signatures,
      previousState: proven.state,
      globals: globalsOf(transaction, input, proven, block, script),
      maxOperations: block.maxOperations,
      work,
    });
    if (!result.monotonic) this.#monotonic = false;
    if (result.success) return null;
    return {
      input,
      kind,
      reason: result.error?.message ?? (result.finished ? "the script says FALSE" : "the script ends without a result"),
    };
  }
}

/** The globals of a script (spec 05 §8). Throws where one cannot be made. */
export function globalsOf(
  transaction: Transaction,
  input: number,
  proven: Coin,
  block: { readonly number: MiniNumber; readonly time: MiniNumber },
  script: string,
): ReadonlyMap<string, Value> {
  const coin = transaction.inputs[input];
  if (coin === undefined) throw new ScriptError(`no input ${input}`);
  return new Map<string, Value>([
    ["@BLOCK", numberValue(block.number)],
    ["@BLOCKMILLI", numberValue(block.time)],
    ["@CREATED", numberValue(proven.created)],
    ["@COINAGE", numberValue(block.number.sub(proven.created))],
    ["@INPUT", integerValue(input)],
    ["@COINID", hexValue(coin.coinid)],
    ["@AMOUNT", numberValue(visibleAmount(coin))],
    ["@ADDRESS", hexValue(coin.address)],
    ["@TOKENID", hexValue(coin.tokenid)],
    ["@SCRIPT", stringValue(script)],
    ["@TOTIN", integerValue(transaction.inputs.length)],
    ["@TOTOUT", integerValue(transaction.outputs.length)],
  ]);
}

/**
 * The reference prints transaction and witness before every run, and fails where a token amount, a token total or a key
 * proof has a value out of range (spec 05 §9, §12, 22). Throws ProtocolError.
 */
function requirePrintable(transaction: Transaction, witness: Witness): void {
  for (const coin of transaction.inputs) requireTokenAmounts(coin);
  for (const coin of transaction.outputs) requireTokenAmounts(coin);
  for (const { coin } of witness.coinProofs) requireTokenAmounts(coin);
  for (const { proofs } of witness.signatures) for (const level of proofs) signatureProofRoot(level);
}

const requireTokenAmounts = memo(({ token, amount }: Coin): true => {
  if (token === null) return true;
  tokenTotal(token);
  tokenAmount(token, amount);
  return true;
});
