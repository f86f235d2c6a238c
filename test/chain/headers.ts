import { MMR } from "../../host/chain/mmr/mmr.js";
import { nextSuperParents } from "../../host/chain/super-parents.js";
import { TreeNode } from "../../host/chain/tree-node.js";
import { MAX_HASH, ZERO_ID } from "../../host/protocol/bytes.js";
import type { MagicValues } from "../../host/protocol/magic.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { CASCADE_LEVELS, type TxHeader } from "../../host/protocol/txheader.js";
import { isBlock, type TxPoW } from "../../host/protocol/txpow.js";

const MAGIC: MagicValues = {
  maxTxPoWSize: MiniNumber.of(65536),
  maxKissvmOps: MiniNumber.of(1024),
  maxTransactions: MiniNumber.of(256),
  minTxPoWWork: MAX_HASH,
};

/** A header to vary in tests: the easiest target, no parents. */
export const EMPTY_HEADER: TxHeader = {
  nonce: MiniNumber.ZERO,
  chainid: ZERO_ID,
  time: MiniNumber.ZERO,
  block: MiniNumber.ONE,
  blkdiff: MAX_HASH,
  superparents: Array.from({ length: CASCADE_LEVELS }, () => ZERO_ID),
  mmr: ZERO_ID,
  total: MiniNumber.ZERO,
  magic: { current: MAGIC, desired: MAGIC },
  customhash: ZERO_ID,
  bodyhash: ZERO_ID,
};

/** A tree node with nothing but a header. */
export function headerNode(txpow: TxPoW): TreeNode {
  return TreeNode.of({ txpow, previousPeaks: [], spentCoins: [], newCoins: [] }, new MMR(0), []);
}

/** A body-less TxPoW on a parent, with a nonce that makes it a block. */
export function mineHeader(fields: Partial<TxHeader>, parent: TxPoW | null, seed = 0): TxPoW {
  const block = parent === null ? MiniNumber.ONE : parent.header.block.increment();
  const superparents = parent === null ? EMPTY_HEADER.superparents : nextSuperParents(parent);
  for (let nonce = seed * 1_000_000; ; nonce++) {
    const txpow: TxPoW = { header: { ...EMPTY_HEADER, block, superparents, ...fields, nonce: MiniNumber.of(nonce) }, body: null };
    if (isBlock(txpow)) return txpow;
  }
}
