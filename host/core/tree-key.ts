import { publicCore, secretCore } from "./hash.js";

/** The seed number `index` under a seed of a tree key (spec 04 §2). Throws `RangeError` for what is no index. */
export function treeSeed(seed: Uint8Array, index: number): Uint8Array {
  return secretCore.treeSeed(seed, index);
}

/**
 * The one-time public keys `first` to `first + count - 1`, 32 bytes each, of the tree-key node with this seed (spec 04 §2). Throws
 * `RangeError` for more than 128 at a time.
 */
export function treeKeys(seed: Uint8Array, first: number, count: number): Uint8Array {
  return secretCore.treeKeys(seed, first, count);
}

/** The key of a tree-key node, from its public keys of 32 bytes, one after the other (spec 04 §2). Throws `RangeError` for none. */
export function keysRoot(publicKeys: Uint8Array): Uint8Array {
  return publicCore.keysRoot(publicKeys);
}
