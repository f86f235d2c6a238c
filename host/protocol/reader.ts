import { type Bytes, toSigned } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import { MiniNumber } from "./number.js";
import { decodeUtf8 } from "./text.js";

/** 512 MiB: the largest MiniData or MiniString a decoder accepts (spec 01 §1). */
export const MAX_DATA_LENGTH = 0x20000000;
/** The longest hash field a decoder or encoder accepts (spec 01 §1). */
export const MAX_HASH_LENGTH = 64;

/**
 * Reads protocol values from one message. Every method throws `ProtocolError` and never allocates more than the message holds.
 * Returned byte arrays are copies and do not keep the message alive, except where the message is a Buffer: then they are views of it.
 */
export class Reader {
  #at = 0;
  readonly #view: DataView;

  constructor(readonly bytes: Bytes) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.bytes.length - this.#at;
  }

  #take(length: number): number {
    const at = this.#at;
    if (!(length >= 0 && length <= this.bytes.length - at))
      throw new ProtocolError("truncated", `input ends at ${this.bytes.length}, ${length} bytes wanted at ${at}`);
    this.#at = at + length;
    return at;
  }

  /** MiniByte: 0..255. */
  byte(): number {
    return this.bytes[this.#take(1)] as number;
  }

  /** A boolean: any non-zero byte is true (spec 01 §3). */
  flag(): boolean {
    return this.byte() !== 0;
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4));
  }

  int16(): number {
    return this.#view.getInt16(this.#take(2));
  }

  /** `length` raw bytes, copied. */
  raw(length: number): Bytes {
    const at = this.#take(length);
    return this.bytes.slice(at, at + length);
  }

  /** MiniData (spec 01 §1). */
  data(): Bytes {
    return this.raw(this.#dataLength());
  }

  #dataLength(): number {
    const length = this.int32();
    if (length < 0 || length > MAX_DATA_LENGTH) throw new ProtocolError("limit", `data length ${length} is outside 0..${MAX_DATA_LENGTH}`);
    return length;
  }

  /** MiniData in a hash field: 0..64 bytes (spec 01 §1, Q9). */
  hash(): Bytes {
    const length = this.int32();
    if (length < 0 || length > MAX_HASH_LENGTH) throw new ProtocolError("limit", `hash length ${length} is outside 0..${MAX_HASH_LENGTH}`);
    return this.raw(length);
  }

  /** MiniString (spec 01 §2). */
  string(): string {
    const length = this.#dataLength();
    const at = this.#take(length);
    return decodeUtf8(this.bytes.subarray(at, at + length));
  }

  /** MiniNumber (spec 01 §4.4). */
  number(): MiniNumber {
    const scale = this.#view.getInt8(this.#take(1));
    const length = this.#view.getInt8(this.#take(1));
    if (length < 1 || length > 32) throw new ProtocolError("limit", `number length ${length} is outside 1..32`);
    const at = this.#take(length);
    if (length <= 6) {
      let value = this.#view.getInt8(at);
      for (let i = 1; i < length; i++) value = value * 256 + (this.bytes[at + i] as number);
      return MiniNumber.fromWire(BigInt(value), scale);
    }
    return MiniNumber.fromWire(toSigned(this.bytes.subarray(at, at + length)), scale);
  }

  /** A count: the low 32 bits of a number's integer part, as signed; negative means an empty list (spec 02 §23). */
  count(): number {
    return Math.max(0, this.number().toInt32());
  }

  /**
   * A counted list. A count that the rest of the message cannot hold, at `minimumBytes` an element, ends as `truncated`
   * before anything is allocated.
   */
  list<T>(minimumBytes: number, read: (reader: Reader) => T): T[] {
    const count = this.count();
    if (count * minimumBytes > this.remaining)
      throw new ProtocolError("truncated", `a list of ${count} elements does not fit in ${this.remaining} bytes`);
    const list: T[] = [];
    for (let i = 0; i < count; i++) list.push(read(this));
    return list;
  }
}

/** Decodes one object; bytes after it are ignored (spec 02 §1.1). */
export function decode<T>(read: (reader: Reader) => T, bytes: Bytes): T {
  return read(new Reader(bytes));
}

/** The same for an object that lives long: its byte arrays are views of `bytes`, which it keeps alive as a whole. */
export function decodeShared<T>(read: (reader: Reader) => T, bytes: Bytes): T {
  return read(new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
}
