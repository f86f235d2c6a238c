import { addDecimal, readDecimal, writeDecimal } from "./decimal";
import { INPUT, NODE, OUTPUT, PREIMAGE, SUM, SUMMAND } from "./layout";
import { copyHash, hash } from "./sha3";

/**
 * Nodes travel as `hash (32 bytes) | MiniNumber encoding`. Nodes with other hashes than of 32 bytes, and numbers that decimal.ts
 * refuses, are not handled here: a call gives 0 and the host computes it.
 */

/** In the preimage of a parent: number 1, two hashes as data, the sum (spec 03 §1). */
const LEFT: usize = PREIMAGE + 7;
const RIGHT: usize = PREIMAGE + 43;
const VALUE: usize = PREIMAGE + 75;
/** Where the number of a chunk begins. */
const CHUNK_NUMBER: usize = 37;

function setFrame(): void {
  store<u8>(PREIMAGE, 0);
  store<u8>(PREIMAGE, 1, 1);
  store<u8>(PREIMAGE, 1, 2);
  store<u32>(PREIMAGE, bswap<u32>(32), 3);
  store<u32>(PREIMAGE, bswap<u32>(32), 39);
}

/** Hashes the parent of the two hashes in place, whose sum is at `SUM`, to `to`. */
function hashParent(to: usize): void {
  hash(PREIMAGE, 75 + writeDecimal(SUM, VALUE), to);
}

/**
 * Folds a proof (spec 03 §5). The `length` bytes at `INPUT` are the leaf node and then chunks as on the wire: left flag, length 32,
 * hash, number. The node reached goes to `OUTPUT`; gives its length, or 0 when something is not handled.
 */
export function fold(length: u32): u32 {
  if (length < 32) return 0;
  const end = INPUT + length;
  setFrame();
  copyHash(NODE, INPUT);
  let at: usize = INPUT + 32;
  const leafNumber = readDecimal(at, end, SUM);
  if (leafNumber == 0) return 0;
  at += leafNumber;
  if (at == end) {
    // A leaf that is not folded keeps the encoding of its number.
    memory.copy(OUTPUT, INPUT, length);
    return length;
  }
  while (at < end) {
    if (at + CHUNK_NUMBER > end || load<u32>(at, 1) != bswap<u32>(32)) return 0;
    const isLeft = load<u8>(at) != 0;
    copyHash(isLeft ? LEFT : RIGHT, at + 5);
    copyHash(isLeft ? RIGHT : LEFT, NODE);
    const number = readDecimal(at + CHUNK_NUMBER, end, SUMMAND);
    if (number == 0 || !addDecimal(SUM, SUMMAND)) return 0;
    hashParent(NODE);
    at += CHUNK_NUMBER + number;
  }
  copyHash(OUTPUT, NODE);
  return 32 + writeDecimal(SUM, OUTPUT + 32);
}

/**
 * The root over the `count` leaves at `INPUT`, 32-byte hashes whose values are all 0: subtrees for the peaks, then the peaks bagged
 * the same way until one is left (spec 03 §4). It goes to `OUTPUT`.
 */
export function rootOfZeros(count: u32): void {
  setFrame();
  store<u16>(VALUE, 0x0100);
  store<u8>(VALUE, 0, 2);
  while (count > 1) {
    let done: u32 = 0;
    let peaks: u32 = 0;
    for (let size: u32 = 1 << (31 - clz(count)); size > 0; size >>= 1) {
      if ((count & size) == 0) continue;
      const first = INPUT + done * 32;
      for (let width = size; width > 1; width >>= 1) {
        for (let i: u32 = 0; i < width / 2; i++) {
          copyHash(LEFT, first + i * 64);
          copyHash(RIGHT, first + i * 64 + 32);
          hash(PREIMAGE, 78, first + i * 32);
        }
      }
      copyHash(INPUT + peaks * 32, first);
      peaks++;
      done += size;
    }
    count = peaks;
  }
  copyHash(OUTPUT, INPUT);
}
