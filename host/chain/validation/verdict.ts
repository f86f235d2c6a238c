import { MAX_CHECK_WORK } from "../../kissvm/index.js";
import { MAX_HASH } from "../../protocol/bytes.js";
import { EMPTY_TRANSACTION, type Transaction } from "../../protocol/transaction.js";
import type { TxPoW } from "../../protocol/txpow.js";
import { EMPTY_WITNESS, type Witness } from "../../protocol/witness.js";
import type { TreeNode } from "../tree.js";
import type { Steps } from "../types.js";
import { brokenBasicRule } from "./basic-check.js";
import { brokenRule } from "./rules.js";
import type { ScriptChecker } from "./script-check.js";
import { hasValidProofs } from "./txpow-check.js";

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

/** Puts a transaction to every check as if it came in now, also to those after the first that fails. */
export function* judgeTransaction(
  transaction: Transaction,
  witness: Witness,
  { tip, scripts, hasValidSignatures }: VerdictContext,
): Steps<TransactionVerdict> {
  const txpow: TxPoW = {
    header: tip.txpow.header,
    body: {
      prng: MAX_HASH,
      txndiff: MAX_HASH,
      transaction,
      witness,
      burnTransaction: EMPTY_TRANSACTION,
      burnWitness: EMPTY_WITNESS,
      txnlist: [],
    },
  };
  const basic = brokenRule(() => brokenBasicRule(txpow)) === undefined;
  const signatures = brokenRule(() => (hasValidSignatures(txpow) ? undefined : "signature")) === undefined;
  const mmrproofs = yield* hasValidProofs(txpow, tip.mmr);
  const { rule } = yield* scripts.check(txpow, tip.txpow, MAX_CHECK_WORK);
  return { basic, signatures, mmrproofs, scripts: rule === undefined };
}
