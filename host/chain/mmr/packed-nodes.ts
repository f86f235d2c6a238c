import type { Bytes } from "../../protocol/bytes.js";
import { ProtocolError } from "../../protocol/errors.js";
import { type MMRData, readMMRData, writeMMRData } from "../../protocol/mmr-objects.js";
import { decode } from "../../protocol/reader.js";
import { Writer } from "../../protocol/writer.js";

/**
 * Nodes by key in one block of memory: how many, sorted keys, where their encodings end, encodings. About 50 bytes a node where objects
 * take 300; a node is decoded when it is asked for.
 */
export class PackedNodes {
  readonly #keys: Float64Array;
  readonly #ends: Uint32Array;
  /** All of it. */
  readonly bytes: Bytes;

  /** Nodes that were packed before, at the beginning of `packed`, which is kept. Throws `malformed`. */
  constructor(packed: Bytes) {
    const { buffer, byteOffset, length } = packed;
    const count = length < 8 || byteOffset % 8 !== 0 ? -1 : (new Float64Array(buffer, byteOffset, 1)[0] as number);
    if (!(count >= 0 && 8 + 12 * count <= length)) throw new ProtocolError("malformed", "these are no packed nodes");
    this.#keys = new Float64Array(buffer, byteOffset + 8, count);
    this.#ends = new Uint32Array(buffer, byteOffset + 8 + 8 * count, count);
    const end = 8 + 12 * count + (this.#ends[count - 1] ?? 0);
    if (end > length) throw new ProtocolError("malformed", "packed nodes are cut off");
    this.bytes = packed.subarray(0, end);
  }

  static pack(nodes: ReadonlyMap<number, MMRData>): PackedNodes {
    const keys = Float64Array.from(nodes.keys()).sort();
    const writer = new Writer(48 * keys.length);
    const ends: number[] = [];
    for (const key of keys) {
      writeMMRData(writer, nodes.get(key) as MMRData);
      ends.push(writer.length);
    }
    const buffer = new ArrayBuffer(8 + 12 * keys.length + writer.length);
    new Float64Array(buffer, 0, 1 + keys.length).set([keys.length, ...keys]);
    new Uint32Array(buffer, 8 + 8 * keys.length, ends.length).set(ends);
    const bytes = new Uint8Array(buffer);
    bytes.set(writer.toBytes(), 8 + 12 * keys.length);
    return new PackedNodes(bytes);
  }

  get size(): number {
    return this.#keys.length;
  }

  /** Ascending. */
  keys(): Iterable<number> {
    return this.#keys;
  }

  get(key: number): MMRData | undefined {
    const keys = this.#keys;
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] as number) < key) low = middle + 1;
      else high = middle;
    }
    return keys[low] === key ? this.#at(low) : undefined;
  }

  *entries(): IterableIterator<[number, MMRData]> {
    for (const [i, key] of this.#keys.entries()) yield [key, this.#at(i)];
  }

  #at(index: number): MMRData {
    const first = 8 + 12 * this.#keys.length;
    const start = index === 0 ? 0 : (this.#ends[index - 1] as number);
    return decode(readMMRData, this.bytes.subarray(first + start, first + (this.#ends[index] as number)));
  }
}
