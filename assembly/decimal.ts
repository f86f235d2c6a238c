import { QUOTIENT } from "./layout";

/**
 * Non-negative decimals of up to 256 bits for MMR sums: a scale (i32) and 8 limbs of 32 bits, least significant first: 36 bytes.
 * Enough for every number below 2^64 with 44 decimals. What does not fit is refused, never rounded: the host does it then.
 */

const MAX_SCALE: i32 = 44;
/** Bytes of the longest number: 28 hold more than the 64 digits a number can have. */
const MAX_LENGTH: i32 = 28;
const LIMBS: usize = 32;

/** Reads the MiniNumber encoding at `from` (spec 01 §4.4), which ends before `end`; gives its length, or 0 for what is refused. */
export function readDecimal(from: usize, end: usize, to: usize): u32 {
  if (from + 3 > end) return 0;
  const scale: i32 = load<i8>(from);
  const length: i32 = load<i8>(from, 1);
  if (scale > MAX_SCALE || scale < -MAX_SCALE || length < 1 || length > MAX_LENGTH || from + 2 + length > end) return 0;
  if (load<i8>(from, 2) < 0) return 0;
  store<i32>(to, scale);
  memory.fill(to + 4, 0, LIMBS);
  for (let i = 0; i < length; i++) store<u8>(to + 4 + i, load<u8>(from + 2 + (length - 1 - i)));
  return 2 + length;
}

/** Writes the MiniNumber encoding: scale and minimal two's complement; gives its length. */
export function writeDecimal(from: usize, to: usize): u32 {
  let top: i32 = 31;
  while (top > 0 && load<u8>(from + 4 + top) == 0) top--;
  const sign: i32 = load<i8>(from + 4 + top) < 0 ? 1 : 0;
  const length = top + 1 + sign;
  store<u8>(to, <u8>load<i32>(from));
  store<u8>(to, <u8>length, 1);
  if (sign) store<u8>(to, 0, 2);
  for (let i = 0; i <= top; i++) store<u8>(to + 2 + sign + i, load<u8>(from + 4 + top - i));
  return 2 + length;
}

/** Multiplies by 10 until the scale is `scale`; false when it does not fit. */
function rescale(number: usize, scale: i32): bool {
  for (let s = load<i32>(number); s < scale; s++) {
    let carry: u64 = 0;
    for (let i: usize = 0; i < LIMBS; i += 4) {
      carry += <u64>load<u32>(number + 4 + i) * 10;
      store<u32>(number + 4 + i, <u32>carry);
      carry >>= 32;
    }
    if (carry != 0) return false;
  }
  store<i32>(number, scale);
  return true;
}

/** Adds `b` to `a` (spec 03 §1); false when the sum does not fit or is above 2^64 - 1. `b` may be rescaled. */
export function addDecimal(a: usize, b: usize): bool {
  const scale = max(max(load<i32>(a), load<i32>(b)), 0);
  if (!rescale(a, scale) || !rescale(b, scale)) return false;
  let carry: u64 = 0;
  for (let i: usize = 0; i < LIMBS; i += 4) {
    carry += <u64>load<u32>(a + 4 + i) + <u64>load<u32>(b + 4 + i);
    store<u32>(a + 4 + i, <u32>carry);
    carry >>= 32;
  }
  return carry == 0 && isInRange(a, scale);
}

/** Bits of the number: the position of the highest set one. */
function bitLength(number: usize): i32 {
  for (let i: i32 = 28; i >= 0; i -= 4) {
    const limb = load<u32>(number + 4 + i);
    if (limb != 0) return 8 * i + 32 - <i32>clz<u32>(limb);
  }
  return 0;
}

/** Whether the number is at most 2^64 - 1: what is left after dividing by 10 `scale` times fits in 64 bits, rounded down. */
function isInRange(number: usize, scale: i32): bool {
  // 10^n has more than 3n bits, so a number of that few bits is small enough without dividing.
  if (bitLength(number) <= 64 + 3 * scale) return true;
  memory.copy(QUOTIENT, number + 4, LIMBS);
  let fraction: u64 = 0;
  for (let s = 0; s < scale; s++) {
    let rest: u64 = 0;
    for (let i: usize = LIMBS; i > 0; i -= 4) {
      rest = (rest << 32) | <u64>load<u32>(QUOTIENT + i - 4);
      store<u32>(QUOTIENT + i - 4, <u32>(rest / 10));
      rest %= 10;
    }
    fraction |= rest;
  }
  for (let i: usize = 8; i < LIMBS; i += 4) if (load<u32>(QUOTIENT + i) != 0) return false;
  return load<u64>(QUOTIENT) != u64.MAX_VALUE || fraction == 0;
}
