import { INPUT2, INPUT2_SIZE } from "../layout";
import { RATE, absorbBlocks, begin, end } from "../sha3";

/** The standard input, byte by byte. */
const buffer = new ArrayBuffer(65536);
let at: i32 = 0;
let length: i32 = 0;

/** The next byte, or -1 at the end. */
function next(): i32 {
  if (at == length) {
    at = 0;
    length = process.stdin.read(buffer);
    if (length <= 0) {
      length = 0;
      return -1;
    }
  }
  return load<u8>(changetype<usize>(buffer) + at++);
}

/** Reads at most `room` bytes; gives how many there were, or -1 if there are more. */
export function readAll(to: usize, room: i32): i32 {
  let count = 0;
  for (let byte = next(); byte >= 0; byte = next()) {
    if (count == room) return -1;
    store<u8>(to + count++, byte);
  }
  return count;
}

/** Reads a line of hex digits, `count` bytes; false if it is something else. */
export function readHexLine(to: usize, count: i32): bool {
  for (let i = 0; i < count; i++) {
    const high = hexDigit(next());
    const low = hexDigit(next());
    if (high < 0 || low < 0) return false;
    store<u8>(to + i, (high << 4) | low);
  }
  const byte = next();
  return byte == -1 || byte == 0x0a;
}

/** SHA3-256 of what is left of the input goes to `output`. Uses the room for blocks of the second search lane. */
export function hashRest(output: usize): void {
  const room: i32 = <i32>((INPUT2_SIZE / RATE) * RATE);
  let count: i32 = 0;
  begin();
  for (let byte = next(); byte >= 0; byte = next()) {
    store<u8>(INPUT2 + count++, byte);
    if (count == room) {
      absorbBlocks(INPUT2, INPUT2_SIZE / RATE);
      count = 0;
    }
  }
  const blocks: u32 = <u32>count / RATE;
  absorbBlocks(INPUT2, blocks);
  end(INPUT2 + blocks * RATE, <u32>count - blocks * RATE, output);
}

/** The value of a hex digit, or -1. */
export function hexDigit(code: i32): i32 {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
