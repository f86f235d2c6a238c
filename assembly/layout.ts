/** Where everything that is ever written lies in linear memory. The host asks for the addresses; nothing is allocated. */

const BASE: usize = memory.data(204800, 16);

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
/** Two numbers of MMR sums of 36 bytes, and 32 bytes to divide in. */
export const SUM: usize = BASE + 6608;
export const SUMMAND: usize = BASE + 6644;
export const QUOTIENT: usize = BASE + 6680;
/** The last bytes of a message with their padding: 136 bytes. */
export const PADDED: usize = BASE + 6720;
/** What SHA-256 makes of a block: 64 times u32. */
export const SCHEDULE: usize = BASE + 6864;
/** What is hashed to a parent in the MMR: 160 bytes. */
export const PREIMAGE: usize = BASE + 7120;
/** The hash of the MMR node a fold has reached. */
export const NODE: usize = BASE + 7280;
/** Message blocks of the second search lane. */
export const INPUT2: usize = BASE + 8192;
export const INPUT2_SIZE: u32 = 65536;
/** What a call works on. */
export const INPUT: usize = BASE + 73728;
export const INPUT_SIZE: u32 = 131072;
/** Everything above: what is wiped. */
export const FIRST: usize = BASE;
export const USED: u32 = 204800;
