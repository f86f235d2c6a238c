import { compareUnsigned, equalBytes, toUnsigned } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import { MiniNumber } from "../protocol/number.js";
import { bodyHash } from "../protocol/txbody.js";
import { carriesTransaction, isBlock, sizeWithoutBlockTransactions, type TxPoW, txpowBurn, txpowId } from "../protocol/txpow.js";
import type { TxPoWPool } from "./pool.js";
import { NOTHING } from "./steps.js";
import type { TreeNode } from "./tree-node.js";
import type { Rule, Steps } from "./types.js";
import { brokenBasicRule } from "./validation/basic-check.js";
import { exceptionRule } from "./validation/rules.js";
import { ScriptBudget } from "./validation/script-budget.js";
import type { ScriptChecker } from "./validation/script-check.js";
import { stateStoreSize } from "./validation/state-size.js";
import { coinProofsOf, hasValidProofs, IDLE_SCRIPT_BUDGET, sizeLimit } from "./validation/txpow-check.js";

/** Outputs a relayed transaction may have (spec 06b §4 c). */
const MAX_RELAYED_OUTPUTS = 15;
/** Bytes of state a relayed TxPoW may store. */
const MAX_RELAYED_STATE = 65_536;
/** How far ahead of the own clock a relayed block may be. */
const MAX_AHEAD_MS = 2 * 3600 * 1000;
/** A relayed block's target is at most this many times easier than the tip's. */
const EASIEST_RATIO = 100n;

/** What a TxPoW that comes in is judged by. */
export interface ArrivalContext {
  readonly tip: TreeNode;
  readonly root: TreeNode;
  readonly pool: TxPoWPool;
  /** Unix milliseconds. */
  readonly now: number;
  /** While the mempool is full: TxPoWs that burn no more than this are not relayed. */
  readonly fullBelow: MiniNumber | undefined;
  readonly scripts: ScriptChecker;
  readonly hasValidSignatures: (txpow: TxPoW) => boolean;
}

/** Drop it, tell the network about it, or only keep it. */
export type ArrivalCheck =
  | { readonly fate: "drop"; readonly rule: Rule; readonly disconnect: boolean }
  | { readonly fate: "keep"; readonly refused: Rule | undefined };

/**
 * Judges a TxPoW that came in: the stateless checks (spec 06b §3), then what decides whether it is relayed (§4). An exception
 * anywhere drops it, as on the network.
 */
export function* checkArrival(txpow: TxPoW, context: ArrivalContext): Steps<ArrivalCheck> {
  try {
    const broken = yield* brokenStatelessRule(txpow, context);
    if (broken !== undefined) return { fate: "drop", rule: broken, disconnect: true };
    return yield* judgeAtTip(txpow, context);
  } catch (error) {
    return { fate: "drop", rule: exceptionRule(error), disconnect: false };
  }
}

/** The checks that need no chain, and the limit on stored state, which comes from the tip (spec 06b §3). Throws ProtocolError. */
function* brokenStatelessRule(txpow: TxPoW, { tip, hasValidSignatures }: ArrivalContext): Steps<Rule | undefined> {
  const basic = brokenBasicRule(txpow);
  if (basic !== undefined) return basic;
  yield NOTHING;
  if (!hasValidSignatures(txpow)) return "signature";
  yield NOTHING;
  return BigInt(stateStoreSize(txpow)) > sizeLimit(tip.txpow) ? "state-store" : undefined;
}

/** The context checks, of which the first that fails forbids relaying; failing scripts that can never pass drop (spec 06b §4 a-i). */
function* judgeAtTip(txpow: TxPoW, { tip, root, pool, now, fullBelow, scripts }: ArrivalContext): Steps<ArrivalCheck> {
  const target = toUnsigned(txpow.header.blkdiff);
  if (target === 0n) throw new ProtocolError("range", "a block target of zero");
  const refused: Rule[] = [];
  const refuseIf = (condition: boolean, rule: Rule): void => {
    if (condition) refused.push(rule);
  };
  refuseIf(isBlock(txpow) && toUnsigned(tip.txpow.header.blkdiff) * EASIEST_RATIO < target, "weak-target");
  refuseIf(txpow.header.block.lessThan(root.txpow.header.block), "below-root");
  refuseIf(!isRelayable(txpow), "policy");
  const { rule, monotonic } = yield* scripts.check(txpow, tip.txpow, new ScriptBudget(IDLE_SCRIPT_BUDGET));
  if (rule !== undefined && (monotonic || rule === "exception")) return { fate: "drop", rule, disconnect: false };
  refuseIf(rule !== undefined, "script");
  refuseIf(isBlock(txpow) && txpow.header.time.moreThan(MiniNumber.of(now + MAX_AHEAD_MS)), "future");
  refuseIf(BigInt(sizeWithoutBlockTransactions(txpow)) > sizeLimit(tip.txpow), "size");
  refuseIf(
    coinProofsOf(txpow).some(({ coin }) => pool.usesCoin(coin.coinid)),
    "coin-in-use",
  );
  refuseIf(!(yield* hasValidProofs(txpow, tip.mmr)), "mmr-proof");
  refuseIf(fullBelow !== undefined && txpowBurn(txpow).lessOrEqual(fullBelow), "mempool-full");
  refuseIf(!isProven(txpow, tip.txpow), "no-work");
  return { fate: "keep", refused: refused[0] };
}

/** Outputs and state that this node is willing to spread (spec 06b §4 c). */
function isRelayable(txpow: TxPoW): boolean {
  const outputs = [txpow.body?.transaction, txpow.body?.burnTransaction].map((transaction) => transaction?.outputs.length ?? 0);
  return Math.max(...outputs) <= MAX_RELAYED_OUTPUTS && stateStoreSize(txpow) <= MAX_RELAYED_STATE;
}

/**
 * Whether a TxPoW has shown on its own that it is worth disk space: it has the body its header names, carries a transaction, and did
 * at least the work the network asks for. Blocks show it when their header fits onto the tree. Nothing on the network depends on
 * this: whatever a block needs is stored with the block.
 */
export function isProven(txpow: TxPoW, tip: TxPoW): boolean {
  const { body } = txpow;
  if (body === null || !hasRightBody(txpow)) return false;
  if (isBlock(txpow)) return true;
  return (
    carriesTransaction(txpow) &&
    compareUnsigned(txpowId(txpow), body.txndiff) < 0 &&
    compareUnsigned(body.txndiff, tip.header.magic.current.minTxPoWWork) <= 0
  );
}

/** Whether the body is the one that the header names. The network does not check it (spec 02 Q1). */
export function hasRightBody({ header, body }: TxPoW): boolean {
  return body !== null && equalBytes(bodyHash(body), header.bodyhash);
}
