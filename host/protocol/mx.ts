import { sha3 } from "../core/hash.js";
import { type Bytes, equalBytes, parseHex, toHex0x } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import { Reader } from "./reader.js";
import { Writer } from "./writer.js";

/** The 32 digits: base 32 of `0-9A-V` with I, L, O shown as W, Y, Z (spec 01 §7.2). */
const DIGITS = "0123456789abcdefghwjkymnzpqrstuv";
/** Accepted in place of w, y, z. */
const ALIASES: Readonly<Record<string, string>> = { i: "w", l: "y", o: "z" };
const HEADER = 1;
const MAX_DATA = 32767;
const CHECKSUM_LENGTH = 4;

const checksum = (data: Bytes): Bytes => sha3(data).subarray(0, CHECKSUM_LENGTH);

/** The Mx text form of any bytes (spec 01 §7.2). Throws `limit` above 32 767 bytes. */
export function encodeMx(data: Bytes): string {
  if (data.length > MAX_DATA) throw new ProtocolError("limit", `Mx data is longer than ${MAX_DATA} bytes`);
  const writer = new Writer(data.length + 8);
  writer.byte(HEADER);
  writer.int16(data.length);
  writer.raw(data);
  writer.raw(checksum(data));
  return toBase32(writer.toBytes());
}

/** Decodes Mx text; the prefix is optional and bytes after the checksum are ignored (spec 01 §7.2, Q12). Throws `malformed` or `truncated`. */
export function decodeMx(text: string): Bytes {
  const reader = new Reader(fromBase32(text));
  if (reader.byte() !== HEADER) throw new ProtocolError("malformed", "not an Mx text");
  const length = reader.int16();
  if (length < 0) throw new ProtocolError("malformed", "negative length in Mx text");
  const data = reader.raw(length);
  if (!equalBytes(reader.raw(CHECKSUM_LENGTH), checksum(data))) throw new ProtocolError("malformed", "wrong checksum in Mx text");
  return data;
}

/** `Mx` and the bytes as an unsigned integer in base 32; leading zero bytes are lost (spec 01 §7.2). */
export function toBase32(bytes: Bytes): string {
  let digits = "";
  let pending = 0;
  let bits = 0;
  for (let i = bytes.length - 1; i >= 0; i--) {
    pending |= (bytes[i] as number) << bits;
    bits += 8;
    for (; bits >= 5; bits -= 5) {
      digits = DIGITS.charAt(pending & 31) + digits;
      pending >>>= 5;
    }
  }
  digits = (DIGITS.charAt(pending) + digits).replace(/^0+/, "");
  return `Mx${digits === "" ? "0" : digits.toUpperCase()}`;
}

/** The integer of a base-32 text as minimal bytes; zero is one byte (spec 01 §7.2). Throws `malformed`. */
export function fromBase32(text: string): Bytes {
  const bare = text.toLowerCase().replace(/^mx/, "").replace(/^\+/, "");
  if (bare === "") throw new ProtocolError("malformed", "empty base 32 text");
  const bytes = new Uint8Array(Math.ceil((bare.length * 5) / 8));
  let at = bytes.length;
  let pending = 0;
  let bits = 0;
  for (let i = bare.length - 1; i >= 0; i--) {
    const c = bare.charAt(i);
    const digit = DIGITS.indexOf(ALIASES[c] ?? c);
    if (digit < 0) throw new ProtocolError("malformed", "not a base 32 text");
    pending |= digit << bits;
    bits += 5;
    if (bits >= 8) {
      bytes[--at] = pending & 0xff;
      pending >>>= 8;
      bits -= 8;
    }
  }
  if (at > 0) bytes[--at] = pending;
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? Uint8Array.of(0) : bytes.slice(first);
}

/** The canonical form of an address parameter: Mx text and hex become upper-case hex, other text is unchanged (spec 01 §7.3). */
export function canonicalAddress(text: string): string {
  if (/^mx/i.test(text)) return toHex0x(decodeMx(text));
  return text.startsWith("0x") ? toHex0x(parseHex(text)) : text;
}
