import type { Bytes } from "../../protocol/bytes.js";
import { type MMRData, readMMRData, writeMMRData } from "../../protocol/mmr-objects.js";
import { decode } from "../../protocol/reader.js";
import { Writer } from "../../protocol/writer.js";

/**
 * Nodes by key in one block of memory: sorted keys, offsets, encodings. About 50 bytes a node where objects take 300; a node is
 * decoded when it is asked for.
 */
export class PackedNodes {
  readonly #keys: Float64Array;
  readonly #ends: Uint32Array;
  readonly #bytes: Bytes;

  constructor(nodes: ReadonlyMap<number, MMRData>) {
    const keys = Float64Array.from(nodes.keys()).sort();
    const writer = new Writer(48 * keys.length);
    const ends: number[] = [];
    for (const key of keys) {
      writeMMRData(writer, nodes.get(key) as MMRData);
      ends.push(writer.length);
    }
    const buffer = new ArrayBuffer(12 * keys.length + writer.length);
    this.#keys = new Float64Array(buffer, 0, keys.length);
    this.#keys.set(keys);
    this.#ends = new Uint32Array(buffer, 8 * keys.length, keys.length);
    this.#ends.set(ends);
    this.#bytes = new Uint8Array(buffer, 12 * keys.length);
    this.#bytes.set(writer.toBytes());
  }

  get size(): number {
    return this.#keys.length;
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
    const start = index === 0 ? 0 : this.#ends[index - 1];
    return decode(readMMRData, this.#bytes.subarray(start, this.#ends[index]));
  }
}
