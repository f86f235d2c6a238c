import { absorb } from "./keccak.generated";
import { absorbPair } from "./keccak2.generated";
import { INPUT, INPUT2, OUTPUT, PAIR, START, START_PAIR, STATE, TARGET } from "./layout";
import { RATE, absorbBlocks, begin } from "./sha3";

/** What a search looks at, from `searchBegin` to the last `search`: where the counter lies. */
let counterOffset: u32 = 0;
let counterWidth: u32 = 0;
/** The blocks that change with the counter: from this one to the last. */
let firstBlock: u32 = 0;
let blockCount: u32 = 0;

/**
 * Prepares a search over the `length` bytes at `INPUT`, at most `SEARCH_SIZE`, for a hash below the 32-byte target at `TARGET`. The
 * counter is the `width` bytes, at most 8, at `offset`, big-endian. Blocks before the counter's are hashed here, once. What lies at
 * `INPUT` belongs to the search from here on.
 */
export function searchBegin(length: u32, offset: u32, width: u32): void {
  counterOffset = offset;
  counterWidth = width;
  firstBlock = offset / RATE;
  blockCount = length / RATE + 1;
  const end = blockCount * RATE;
  memory.fill(INPUT + length, 0, end - length);
  store<u8>(INPUT + length, 0x06);
  store<u8>(INPUT + end - 1, load<u8>(INPUT + end - 1) | 0x80);
  begin();
  absorbBlocks(INPUT, firstBlock);
  memory.copy(START, STATE, 200);
  if (ASC_FEATURE_SIMD) {
    memory.copy(INPUT2, INPUT, end);
    for (let i: usize = 0; i < 25; i++) {
      store<u64>(START_PAIR + i * 16, load<u64>(START + i * 8));
      store<u64>(START_PAIR + i * 16 + 8, load<u64>(START + i * 8));
    }
  }
}

/**
 * Tries counters from `counter` on, at most `attempts` < 2^31; gives how many it tried: negative if the last one fits, whose bytes
 * are then at `OUTPUT`.
 */
export function search(counter: u64, attempts: u32): i32 {
  return ASC_FEATURE_SIMD ? searchPaired(counter, attempts) : searchSingle(counter, attempts);
}

function searchSingle(counter: u64, attempts: u32): i32 {
  for (let tried: u32 = 1; tried <= attempts; tried++, counter++) {
    writeCounter(INPUT, counter);
    let state = START;
    for (let block = firstBlock; block < blockCount; block++) {
      absorb(state, INPUT + block * RATE, STATE);
      state = STATE;
    }
    if (isBelowTarget(STATE, 8)) return found(INPUT, tried);
  }
  return attempts;
}

function searchPaired(counter: u64, attempts: u32): i32 {
  for (let tried: u32 = 0; tried < attempts; tried += 2, counter += 2) {
    writeCounter(INPUT, counter);
    writeCounter(INPUT2, counter + 1);
    let state = START_PAIR;
    for (let block = firstBlock; block < blockCount; block++) {
      absorbPair(state, INPUT + block * RATE, INPUT2 + block * RATE, PAIR);
      state = PAIR;
    }
    if (isBelowTarget(PAIR, 16)) return found(INPUT, tried + 1);
    if (tried + 1 < attempts && isBelowTarget(PAIR + 8, 16)) return found(INPUT2, tried + 2);
  }
  return attempts;
}

/** The counter bytes that fit go to `OUTPUT`. */
function found(message: usize, tried: u32): i32 {
  memory.copy(OUTPUT, message + counterOffset, counterWidth);
  return -(<i32>tried);
}

function writeCounter(message: usize, counter: u64): void {
  const at = message + counterOffset;
  if (counterWidth == 8) store<u64>(at, bswap<u64>(counter));
  else for (let i: u32 = 0; i < counterWidth; i++) store<u8>(at + i, <u8>(counter >> (8 * (counterWidth - 1 - i))));
}

/** Compares the 4 words of a hash, `stride` bytes apart, with the target, as big-endian integers; strictly below. */
function isBelowTarget(words: usize, stride: usize): bool {
  for (let i: usize = 0; i < 4; i++) {
    const word = bswap<u64>(load<u64>(words + i * stride));
    const limit = bswap<u64>(load<u64>(TARGET + i * 8));
    if (word != limit) return word < limit;
  }
  return false;
}
