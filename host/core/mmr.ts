import { publicCore } from "./hash.js";

const HASH_LENGTH = 32;

/**
 * Folds an MMR proof in one call (spec 03 §5). `nodes` is the leaf as `hash (32 bytes) | number` and `chunks` chunks as on the wire.
 * Gives `hash (32 bytes) | number` of the node reached, or null for what the core does not handle: hashes of another length,
 * negative or very long numbers, sums out of range, too many chunks.
 */
export function foldNodes(nodes: Uint8Array, chunks: number): Uint8Array | null {
  if (nodes.length > publicCore.inputSize) return null;
  publicCore.memory.set(nodes, publicCore.input);
  const length = publicCore.exports.fold(chunks);
  return length === 0 ? null : publicCore.result(length);
}

/** The root of an MMR whose leaves are these 32-byte hashes, one after the other, all with the value 0 (spec 03 §4). */
export function rootOfZeroLeaves(hashes: Uint8Array): Uint8Array {
  const count = hashes.length / HASH_LENGTH;
  if (count < 1 || !Number.isInteger(count) || hashes.length > publicCore.inputSize)
    throw new RangeError(`${hashes.length} bytes are no list of leaves`);
  publicCore.memory.set(hashes, publicCore.input);
  publicCore.exports.rootOfZeros(count);
  return publicCore.result(HASH_LENGTH);
}
