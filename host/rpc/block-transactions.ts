import type { Chain } from "../chain/chain.js";
import { listedKeys } from "../chain/id-key.js";
import type { TreeNode } from "../chain/tree-node.js";
import { isTransaction, type TxPoW } from "../protocol/txpow.js";

/** The transactions a block brought that are still known: the block itself if it is one, then those it lists. */
export function transactionsOf({ txpow }: TreeNode, chain: Chain): TxPoW[] {
  const listed = listedKeys(txpow).flatMap((key) => chain.get(key) ?? []);
  return isTransaction(txpow) ? [txpow, ...listed] : listed;
}
