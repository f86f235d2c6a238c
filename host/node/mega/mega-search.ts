import type { Chain } from "../../chain/chain.js";
import { isRelevantCoin, type Tracked, unspentCoins } from "../../chain/coins.js";
import { type IdKey, idKey } from "../../chain/id-key.js";
import type { TreeNode } from "../../chain/tree-node.js";
import { type Bytes, toHex0x } from "../../protocol/bytes.js";
import type { Coin } from "../../protocol/coin.js";
import type { MegaMMRSyncData } from "../../protocol/messages/mega-mmr.js";
import type { CoinProof } from "../../protocol/witness.js";
import type { MegaKeeper } from "./mega-keeper.js";

/** Coins looked at without giving way. */
const LOOKED_AT_ONCE = 32;
/** How often the search begins anew because the tree was cut meanwhile. */
const ATTEMPTS = 5;

/** Coins spent by the blocks of a branch. */
function spentInTree(tip: TreeNode): Set<IdKey> {
  const spent = new Set<IdKey>();
  for (let node: TreeNode | null = tip; node !== null; node = node.parent) for (const coin of node.spent) spent.add(idKey(coin.coinid));
  return spent;
}

/** Unspent coins of a branch and below the tree; those below may be in the tree, too, and come once. */
export function* allCoins(tip: TreeNode, below: readonly Coin[]): IterableIterator<Coin> {
  const seen = below.length === 0 ? new Set<IdKey>() : spentInTree(tip);
  for (const coin of unspentCoins(tip)) {
    seen.add(idKey(coin.coinid));
    yield coin;
  }
  for (const coin of below) {
    if (seen.has(idKey(coin.coinid))) continue;
    seen.add(idKey(coin.coinid));
    yield coin;
  }
}

/** Coins below the tree with one of these addresses, or that name one of these keys in their state. */
export function searchKeys(chain: Chain, keeper: MegaKeeper, keys: readonly Bytes[]): Promise<Coin[]> {
  return whileUncut(chain, keeper, () => coinsOf(keeper, keys));
}

async function coinsOf(keeper: MegaKeeper, keys: readonly Bytes[]): Promise<Coin[]> {
  const found: Coin[] = [];
  for (const key of keys) {
    found.push(...keeper.store.coinsOf(key));
    await keeper.giveWay();
  }
  return found;
}

/** Looks through all coins below the tree. */
export function searchAll(chain: Chain, keeper: MegaKeeper, passes: (coin: Coin) => boolean): Promise<Coin[]> {
  return whileUncut(chain, keeper, async () => {
    const found: Coin[] = [];
    for (const page of keeper.store.coinPages()) {
      found.push(...page.filter(passes));
      await keeper.giveWay();
    }
    return found;
  });
}

/** Works with the image as it belongs to the tree; begins anew when the tree is cut meanwhile. */
async function whileUncut<Result>(chain: Chain, keeper: MegaKeeper, work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    await keeper.catchUp();
    const root = chain.tree?.root;
    const result = await keeper.exclusively(work);
    if (chain.tree?.root === root || attempt === ATTEMPTS) return result;
  }
}

/** All unspent coins of a wallet with proofs that its owner can import (spec 07 §13); undefined while the MegaMMR is not complete. */
export function proveCoins(
  chain: Chain,
  keeper: MegaKeeper,
  proofAge: number,
  { addresses, publicKeys }: MegaMMRSyncData,
): Promise<readonly CoinProof[] | undefined> {
  const tracked: Tracked = { addresses: hexSet(addresses), publicKeys: hexSet(publicKeys) };
  return whileUncut(chain, keeper, async () => {
    const below = await coinsOf(keeper, [...addresses, ...publicKeys]);
    const { tip } = chain;
    if (tip === null || !keeper.isReady) return undefined;
    const proofs: CoinProof[] = [];
    let looked = 0;
    for (const coin of allCoins(tip, below)) {
      if (++looked % LOOKED_AT_ONCE === 0) await keeper.giveWay();
      if (!isRelevantCoin(coin, tracked)) continue;
      const proof = keeper.isReady ? prove(chain, coin, proofAge) : undefined;
      if (proof === undefined) return undefined;
      proofs.push(proof);
      await keeper.giveWay();
    }
    return proofs;
  });
}

const hexSet = (items: readonly Bytes[]): Set<string> => new Set(items.map(toHex0x));

/** As old as proofs are made, so that the block they are made at does not leave the chain (spec 09 §7.11). */
function prove({ tree }: Chain, coin: Coin, proofAge: number): CoinProof | undefined {
  if (tree === null) return undefined;
  const number = Math.max(tree.tip.number - proofAge, coin.created.toNumber(), tree.root.number);
  const node = tree.mainAt(number);
  return node === undefined ? undefined : { coin: { ...coin, spent: 0 }, proof: node.mmr.proofToRoot(coin.mmrentry.unscaled) };
}
