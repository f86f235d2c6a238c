import { type Bytes, toHex } from "../protocol/bytes.js";
import type { RandomBytes } from "../protocol/encryption.js";
import type { Signature } from "../protocol/signature.js";
import { randomBelow } from "./random.js";
import { maxUses, type TreeShape } from "./treekey.js";

/** The share of its uses before which the key of a restored wallet goes on. */
const LATEST_START = 0.75;
/** One part in so many of the uses left is skipped beyond a use made elsewhere. */
const MARGIN = 64;
/** The same after a long pause. */
const PAUSE_MARGIN = 4096;
/** Keys of others whose uses are remembered: some megabytes. */
const FOREIGN_KEYS = 20_000;

/**
 * The use a signature was made with: the left flags of the proofs are the bits of the leaf indexes, if a node has a power of two keys
 * (spec 04 §2). Undefined for a signature of another shape.
 */
export function useOf({ proofs }: Signature, { keys, levels }: TreeShape): number | undefined {
  const bits = Math.log2(keys);
  if (proofs.length !== levels || proofs.some(({ proof }) => proof.chunks.length !== bits)) return undefined;
  return proofs.reduce(
    (use, { proof }) => use * keys + proof.chunks.reduce((leaf, { left }, bit) => leaf + (left !== 0 ? 2 ** bit : 0), 0),
    0,
  );
}

/**
 * Where the key of a restored wallet goes on: at a use drawn by lot, beyond the first subtree of the top level, which the key has most
 * likely been using, and with a quarter of the uses left (spec 04 §10.5). A phrase alone does not tell what was used before or is being
 * used elsewhere. Any use, not the start of a subtree: two restores that begin with the same subtree would begin with the same use.
 */
export function freshUse(shape: TreeShape, randomBytes: RandomBytes): number {
  const first = shape.keys ** (shape.levels - 1);
  const choice = Math.floor(maxUses(shape) * LATEST_START) - first;
  return choice > 0 ? first + randomBelow(choice, randomBytes) : 0;
}

/**
 * Where the key of a copied wallet goes on: at a use drawn by lot, as another copy may go on from the same use. Skips a subtree or
 * more, and leaves at least a quarter of the uses that were left.
 */
export function copyUse(use: number, shape: TreeShape, randomBytes: RandomBytes): number {
  const from = use + shape.keys;
  const choice = Math.floor((maxUses(shape) - from) * LATEST_START);
  return choice > 0 ? from + randomBelow(choice, randomBytes) : use;
}

/**
 * Where a key goes on after a long pause: beyond what an old copy that was put back may have missed of the quiet life of a thing. So
 * few uses are skipped that a thing that is switched off every night goes on for years.
 */
export function pauseUse(use: number, shape: TreeShape, randomBytes: RandomBytes): number {
  const margin = Math.floor((maxUses(shape) - use) / PAUSE_MARGIN);
  return use + margin + randomBelow(margin + 1, randomBytes);
}

/**
 * Where a key goes on that was seen to be used elsewhere: beyond that use by a wide margin, as whoever made it goes on, too
 * (spec 04 §10.5). The margin is a share of what is left, so that two who keep skipping each other do not use the key up.
 */
export function useBeyond(seen: number, shape: TreeShape, randomBytes: RandomBytes): number {
  const margin = Math.floor((maxUses(shape) - seen) / MARGIN);
  return seen + 1 + margin + randomBelow(margin + 1, randomBytes);
}

/**
 * Uses that were seen of keys the wallet does not know. While it is being restored they may belong to keys it has yet to make. Forgets
 * the oldest when there are many.
 */
export class ForeignUses {
  readonly #highest = new Map<string, number>();

  note(publicKey: Bytes, use: number): void {
    const key = toHex(publicKey);
    const highest = Math.max(this.#highest.get(key) ?? 0, use);
    this.#highest.delete(key);
    this.#highest.set(key, highest);
    for (const oldest of this.#highest.keys()) {
      if (this.#highest.size <= FOREIGN_KEYS) break;
      this.#highest.delete(oldest);
    }
  }

  /** The highest use of a key that was seen. */
  highest(publicKey: Bytes): number | undefined {
    return this.#highest.get(toHex(publicKey));
  }
}
