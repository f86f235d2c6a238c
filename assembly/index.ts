import * as layout from "./layout";
import { hash } from "./sha3";

export { winternitzPublicKey, winternitzRecover, winternitzSign } from "./winternitz";
export { search, searchBegin } from "./pow";
export { fold, rootOfZeros } from "./mmr";
export { selftest } from "./selftest";
import { absorb, begin, end } from "./sha3";
import { absorb2, begin2, end2 } from "./sha2";

memory.grow(((<i32>(layout.FIRST + layout.USED) + 0xffff) >> 16) - memory.size());

/** Addresses for the host. */
export const INPUT = <u32>layout.INPUT;
export const INPUT_SIZE = layout.INPUT_SIZE;
export const OUTPUT = <u32>layout.OUTPUT;
export const TARGET = <u32>layout.TARGET;
export const SEED = <u32>layout.SEED;
/** Hashes a nonce search takes side by side. */
export const LANES: u32 = ASC_FEATURE_SIMD ? 2 : 1;

/** SHA3-256 of the bytes at `INPUT`; the hash goes to `OUTPUT`. */
export function sha3(length: u32): void {
  hash(layout.INPUT, length, layout.OUTPUT);
}

export function sha3Begin(): void {
  begin();
}

/** Absorbs whole blocks of 136 bytes at `INPUT`. */
export function sha3Blocks(blocks: u32): void {
  absorb(layout.INPUT, blocks);
}

/** Absorbs the last `length` < 136 bytes at `INPUT`; the hash goes to `OUTPUT`. */
export function sha3End(length: u32): void {
  end(layout.INPUT, length, layout.OUTPUT);
}

export function sha2Begin(): void {
  begin2();
}

/** Absorbs whole blocks of 64 bytes at `INPUT`. */
export function sha2Blocks(blocks: u32): void {
  absorb2(layout.INPUT, blocks);
}

/** Absorbs the last `length` < 64 bytes at `INPUT` of a message of `total` bytes; the hash goes to `OUTPUT`. */
export function sha2End(length: u32, total: u64): void {
  end2(layout.INPUT, length, total, layout.OUTPUT);
}

/** Overwrites everything a call may have left behind. */
export function wipe(): void {
  memory.fill(layout.FIRST, 0, layout.USED);
}
