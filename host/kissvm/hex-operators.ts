import { type Bytes, ZERO_ID } from "../protocol/bytes.js";

/** Without leading zero bytes; `00` when nothing is left (spec 05 §5.4). */
function stripped(bytes: Bytes): Bytes {
  let from = 0;
  while (from < bytes.length && bytes[from] === 0) from++;
  if (from === bytes.length) return ZERO_ID;
  return bytes.slice(from);
}

/** The last bytes of a value as 32-bit words, with zeros in front up to `length` bytes. */
function lastWords(bytes: Bytes, length: number): Uint32Array {
  const words = new Uint32Array((length + 3) >> 2);
  const padded = bytesOf(words);
  const kept = bytes.subarray(Math.max(0, bytes.length - length));
  padded.set(kept, padded.length - kept.length);
  return words;
}

function bytesOf(words: Uint32Array): Bytes {
  return new Uint8Array(words.buffer);
}

/** Inverts every byte. */
export function invertBytes(bytes: Bytes): Bytes {
  const words = lastWords(bytes, bytes.length);
  for (let i = 0; i < words.length; i++) words[i] = ~(words[i] as number);
  const inverted = bytesOf(words);
  return stripped(inverted.subarray(inverted.length - bytes.length));
}

/** Both aligned at their last byte, cut to the shorter one. */
export function andBytes(a: Bytes, b: Bytes): Bytes {
  const length = Math.min(a.length, b.length);
  const words = lastWords(a, length);
  const other = lastWords(b, length);
  for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) & (other[i] as number);
  return stripped(bytesOf(words));
}

/** Both aligned at their last byte, the shorter one padded with zeros. */
export function orBytes(a: Bytes, b: Bytes): Bytes {
  const length = Math.max(a.length, b.length);
  const words = lastWords(a, length);
  const other = lastWords(b, length);
  for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) | (other[i] as number);
  return stripped(bytesOf(words));
}

/** As `orBytes`. */
export function xorBytes(a: Bytes, b: Bytes): Bytes {
  const length = Math.max(a.length, b.length);
  const words = lastWords(a, length);
  const other = lastWords(b, length);
  for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) ^ (other[i] as number);
  return stripped(bytesOf(words));
}

/** Shifts the unsigned big-endian integer to the left, to the right when `bits` is negative. */
export function shiftBytes(bytes: Bytes, bits: number): Bytes {
  const whole = Math.floor(bits / 8);
  const rest = bits - whole * 8;
  if (bytes.length + whole < 0) return ZERO_ID;
  // One byte more in front for what the last bits push out.
  const out = new Uint8Array(bytes.length + whole + 1);
  let high = 0;
  for (let i = 0; i < out.length; i++) {
    const low = i < bytes.length ? (bytes[i] as number) : 0;
    out[i] = ((high << 8) | low) >> (8 - rest);
    high = low;
  }
  return stripped(out);
}
