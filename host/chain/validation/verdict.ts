import { MAX_CHECK_WORK } from "../../kissvm/index.js";
import { MAX_HASH } from "../../protocol/bytes.js";
import { EMPTY_TRANSACTION, type Transaction } from "../../protocol/transaction.js";
import type { TxHeader } from "../../protocol/txheader.js";
import type { TxPoW } from "../../protocol/txpow.js";
import { EMPTY_WITNESS, type Witness } from "../../protocol/witness.js";
import { isCoinProofValid } from "../mmr/coin-proof.js";
import { NOTHING } from "../steps.js";
import type { TreeNode } from "../tree-node.js";
import type { Steps } from "../types.js";
import { brokenBasicRule } from "./basic-check.js";
import { brokenRule } from "./rules.js";
import { ScriptBudget } from "./script-budget.js";
import type { ScriptChecker } from "./script-check.js";
import { coinProofsOf } from "./txpow-check.js";

/** Which of the checks a transaction would pass now (spec 09 §14, `txncheck`). */
export interface TransactionVerdict {
  readonly basic: boolean;
  readonly signatures: boolean;
  readonly mmrproofs: boolean;
  readonly scripts: boolean;
}

export interface VerdictContext {
  readonly tip: TreeNode;
  readonly scripts: ScriptChecker;
  readonly hasValidSignatures: (txpow: TxPoW) => boolean;
}

/** A transaction as a TxPoW that is checked only for what it carries. */
export function asTxPoW(transaction: Transaction, witness: Witness, header: TxHeader): TxPoW {
  const empty = { burnTransaction: EMPTY_TRANSACTION, burnWitness: EMPTY_WITNESS };
  return { header, body: { prng: MAX_HASH, txndiff: MAX_HASH, transaction, witness, ...empty, txnlist: [] } };
}

/** Puts what a TxPoW carries to every check as if it came in now, also to those after the first that fails. */
export function* judgeTransaction(txpow: TxPoW, { tip, scripts, hasValidSignatures }: VerdictContext): Steps<TransactionVerdict> {
  const basic = brokenRule(() => brokenBasicRule(txpow)) === undefined;
  const signatures = brokenRule(() => (hasValidSignatures(txpow) ? undefined : "signature")) === undefined;
  const mmrproofs = coinProofsOf(txpow).every((proof) => isCoinProofValid(tip.mmr, proof));
  yield NOTHING;
  const { rule } = yield* scripts.check(txpow, tip.txpow, new ScriptBudget(MAX_CHECK_WORK));
  return { basic, signatures, mmrproofs, scripts: rule === undefined };
}
