import type { Chain } from "../chain/chain.js";
import { findCoin } from "../chain/coins.js";
import type { TreeNode } from "../chain/tree-node.js";
import { type Bytes, equalBytes } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import { findInSlices, type Slices } from "../protocol/slices.js";
import type { MegaKeeper } from "./mega/mega-keeper.js";

/** Where coins are found: in the tree, and below it where that is kept. */
export interface CoinPlaces {
  readonly chain: Chain;
  readonly mega: MegaKeeper | undefined;
}

/** The unspent coin with an id, whoever owns it. */
export function* findUnspent({ chain: { tip }, mega }: CoinPlaces, coinid: Bytes): Slices<Coin | undefined> {
  if (tip === null) return undefined;
  const found = yield* findCoin(tip, coinid);
  return found ?? (yield* findBelow(tip, mega, coinid));
}

/** The unspent coin with an id that only nodes with a MegaMMR still know. */
export function* findBelow(tip: TreeNode, mega: MegaKeeper | undefined, coinid: Bytes): Slices<Coin | undefined> {
  const below = mega?.isReady === true ? mega.store.coin(coinid) : undefined;
  if (below === undefined || (yield* findInSlices(spentOf(tip), (coin) => equalBytes(coin.coinid, coinid))) !== undefined) return undefined;
  return { ...below, spent: 0 };
}

/** What the blocks of a branch of the tree spent. */
function* spentOf(tip: TreeNode): IterableIterator<Coin> {
  for (let node: TreeNode | null = tip; node !== null; node = node.parent) yield* node.spent;
}
