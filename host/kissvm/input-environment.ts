import type { Bytes } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import { memo } from "../protocol/memo.js";
import { signatureProofRoot, signatureRootKey } from "../protocol/mmr-node.js";
import type { MiniNumber } from "../protocol/number.js";
import { tokenAmount, tokenTotal } from "../protocol/token.js";
import type { Transaction } from "../protocol/transaction.js";
import type { Witness } from "../protocol/witness.js";
import type { ScriptEnvironment } from "./environment.js";
import { ScriptError } from "./errors.js";
import { visibleAmount } from "./transaction-view.js";
import { hexValue, integerValue, numberValue, stringValue, type Value } from "./value.js";

/** The block a transaction is checked for (spec 05 §8). */
export interface ScriptBlock {
  readonly number: MiniNumber;
  readonly time: MiniNumber;
  /** Instructions of each run, at most: the whole part of the current maximum of KISSVM operations. */
  readonly maxOperations: number;
}

/**
 * What a script runs in as the script of an input: state and creation from its coin proof, the rest from the input itself
 * (spec 05 §9, step 4). Throws ScriptError or ProtocolError where that cannot be set up, which makes the transaction invalid.
 */
export function inputEnvironment(
  transaction: Transaction,
  witness: Witness,
  input: number,
  block: ScriptBlock,
  script: string,
): ScriptEnvironment {
  const proven = witness.coinProofs[input]?.coin;
  if (proven === undefined) throw new ScriptError(`input ${input} has no coin proof`);
  requirePrintableTransaction(transaction);
  requirePrintableWitness(witness);
  return {
    transaction,
    witness,
    signatures: signatureKeys(witness),
    previousState: proven.state,
    globals: globalsOf(transaction, input, proven, block, script),
    maxOperations: block.maxOperations,
  };
}

/** Root public keys of the signatures, in order. Throws ProtocolError. */
export const signatureKeys = memo((witness: Witness): readonly Bytes[] => witness.signatures.map(signatureRootKey));

/** The globals of a script (spec 05 §8). Throws where one cannot be made. */
function globalsOf(transaction: Transaction, input: number, proven: Coin, block: ScriptBlock, script: string): ReadonlyMap<string, Value> {
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
const requirePrintableTransaction = memo((transaction: Transaction): true => {
  for (const coin of transaction.inputs) requireTokenAmounts(coin);
  for (const coin of transaction.outputs) requireTokenAmounts(coin);
  return true;
});

const requirePrintableWitness = memo((witness: Witness): true => {
  for (const { coin } of witness.coinProofs) requireTokenAmounts(coin);
  for (const { proofs } of witness.signatures) for (const level of proofs) signatureProofRoot(level);
  return true;
});

function requireTokenAmounts({ token, amount }: Coin): void {
  if (token === null) return;
  tokenTotal(token);
  tokenAmount(token, amount);
}
