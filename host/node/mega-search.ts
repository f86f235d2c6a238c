import type { Chain } from "../chain/chain.js";
import { isRelevantCoin, type Tracked, unspentCoins } from "../chain/coins.js";
import { type IdKey, idKey } from "../chain/id-key.js";
import type { TreeNode } from "../chain/tree.js";
import { type Bytes, toHex0x } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import type { MegaMMRSyncData } from "../protocol/messages/mega-mmr.js";
import type { CoinProof } from "../protocol/witness.js";
import type { MegaStore } from "../store/mega-store.js";
import type { MegaKeeper } from "./mega-keeper.js";

/** How often the search begins anew because the tree was cut meanwhile. */
const ATTEMPTS = 5;

/** Coins spent by the blocks of a branch. */
function spentInTree(tip: TreeNode): Set<IdKey> {
  const spent = new Set<IdKey>();
  for (let node: TreeNode | null = tip; node !== null; node = node.parent)
    for (const { coin } of node.txblock.spentCoins) spent.add(idKey(coin.coinid));
  return spent;
}

/** Unspent coins of a branch and below the tree; those below may be in the tree, too, and come once. */
export function* allCoins(tip: TreeNode, below: Iterable<Coin>): IterableIterator<Coin> {
  const seen = spentInTree(tip);
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

/** Coins below the tree, some at a time. */
export function* storedCoins(store: MegaStore): IterableIterator<Coin> {
  for (const page of store.coinPages()) yield* page;
}

/** All unspent coins of a wallet with proofs that its owner can import (spec 07 §13); undefined while the MegaMMR is not complete. */
export async function proveCoins(
  chain: Chain,
  keeper: MegaKeeper,
  proofAge: number,
  wallet: MegaMMRSyncData,
): Promise<readonly CoinProof[] | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await keeper.catchUp();
    const proofs = await keeper.exclusively(() => tryToProve(chain, keeper, proofAge, wallet));
    if (proofs !== undefined) return proofs;
  }
  return undefined;
}

/** Undefined when the tree is cut in between, too. */
async function tryToProve(
  chain: Chain,
  keeper: MegaKeeper,
  proofAge: number,
  { addresses, publicKeys }: MegaMMRSyncData,
): Promise<readonly CoinProof[] | undefined> {
  const below: Coin[] = [];
  for (const key of [...addresses, ...publicKeys]) {
    below.push(...keeper.store.coinsOf(key));
    await keeper.giveWay();
  }
  const { tip } = chain;
  if (tip === null || !keeper.isReady) return undefined;
  const tracked: Tracked = { addresses: hexSet(addresses), publicKeys: hexSet(publicKeys) };
  const proofs: CoinProof[] = [];
  for (const coin of Array.from(allCoins(tip, below)).filter((candidate) => isRelevantCoin(candidate, tracked))) {
    const proof = keeper.isReady ? prove(chain, coin, proofAge) : undefined;
    if (proof === undefined) return undefined;
    proofs.push(proof);
    await keeper.giveWay();
  }
  return proofs;
}

const hexSet = (items: readonly Bytes[]): Set<string> => new Set(items.map(toHex0x));

/** As old as proofs are made, so that the block they are made at does not leave the chain (spec 09 §7.11). */
function prove({ tree }: Chain, coin: Coin, proofAge: number): CoinProof | undefined {
  if (tree === null) return undefined;
  const number = Math.max(tree.tip.number - proofAge, coin.created.toNumber(), tree.root.number);
  const node = tree.mainAt(number);
  return node === undefined ? undefined : { coin: { ...coin, spent: 0 }, proof: node.mmr.proofToRoot(coin.mmrentry.unscaled) };
}
