import { INPUT, OUTPUT, SEED, TARGET } from "./layout";
import { fold, root } from "./mmr";
import { search, searchBegin } from "./pow";
import { absorb2, begin2, end2 } from "./sha2";
import { RATE, hash, sha3Each } from "./sha3";
import { winternitzPublicKey, winternitzRecover, winternitzSign } from "./winternitz";

/** First words, as read from memory, of known results. */
const SHA3_EMPTY: u64 = 0x66d71ebff8c6ffa7;
const SHA2_EMPTY: u64 = 0x141cfc9842c4b0e3;
const KEY_OF_ZEROS: u64 = 0x13e46d0cb109f1f7;
const ROOT_OF_ZEROS: u64 = 0x0050f2420b62cf41;

/** 0 when the module computes what it should; else the number of the check that failed. Needs no host. */
export function selftest(): i32 {
  if (!emptyWorks()) return 1;
  begin2();
  absorb2(INPUT, 0);
  end2(INPUT, 0, 0, OUTPUT);
  if (load<u64>(OUTPUT) != SHA2_EMPTY) return 2;
  memory.fill(SEED, 0, 32);
  winternitzPublicKey();
  if (load<u64>(OUTPUT) != KEY_OF_ZEROS) return 3;
  memory.fill(SEED, 0, 32);
  hash(INPUT, 0, INPUT);
  memory.copy(INPUT + 1088, INPUT, 32);
  winternitzSign();
  memory.copy(INPUT, OUTPUT, 1088);
  winternitzRecover();
  if (load<u64>(OUTPUT) != KEY_OF_ZEROS) return 4;
  if (!searchWorks()) return 5;
  return foldWorks() ? 0 : 6;
}

/** Two empty messages side by side. */
function emptyWorks(): bool {
  memory.fill(INPUT, 0, 2 * RATE);
  store<u8>(INPUT, 0x06);
  store<u16>(INPUT, 0x0680, RATE - 1);
  store<u8>(INPUT, 0x80, 2 * RATE - 1);
  sha3Each(2);
  return load<u64>(OUTPUT) == SHA3_EMPTY && load<u64>(OUTPUT, 32) == SHA3_EMPTY;
}

/** A hash below 2^248 among 300 bytes whose counter lies in the last block: 256 attempts on average. */
function searchWorks(): bool {
  memory.fill(INPUT, 1, 300);
  memory.fill(TARGET, 0xff, 32);
  store<u8>(TARGET, 0);
  searchBegin(300, 280, 8);
  if (search(0, 10000) >= 0) return false;
  memory.copy(INPUT + 280, OUTPUT, 8);
  hash(INPUT, 300, OUTPUT);
  return load<u8>(OUTPUT) == 0;
}

/** Two nodes of zeros: their root, and the fold of the first with the second to its right. */
function foldWorks(): bool {
  memory.fill(INPUT, 0, 128);
  store<u8>(INPUT, 1, 33);
  store<u8>(INPUT, 1, 68);
  if (root(70) != 35) return false;
  const expected = load<u64>(OUTPUT);
  memory.fill(INPUT, 0, 128);
  store<u8>(INPUT, 1, 33);
  store<u8>(INPUT, 32, 39);
  store<u8>(INPUT, 1, 73);
  return expected == ROOT_OF_ZEROS && fold(75) == 35 && load<u64>(OUTPUT) == expected && load<u8>(OUTPUT, 33) == 1;
}
