import { type Bytes, ZERO_ID } from "../protocol/bytes.js";

/** Without leading zero bytes; `00` when nothing is left (spec 05 §5.4). */
function stripped(bytes: Bytes): Bytes {
  let from = 0;
  while (from < bytes.length && bytes[from] === 0) from++;
  if (from === bytes.length) return ZERO_ID;
  return from === 0 ? bytes : bytes.slice(from);
}

/** Inverts every byte. */
export function invertBytes(bytes: Bytes): Bytes {
  return stripped(bytes.map((byte) => ~byte));
}

/** Both aligned at their last byte, cut to the shorter one. */
export function andBytes(a: Bytes, b: Bytes): Bytes {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const offset = long.length - short.length;
  return stripped(short.map((byte, i) => byte & (long[offset + i] as number)));
}

/** Both aligned at their last byte, the shorter one padded with zeros. */
export function orBytes(a: Bytes, b: Bytes): Bytes {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const offset = long.length - short.length;
  const out = long.slice();
  for (let i = 0; i < short.length; i++) out[offset + i] = (out[offset + i] as number) | (short[i] as number);
  return stripped(out);
}

/** As `orBytes`. */
export function xorBytes(a: Bytes, b: Bytes): Bytes {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const offset = long.length - short.length;
  const out = long.slice();
  for (let i = 0; i < short.length; i++) out[offset + i] = (out[offset + i] as number) ^ (short[i] as number);
  return stripped(out);
}

/** Shifts the unsigned big-endian integer to the left, to the right when `bits` is negative. */
export function shiftBytes(bytes: Bytes, bits: number): Bytes {
  const whole = Math.floor(bits / 8);
  const rest = bits - whole * 8;
  if (bytes.length + whole < 0) return ZERO_ID;
  // One byte more in front for what the last bits push out.
  const out = new Uint8Array(bytes.length + whole + 1);
  for (let i = 0; i < out.length; i++) {
    const high = bytes[i - 1] ?? 0;
    const low = bytes[i] ?? 0;
    out[i] = ((high << 8) | low) >> (8 - rest);
  }
  return stripped(out);
}
