import type { RandomBytes } from "../protocol/encryption.js";
import type { Signature } from "../protocol/signature.js";
import { randomBelow } from "./random.js";
import type { TreeShape } from "./treekey.js";

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
 * Where the key of a restored wallet goes on: at a subtree of the top level drawn by lot, but not the first, which the key has most likely
 * been using, and not the last (spec 04 §10.5). A phrase alone does not tell what was used before or is being used elsewhere.
 */
export function freshUse({ keys, levels }: TreeShape, randomBytes: RandomBytes): number {
  const subtree = keys ** (levels - 1);
  return keys > 2 ? subtree * (1 + randomBelow(keys - 2, randomBytes)) : 0;
}
