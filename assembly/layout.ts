/** Where things lie in linear memory. The host asks for the addresses; nothing is ever allocated. */

// @ts-ignore: decorator
@inline const ALIGN: usize = 16;

const BASE: usize = (__heap_base + ALIGN - 1) & ~(ALIGN - 1);

/** One Keccak state of 200 bytes. */
export const STATE: usize = BASE;
/** Two Keccak states, lanes side by side: 400 bytes. */
export const PAIR: usize = BASE + 208;
/** Saved states a search starts from: 200 and 400 bytes. */
export const START: usize = BASE + 608;
export const START_PAIR: usize = BASE + 816;
/** What a chain run works on: 34 values of 32 bytes. */
export const CHAINS: usize = BASE + 1216;
/** Steps left of each chain: 34 times u32. */
export const STEPS: usize = BASE + 2304;
/** Results of up to 4 KiB. */
export const OUTPUT: usize = BASE + 2448;
/** A 32-byte target of a search, a 32-byte seed of a one-time key. */
export const TARGET: usize = BASE + 6544;
export const SEED: usize = BASE + 6576;
/** Numbers of 256 bits. */
export const NUMBERS: usize = BASE + 6608;
/** Message blocks of the second search lane. */
export const INPUT2: usize = BASE + 8192;
export const INPUT2_SIZE: u32 = 65536;
/** What a call works on. */
export const INPUT: usize = BASE + 8192 + 65536;
export const INPUT_SIZE: u32 = 131072;
/** Everything before `INPUT` and `INPUT` itself. */
export const USED: u32 = 8192 + 65536 + 131072;
export const FIRST: usize = BASE;
