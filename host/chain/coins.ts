import { type Bytes, equalBytes } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import type { MMREntry } from "../protocol/mmr-objects.js";
import { findInSlices, type Slices } from "../protocol/slices.js";
import { STATE_HEX } from "../protocol/state-variable.js";
import { type IdKey, idKey } from "./id-key.js";
import { NOTHING } from "./steps.js";
import type { TreeNode } from "./tree-node.js";
import type { Effect, Steps } from "./types.js";

/** Coins whose paths are copied in one step, from blocks that may have to be read. */
const KEPT_PER_STEP = 2;
/** Coins looked at in one step. */
const COINS_PER_STEP = 16;
/** Coins saved together. */
const COINS_PER_PART = 128;

/**
 * The unspent coins that a block's branch of the tree knows, newest block first: what blocks created and what cuts carried over,
 * less what later blocks spent (spec 06b §15). As of this moment: it may be gone through at leisure.
 */
export function unspentCoins(tip: TreeNode): IterableIterator<Coin> {
  const branch: BranchCoins[] = [];
  for (let node: TreeNode | null = tip; node !== null; node = node.parent) branch.push({ node, carried: node.carried });
  return unspentOf(branch);
}

/** A block, and what was carried over into it at the time somebody began to look. */
interface BranchCoins {
  readonly node: TreeNode;
  readonly carried: readonly Coin[];
}

function* unspentOf(branch: readonly BranchCoins[]): IterableIterator<Coin> {
  const spent = new Set<IdKey>();
  for (const { node, carried } of branch) {
    const { spent: gone, created } = node;
    for (const coin of gone) spent.add(idKey(coin.coinid));
    for (const coins of [created, carried]) for (const coin of coins) if (spent.size === 0 || !spent.has(idKey(coin.coinid))) yield coin;
  }
}

/** The unspent coin with an id, if the tree knows it. */
export function findCoin(tip: TreeNode, coinid: Bytes): Slices<Coin | undefined> {
  return findInSlices(unspentCoins(tip), (coin) => equalBytes(coin.coinid, coinid));
}

/**
 * Copies the paths of the relevant coins that are still unspent after a block from below it into its MMR, so that they stay provable
 * when all below is forgotten (spec 03 §11, 06 §3.4). Gives the coins, for the block to carry once that is so: until then they are
 * found below it.
 */
export function* carryCoins(newRoot: TreeNode, isRelevant: (coin: Coin) => boolean): Steps<readonly Coin[]> {
  if (newRoot.parent === null) return [];
  let parts = 0;
  const save = (mmr: readonly MMREntry[], coins: readonly Coin[]): Effect[] => [
    { type: "carry", part: { root: newRoot.key, part: parts++, mmr, carried: coins } },
  ];
  yield save([...newRoot.mmr.entries()], newRoot.carried);
  const spent = new Set(newRoot.spent.map(({ coinid }) => idKey(coinid)));
  const carried: Coin[] = [];
  let saved = 0;
  let nodes: MMREntry[] = [];
  let looked = 0;
  for (const coin of unspentCoins(newRoot.parent)) {
    if (++looked % COINS_PER_STEP === 0) yield NOTHING;
    if (spent.has(idKey(coin.coinid)) || !isRelevant(coin)) continue;
    nodes.push(...newRoot.mmr.keep(coin.mmrentry.unscaled));
    carried.push(coin);
    if (carried.length % KEPT_PER_STEP === 0) yield NOTHING;
    if (carried.length - saved < COINS_PER_PART) continue;
    yield save(nodes, carried.slice(saved));
    saved = carried.length;
    nodes = [];
  }
  if (saved < carried.length) yield save(nodes, carried.slice(saved));
  return carried;
}

/** What somebody watches for: `0x` upper-case hex of addresses and of public keys. */
export interface Tracked {
  readonly addresses: ReadonlySet<string>;
  readonly publicKeys: ReadonlySet<string>;
  /** Coins that are watched, or are not, in any case. */
  readonly coins?: ReadonlyMap<IdKey, boolean>;
}

/** Whether a coin belongs to a tracked address or names one, or a tracked key, in a HEX state variable (spec 06b §15). */
export function isRelevantCoin(coin: Coin, { addresses, publicKeys, coins }: Tracked): boolean {
  const chosen = coins !== undefined && coins.size > 0 ? coins.get(idKey(coin.coinid)) : undefined;
  if (chosen !== undefined) return chosen;
  if (addresses.has(`0x${idKey(coin.address)}`)) return true;
  return coin.state.some(({ type, text }) => type === STATE_HEX && (addresses.has(text) || publicKeys.has(text)));
}
