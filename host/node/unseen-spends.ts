import { type IdKey, idKey } from "../chain/id-key.js";
import type { TreeNode } from "../chain/tree-node.js";
import type { Bytes } from "../protocol/bytes.js";
import type { TxPoW } from "../protocol/txpow.js";

/** A block in the tree, as far as it tells who spends. */
export type SpendingBlock = Pick<TreeNode, "txpow" | "listed" | "spent">;

/** What the search for unseen spends needs of a node. */
export interface UnseenSpendsHost {
  /** A TxPoW that is at hand. */
  txpow(key: IdKey): TxPoW | undefined;
  /** Whether coins of this address are spent by keys of the wallet. */
  isOwn(address: Bytes): boolean;
}

/**
 * The addresses of the wallet whose coins a block spends by transactions that are not at hand: blocks that came in a sync do not
 * bring the signatures that may tell which uses of a key are gone.
 */
export function unseenSpends(node: SpendingBlock, { txpow, isOwn }: UnseenSpendsHost): Bytes[] {
  const own = node.spent.filter(({ address }) => isOwn(address));
  if (own.length === 0) return [];
  const seen = new Set<IdKey>();
  for (const item of [node.txpow, ...node.listed.map(txpow)]) {
    if (item === undefined || item.body === null) continue;
    for (const { coinProofs } of [item.body.witness, item.body.burnWitness])
      for (const { coin } of coinProofs) seen.add(idKey(coin.coinid));
  }
  return own.filter(({ coinid }) => !seen.has(idKey(coinid))).map(({ address }) => address);
}
