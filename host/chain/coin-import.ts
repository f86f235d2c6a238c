import { ProtocolError } from "../protocol/errors.js";
import { coinLeaf } from "../protocol/mmr-node.js";
import type { CoinProof } from "../protocol/witness.js";
import { unspentCoins } from "./coins.js";
import { idKey } from "./id-key.js";
import { blocktimeNumber } from "./mmr/blocktime.js";
import { isCoinProofValid } from "./mmr/coin-proof.js";
import type { ImportedCoin } from "./snapshot.js";
import { NOTHING } from "./steps.js";
import type { BlockTree } from "./tree.js";
import type { TreeNode } from "./tree-node.js";
import type { Steps } from "./types.js";

/** Coins looked at in one step. */
const COINS_PER_STEP = 64;

/** What became of a coin that somebody else proves. `old`: the block its proof is for is not in the tree. */
export type CoinImport = "imported" | "known" | "spent" | "invalid" | "old";

/**
 * Takes in a coin that this node does not hold, with the proof that it is unspent: it becomes a coin of the block that the proof was
 * made at, whose root stays (spec 09 §7.11).
 */
export function* importCoin(tree: BlockTree, coinProof: CoinProof): Steps<CoinImport> {
  const { coin, proof } = coinProof;
  if (coin.spent !== 0) return "spent";
  const key = idKey(coin.coinid);
  let looked = 0;
  for (const held of unspentCoins(tree.tip)) {
    if (idKey(held.coinid) === key) return "known";
    if (++looked % COINS_PER_STEP === 0) yield NOTHING;
  }
  const number = blocktimeNumber(proof.blocktime);
  const node = number === undefined ? undefined : tree.mainAt(number);
  if (node === undefined) return "old";
  if (!isCoinProofValid(tree.tip.mmr, coinProof) || !attachCoin(node, coinProof)) return "invalid";
  yield [{ type: "coin-imported", imported: { block: node.key, coinProof } }];
  return "imported";
}

/** Places saved coins again. Those of blocks that are no longer there are passed over. */
export function restoreImported(tree: BlockTree, imported: Iterable<ImportedCoin>): void {
  for (const { block, coinProof } of imported) {
    const node = tree.get(block);
    if (node !== undefined) attachCoin(node, coinProof);
  }
}

/** Gives a block a coin that an earlier one made. False when the proof does not lead to the block's peaks: then nothing has changed. */
function attachCoin(node: TreeNode, { coin, proof }: CoinProof): boolean {
  try {
    node.mmr.update(coin.mmrentry.unscaled, proof, coinLeaf(coin));
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
  node.carry([...node.carried, coin]);
  return true;
}
