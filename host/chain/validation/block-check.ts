import { carriesTransaction, type TxPoW } from "../../protocol/txpow.js";
import { NOTHING } from "../steps.js";
import { TreeNode } from "../tree-node.js";
import { applyTxBlock, hasRightRoot, makeTxBlock } from "../txblock.js";
import type { BlockVerdict, Steps } from "../types.js";
import { hasDuplicates } from "./amounts.js";
import { exceptionRule } from "./rules.js";
import type { ScriptBudget } from "./script-budget.js";
import type { ScriptChecker } from "./script-check.js";
import { brokenTxPoWRule, coinProofsOf } from "./txpow-check.js";

/**
 * The content of a block whose header is right: steps 8 to 11 of the block check (spec 06b §7). `listed` are the TxPoWs of its list
 * in list order, all of them; each went through the stateless checks when it arrived. The block stays undecided when its scripts cost
 * more than the budget.
 */
export function* checkBlockContent(
  block: TxPoW,
  parent: TreeNode,
  listed: readonly TxPoW[],
  scripts: ScriptChecker,
  budget: ScriptBudget,
): Steps<BlockVerdict> {
  try {
    const carrying = [block, ...listed].filter(carriesTransaction);
    if (hasDuplicates(carrying.flatMap(coinProofsOf).map(({ coin }) => coin.coinid))) return { rule: "unique-coins" };
    for (const txpow of carriesTransaction(block) ? [block, ...listed] : listed) {
      const rule = yield* brokenTxPoWRule(txpow, block, parent.mmr, scripts, budget);
      if (budget.isUsedUp) return { undecided: true };
      if (rule !== undefined) return { rule };
      yield NOTHING;
    }
    const txblock = yield* makeTxBlock(parent.mmr, block, listed);
    yield NOTHING;
    const { mmr, created } = yield* applyTxBlock(txblock, parent.mmr);
    return hasRightRoot(mmr, block) ? { node: TreeNode.of(txblock, mmr, created) } : { rule: "mmr-root" };
  } catch (error) {
    return { rule: exceptionRule(error) };
  }
}
