import { equalBytes, ZERO_ID } from "../../protocol/bytes.js";
import type { TxPoW } from "../../protocol/txpow.js";
import type { Cascade } from "../cascade.js";
import { nextTarget } from "../difficulty.js";
import { hasRightMagic } from "../magic.js";
import type { NetworkParams } from "../params.js";
import { hasRightSuperParents } from "../super-parents.js";
import { timeRange } from "../time.js";
import type { ChainLink } from "../tree-node.js";
import type { Rule } from "../types.js";

/**
 * What the header of a block must be on its parent: steps 1 to 7 of the block check (spec 06b §7). Gives the first rule it breaks.
 * `windows` false leaves out time and difficulty, for parents whose ancestors are not all known (spec 06 §4.4). Throws `range`.
 */
export function brokenHeaderRule(
  block: TxPoW,
  parent: ChainLink,
  cascade: Cascade,
  params: NetworkParams,
  windows = true,
): Rule | undefined {
  const { header } = block;
  if (!equalBytes(header.chainid, ZERO_ID)) return "chainid";
  if (!header.block.equals(parent.txpow.header.block.increment())) return "number";
  if (!hasRightSuperParents(block, parent, cascade)) return "superparents";
  if (windows) {
    const { earliest, latest } = timeRange(parent, params);
    if (header.time.lessThan(earliest)) return "time-low";
    if (header.time.moreThan(latest)) return "time-high";
    if (!equalBytes(header.blkdiff, nextTarget(parent, params))) return "difficulty";
  }
  if (!hasRightMagic(header.magic, parent.txpow.header.magic)) return "magic";
  const listed = block.body?.txnlist.length ?? 0;
  // The network takes the low 32 bits, as signed: beyond 2^31 - 1 a limit can forbid every block.
  return listed > header.magic.current.maxTransactions.toInt32() ? "list-length" : undefined;
}
