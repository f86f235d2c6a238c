import { type PackedBytes, packBytes } from "../../protocol/packed-bytes.js";

/** Any key of a node below 2^53, big-endian. */
const KEY_BYTES = 7;
const LOW = 2 ** 32;

/** Keys of nodes, ascending, in seven bytes each: enough to tell what an overlay holds without having it in memory. */
export function packKeys(keys: Iterable<number>): PackedBytes {
  const sorted = Float64Array.from(keys).sort();
  const bytes = Buffer.alloc(KEY_BYTES * sorted.length);
  for (const [i, key] of sorted.entries()) {
    bytes.writeUIntBE(Math.floor(key / LOW), KEY_BYTES * i, 3);
    bytes.writeUInt32BE(key % LOW, KEY_BYTES * i + 3);
  }
  return packBytes(bytes);
}

export function keyCount(keys: PackedBytes): number {
  return Math.floor(keys.length / KEY_BYTES);
}

export function hasKey(keys: PackedBytes, key: number): boolean {
  let low = 0;
  let high = keyCount(keys);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keyAt(keys, middle * KEY_BYTES) < key) low = middle + 1;
    else high = middle;
  }
  return low < keyCount(keys) && keyAt(keys, low * KEY_BYTES) === key;
}

function keyAt(keys: PackedBytes, at: number): number {
  const high = (keys.charCodeAt(at) << 16) | (keys.charCodeAt(at + 1) << 8) | keys.charCodeAt(at + 2);
  const middle = (keys.charCodeAt(at + 3) << 8) | keys.charCodeAt(at + 4);
  const low = (keys.charCodeAt(at + 5) << 8) | keys.charCodeAt(at + 6);
  return high * LOW + middle * 65_536 + low;
}
