/** Where everything that is ever written lies in linear memory. The host asks for the addresses; nothing is allocated. */

const BASE: usize = memory.data(205024, 16);

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
/** Results. */
export const OUTPUT: usize = BASE + 2448;
export const OUTPUT_SIZE: u32 = 4096;
/** A 32-byte target of a search, a 32-byte seed of a one-time key. */
export const TARGET: usize = BASE + 6544;
export const SEED: usize = BASE + 6576;
/** What a number is divided in: 32 bytes. */
export const QUOTIENT: usize = BASE + 6608;
/** The last bytes of a message with their padding: 136 bytes. */
export const PADDED: usize = BASE + 6640;
/** What SHA-256 makes of a block: 64 times u32. */
export const SCHEDULE: usize = BASE + 6784;
/** What is hashed to a parent in the MMR: 160 bytes; to the leaf of a public key: 48 bytes. */
export const PARENT: usize = BASE + 7040;
export const KEY_LEAF: usize = BASE + 7200;
/** Sixteen MMR nodes of 72 bytes: more mountains than the nodes at the input can make. */
export const NODES: usize = BASE + 7248;
/** Message blocks of the second search lane. */
export const INPUT2: usize = BASE + 8400;
export const INPUT2_SIZE: u32 = 65536;
/** What precedes the input where it is part of something longer: 16 bytes. Then what a call works on. */
export const INPUT: usize = BASE + 73952;
export const INPUT_SIZE: u32 = 131072;
/** Everything above: what is wiped. */
export const FIRST: usize = BASE;
export const USED: u32 = 205024;
