import { ProtocolError } from "./errors.js";

/** MiniData (spec 01 §1) is a plain byte array everywhere in this program. Treat it as immutable. */
export type Bytes = Uint8Array;

/** The id of Minima, of "no link", of an absent super parent: one zero byte (spec 01 §1). */
export const ZERO_ID: Bytes = Uint8Array.of(0);
/** The coin id of a floating input: one byte `01` (spec 02 §6). */
export const FLOATING_ID: Bytes = Uint8Array.of(1);
/** The token id of an output that creates a token: one byte `FF` (spec 02 §5). */
export const CREATE_TOKEN_ID: Bytes = Uint8Array.of(0xff);
/** 2^256 - 1 as 32 bytes. */
export const MAX_HASH: Bytes = new Uint8Array(32).fill(0xff);

/** Lower-case hex without prefix. */
function lowerHex(bytes: Bytes): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

/** The bytes of valid hex with an even number of digits. */
function hexBytes(hex: string): Bytes {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

const evenDigits = (hex: string): string => (hex.length % 2 === 0 ? hex : `0${hex}`);

/** Upper-case hex without prefix. */
export function toHex(bytes: Bytes): string {
  return lowerHex(bytes).toUpperCase();
}

/** The text form of MiniData: `0x` and upper-case hex, the empty text for no bytes (spec 01 §1). */
export function toHex0x(bytes: Bytes): string {
  return bytes.length === 0 ? "" : `0x${toHex(bytes)}`;
}

/** Parses MiniData text: optional `0x`/`0X`, any case, odd digit counts get a leading zero (spec 01 §1). Throws `malformed`. */
export function parseHex(text: string): Bytes {
  const bare = text.startsWith("0x") || text.startsWith("0X") ? text.slice(2) : text;
  const bytes = hexDigits(bare) ?? hexDigits(bare.toUpperCase());
  if (bytes === undefined) throw new ProtocolError("malformed", "invalid HEX text");
  return bytes;
}

/** The value of every ASCII hex digit, by character code. */
const DIGIT_VALUES = Int8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? -1 : value;
});

function hexDigits(text: string): Bytes | undefined {
  const bytes = new Uint8Array((text.length + 1) >> 1);
  let at = text.length;
  for (let i = bytes.length - 1; i >= 0; i--) {
    const low = DIGIT_VALUES[text.charCodeAt(--at)] ?? -1;
    const high = at === 0 ? 0 : (DIGIT_VALUES[text.charCodeAt(--at)] ?? -1);
    if (low < 0 || high < 0) return undefined;
    bytes[i] = high * 16 + low;
  }
  return bytes;
}

/** Same length and same bytes. */
export function equalBytes(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false;
  if (a.length > LONG_BYTES) return Buffer.compare(a, b) === 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** From here on a call into native code is faster than a loop. */
const LONG_BYTES = 128;

/** Compares as unsigned big-endian integers: length is ignored, empty is 0 (spec 01 §1). Returns -1, 0 or 1. */
export function compareUnsigned(a: Bytes, b: Bytes): -1 | 0 | 1 {
  let i = 0;
  let j = 0;
  while (i < a.length && a[i] === 0) i++;
  while (j < b.length && b[j] === 0) j++;
  const la = a.length - i;
  const lb = b.length - j;
  if (la !== lb) return la < lb ? -1 : 1;
  for (; i < a.length; i++, j++) {
    const x = a[i] as number;
    const y = b[j] as number;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

export function concatBytes(...parts: readonly Bytes[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The bytes as an unsigned big-endian integer; empty is 0. */
export function toUnsigned(bytes: Bytes): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${lowerHex(bytes)}`);
}

/** Minimal unsigned big-endian bytes; zero is one byte `00` (spec 01 §1). Throws `range` when negative. */
export function fromUnsigned(value: bigint): Bytes {
  if (value < 0n) throw new ProtocolError("range", "negative integer has no unsigned form");
  return hexBytes(evenDigits(value.toString(16)));
}

/** The bytes as a two's complement big-endian integer. Throws `malformed` when empty. */
export function toSigned(bytes: Bytes): bigint {
  if (bytes.length === 0) throw new ProtocolError("malformed", "zero-length integer");
  const value = toUnsigned(bytes);
  return (bytes[0] as number) & 0x80 ? value - (1n << BigInt(8 * bytes.length)) : value;
}

/** Minimal two's complement big-endian bytes: 0 is `00`, 128 is `0080`, -1 is `FF`. */
export function fromSigned(value: bigint): Bytes {
  if (value >= 0n) {
    const bytes = fromUnsigned(value);
    return (bytes[0] as number) & 0x80 ? concatBytes(ZERO_ID, bytes) : bytes;
  }
  const magnitudeBits = (-value - 1n).toString(2).length;
  const length = Math.floor(magnitudeBits / 8) + 1;
  return fromUnsigned((1n << BigInt(8 * length)) + value);
}

/** Prefixes zero bytes until there are at least `length`. */
export function padLeft(bytes: Bytes, length: number): Bytes {
  if (bytes.length >= length) return bytes;
  const out = new Uint8Array(length);
  out.set(bytes, length - bytes.length);
  return out;
}
