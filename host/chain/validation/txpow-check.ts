import { compareUnsigned } from "../../protocol/bytes.js";
import { ProtocolError } from "../../protocol/errors.js";
import { sizeWithoutBlockTransactions, type TxPoW } from "../../protocol/txpow.js";
import type { CoinProof } from "../../protocol/witness.js";
import { provesCoin } from "../mmr/coin-proof.js";
import type { MMR } from "../mmr/mmr.js";
import { NOTHING } from "../steps.js";
import type { Rule, Steps } from "../types.js";
import type { ScriptBudget } from "./script-budget.js";
import type { ScriptChecker } from "./script-check.js";
import { stateStoreSize } from "./state-size.js";

/** Proofs checked in one step. */
const PROOFS_PER_STEP = 16;

/** Work that scripts may take while no block depends on it: some tens of milliseconds. */
export const IDLE_SCRIPT_BUDGET = 40_000_000;

/** Bytes a TxPoW may have, and the state it may store, in a block with this Magic (spec 06b §5). */
export function sizeLimit(block: TxPoW): bigint {
  return block.header.magic.current.maxTxPoWSize.toBigInt();
}

/** The coin proofs of both witnesses, main first. */
export function coinProofsOf({ body }: TxPoW): CoinProof[] {
  return body === null ? [] : [...body.witness.coinProofs, ...body.burnWitness.coinProofs];
}

/** Whether all coins a TxPoW proves are unspent as of a block (spec 03 §8). Throws `range`. */
export function* hasValidProofs(txpow: TxPoW, mmr: MMR): Steps<boolean> {
  for (const [i, proof] of coinProofsOf(txpow).entries()) {
    if (!provesCoin(mmr, proof)) return false;
    if (i % PROOFS_PER_STEP === PROOFS_PER_STEP - 1) yield NOTHING;
  }
  return true;
}

/**
 * The first rule that a TxPoW breaks as part of a block on the state of the block's parent (spec 06b §5). Size, work and state
 * limits come from the block. `scriptBudget` as in `ScriptChecker.check`. Throws ProtocolError where there is no verdict.
 */
export function* brokenTxPoWRule(
  txpow: TxPoW,
  block: TxPoW,
  parent: MMR,
  scripts: ScriptChecker,
  scriptBudget: ScriptBudget,
): Steps<Rule | undefined> {
  if (txpow.body === null) throw new ProtocolError("malformed", "a TxPoW without body cannot be in a block");
  if (compareUnsigned(txpow.body.txndiff, block.header.magic.current.minTxPoWWork) > 0) return "txndiff";
  if (BigInt(sizeWithoutBlockTransactions(txpow)) > sizeLimit(block)) return "size";
  if (BigInt(stateStoreSize(txpow)) > sizeLimit(block)) return "state-store";
  if (!(yield* hasValidProofs(txpow, parent))) return "mmr-proof";
  yield NOTHING;
  return (yield* scripts.check(txpow, block, scriptBudget)).rule;
}
