import type { Chain } from "../chain/chain.js";
import { findCoin } from "../chain/coins.js";
import type { TreeNode } from "../chain/tree.js";
import { type Bytes, equalBytes } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import type { MegaKeeper } from "./mega/mega-keeper.js";

/** Where coins are found: in the tree, and below it where that is kept. */
export interface CoinPlaces {
  readonly chain: Chain;
  readonly mega: MegaKeeper | undefined;
}

/** The unspent coin with an id, whoever owns it. */
export function findUnspent({ chain: { tip }, mega }: CoinPlaces, coinid: Bytes): Coin | undefined {
  if (tip === null) return undefined;
  const found = findCoin(tip, coinid);
  if (found !== undefined || mega?.isReady !== true) return found;
  const below = mega.store.coin(coinid);
  return below === undefined || isSpent(tip, coinid) ? undefined : { ...below, spent: 0 };
}

/** Whether a block of a branch of the tree spent a coin. */
function isSpent(tip: TreeNode, coinid: Bytes): boolean {
  for (let node: TreeNode | null = tip; node !== null; node = node.parent)
    if (node.spent.some((coin) => equalBytes(coin.coinid, coinid))) return true;
  return false;
}
