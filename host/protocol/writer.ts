import { type Bytes, fromSigned } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import { MiniNumber } from "./number.js";
import { MAX_HASH_LENGTH } from "./reader.js";
import { encodeUtf8 } from "./text.js";

/** Unscaled values below this take the way over doubles. */
const MAX_FAST = 1n << 47n;

/** Appends protocol values to a growing buffer. */
export class Writer {
  #buffer: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(capacity = 256) {
    this.#buffer = new Uint8Array(capacity);
    this.#view = new DataView(this.#buffer.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** A copy of what was written so far. */
  toBytes(): Bytes {
    return this.#buffer.slice(0, this.#length);
  }

  /** What was written so far, as long as nothing more is. */
  get written(): Bytes {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Starts again with nothing. */
  clear(): void {
    this.#length = 0;
  }

  #grow(extra: number): number {
    const at = this.#length;
    const needed = at + extra;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, at));
      this.#buffer = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#length = needed;
    return at;
  }

  byte(value: number): void {
    const at = this.#grow(1);
    this.#buffer[at] = value;
  }

  flag(value: boolean): void {
    this.byte(value ? 1 : 0);
  }

  int32(value: number): void {
    const at = this.#grow(4);
    this.#view.setInt32(at, value);
  }

  int16(value: number): void {
    const at = this.#grow(2);
    this.#view.setInt16(at, value);
  }

  raw(bytes: Bytes): void {
    const at = this.#grow(bytes.length);
    this.#buffer.set(bytes, at);
  }

  data(bytes: Bytes): void {
    this.int32(bytes.length);
    this.raw(bytes);
  }

  /** A hash field. Throws `limit` above 64 bytes (spec 01 §1). */
  hash(bytes: Bytes): void {
    if (bytes.length > MAX_HASH_LENGTH)
      throw new ProtocolError("limit", `a hash of ${bytes.length} bytes is longer than ${MAX_HASH_LENGTH}`);
    this.data(bytes);
  }

  string(text: string): void {
    this.data(encodeUtf8(text));
  }

  /** MiniNumber: scale modulo 256, then the minimal unscaled value (spec 01 §4.4). */
  number(value: MiniNumber): void {
    this.byte(value.scale & 0xff);
    if (value.unscaled >= -MAX_FAST && value.unscaled < MAX_FAST) {
      this.#smallUnscaled(Number(value.unscaled));
    } else {
      const unscaled = fromSigned(value.unscaled);
      this.byte(unscaled.length);
      this.raw(unscaled);
    }
  }

  #smallUnscaled(value: number): void {
    let length = 1;
    for (let bound = 0x80; value >= bound || value < -bound; bound *= 0x100) length++;
    const at = this.#grow(1 + length);
    this.#buffer[at] = length;
    let rest = value;
    for (let i = at + length; i > at; i--) {
      this.#buffer[i] = rest;
      rest = Math.floor(rest / 0x100);
    }
  }

  /** A whole number as MiniNumber of scale 0: counts, indexes, block numbers. */
  integer(value: number | bigint): void {
    this.number(MiniNumber.of(value));
  }

  list<T>(items: readonly T[], write: (writer: Writer, item: T) => void): void {
    this.integer(items.length);
    for (const item of items) write(this, item);
  }
}

/** The encoding of one object. */
export function encode<T>(write: (writer: Writer, item: T) => void, item: T): Bytes {
  const writer = new Writer();
  write(writer, item);
  return writer.toBytes();
}
