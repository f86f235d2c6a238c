import { publicCore } from "./hash.js";

/** The hash of an MMR leaf: of an object's encoding followed by its value's (spec 03 §1). */
export function leafHash(objectAndValue: Uint8Array): Uint8Array {
  return publicCore.leaf(objectAndValue);
}

/**
 * The root of an MMR with these leaves, or these peaks (spec 03 §4). Here and below a node is `hash (32 bytes) | number`, nodes follow one
 * another, and null is given for what the core does not handle: hashes of another length, negative or very long numbers, sums out of
 * range, too many nodes.
 */
export function rootOf(nodes: Uint8Array): Uint8Array | null {
  return publicCore.root(nodes);
}

/** The node an MMR proof leads to (spec 03 §5). `nodes` is the leaf, then the chunks as on the wire. */
export function foldNodes(nodes: Uint8Array): Uint8Array | null {
  return publicCore.fold(nodes);
}
