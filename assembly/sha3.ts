import { absorb } from "./keccak.generated";
import { absorbPair } from "./keccak2.generated";
import { INPUT, OUTPUT, PADDED, PAIR, STATE } from "./layout";

/** Bytes absorbed per permutation. */
export const RATE: u32 = 136;

/** The state every hash starts from, and every two side by side. */
const EMPTY: usize = memory.data(400);

/** Starts a hash. */
export function begin(): void {
  memory.copy(STATE, EMPTY, 200);
}

/** Absorbs whole blocks. */
export function absorbBlocks(data: usize, blocks: u32): void {
  for (let i: u32 = 0; i < blocks; i++) absorb(STATE, data + i * RATE, STATE);
}

/** Absorbs the last bytes, fewer than a block, and writes the 32-byte hash. */
export function end(data: usize, length: u32, output: usize): void {
  absorbLast(STATE, data, length, output);
}

function absorbLast(state: usize, data: usize, length: u32, output: usize): void {
  const words: u32 = length & ~7;
  for (let i: u32 = 0; i < words; i += 8) store<u64>(PADDED + i, load<u64>(data + i));
  for (let i = words; i < RATE; i += 8) store<u64>(PADDED + i, 0);
  for (let i = words; i < length; i++) store<u8>(PADDED + i, load<u8>(data + i));
  store<u8>(PADDED + length, 0x06);
  store<u8>(PADDED, load<u8>(PADDED, 135) | 0x80, 135);
  absorb(state, PADDED, STATE);
  copyHash(output, STATE);
}

/** Copies 32 bytes. */
export function copyHash(to: usize, from: usize): void {
  for (let i: usize = 0; i < 32; i += 8) store<u64>(to + i, load<u64>(from + i));
}

/** SHA3-256 of `length` bytes (FIPS 202). */
export function hash(data: usize, length: u32, output: usize): void {
  const end = data + length;
  let state = EMPTY;
  for (; data + RATE <= end; data += RATE) {
    absorb(state, data, STATE);
    state = STATE;
  }
  absorbLast(state, data, <u32>(end - data), output);
}

/** The hash in one of the two lanes at `PAIR`. */
export function copyLane(to: usize, lane: usize): void {
  for (let i: usize = 0; i < 4; i++) store<u64>(to + i * 8, load<u64>(PAIR + i * 16 + lane * 8));
}

/** SHA3-256 of each of `count` messages, which have been padded to a block of 136 bytes each, at `INPUT`; the hashes go to `OUTPUT`. */
export function sha3Each(count: u32): void {
  if (ASC_FEATURE_SIMD)
    for (let i: u32 = 0; i < count; i += 2) {
      const block = INPUT + i * RATE;
      absorbPair(EMPTY, block, block + RATE, PAIR);
      copyLane(OUTPUT + i * 32, 0);
      copyLane(OUTPUT + i * 32 + 32, 1);
    }
  else
    for (let i: u32 = 0; i < count; i++) {
      absorb(EMPTY, INPUT + i * RATE, STATE);
      copyHash(OUTPUT + i * 32, STATE);
    }
}
