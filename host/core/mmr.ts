import { publicCore } from "./hash.js";

/**
 * Folds an MMR proof in one call (spec 03 §5). `nodes` is the leaf as `hash (32 bytes) | number` and the chunks as on the wire.
 * Gives `hash (32 bytes) | number` of the node reached, or null for what the core does not handle: hashes of another length,
 * negative or very long numbers, sums out of range, too many chunks.
 */
export function foldNodes(nodes: Uint8Array): Uint8Array | null {
  return publicCore.fold(nodes);
}

/** The root of an MMR whose leaves are these 32-byte hashes, one after the other, all with the value 0 (spec 03 §4). */
export function rootOfZeroLeaves(hashes: Uint8Array): Uint8Array {
  return publicCore.rootOfZeros(hashes);
}
