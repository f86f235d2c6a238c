import { INPUT, OUTPUT, SEED } from "./layout";
import { hash } from "./sha3";
import { makePublicKey } from "./winternitz";

/** Writes a number as a MiniNumber that ends before `end` (spec 01 §4.4); gives where it begins. */
function writeNumberBefore(end: usize, value: u32): usize {
  let at = end;
  let rest = value;
  do {
    at--;
    store<u8>(at, <u8>rest);
    rest >>= 8;
  } while (rest != 0);
  if (load<i8>(at) < 0) {
    at--;
    store<u8>(at, 0);
  }
  store<u8>(at - 1, <u8>(end - at));
  store<u8>(at - 2, 0);
  return at - 2;
}

/** The seed number `index` under the node seed of `length` bytes at the input (spec 04 §2). */
function makeSeed(length: u32, index: u32, to: usize): void {
  store<u32>(INPUT - 4, bswap<u32>(length));
  const from = writeNumberBefore(INPUT - 4, index);
  hash(from, <u32>(INPUT + length - from), to);
}

/** The seed number `index` under the seed of `length` bytes at the input goes to `OUTPUT` (spec 04 §2). */
export function treeSeed(length: u32, index: u32): void {
  makeSeed(length, index, OUTPUT);
}

/**
 * The one-time public keys `first` to `first + count - 1` of the tree-key node whose seed are the `length` bytes at the input go to
 * `OUTPUT` (spec 04 §2): a whole level, or a part of it.
 */
export function treeKeys(length: u32, first: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    makeSeed(length, first + i, SEED);
    makePublicKey(OUTPUT + i * 32);
  }
}
