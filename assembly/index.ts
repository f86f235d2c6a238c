import * as layout from "./layout";
import { absorb2, begin2, end2 } from "./sha2";
import { RATE, absorbBlocks, begin, end, hash } from "./sha3";

export { fold, keysRoot, leaf, peaks, root } from "./mmr";
export { search, searchBegin } from "./pow";
export { selftest } from "./selftest";
export { sha3Each } from "./sha3";
export { treeKeys, treeSeed } from "./tree-key";
export { winternitzPublicKey, winternitzRecover, winternitzSign } from "./winternitz";

// What the host sees. Calls trust it to write no more than fits.

/** Addresses, and the bytes that fit. */
export const INPUT = <u32>layout.INPUT;
export const INPUT_SIZE = layout.INPUT_SIZE;
/** Bytes of the longest message of a search: one block is left for its padding. */
export const SEARCH_SIZE: u32 = layout.INPUT2_SIZE - RATE;
export const OUTPUT = <u32>layout.OUTPUT;
export const OUTPUT_SIZE: u32 = layout.OUTPUT_SIZE;
export const TARGET = <u32>layout.TARGET;
export const SEED = <u32>layout.SEED;

/** SHA3-256 of the bytes at `INPUT`; the hash goes to `OUTPUT`. */
export function sha3(length: u32): void {
  hash(layout.INPUT, length, layout.OUTPUT);
}

export function sha3Begin(): void {
  begin();
}

/** Absorbs whole blocks of 136 bytes at `INPUT`. */
export function sha3Blocks(blocks: u32): void {
  absorbBlocks(layout.INPUT, blocks);
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
