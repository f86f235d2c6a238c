import { sha3, sha3Each } from "../core/hash.js";
import type { Bytes } from "./bytes.js";
import { Writer } from "./writer.js";

/** hashObject (spec 01 §6): SHA3-256 of an object's encoding. */
export function hashObject<T>(write: (writer: Writer, item: T) => void, item: T): Bytes {
  return hashWith((writer) => write(writer, item));
}

/** SHA3-256 of whatever `fill` writes: hashAllObjects for any mix of objects (spec 01 §6). */
export function hashWith(fill: (writer: Writer) => void): Bytes {
  const writer = new Writer();
  fill(writer);
  return sha3(writer.toBytes());
}

/** `hashObject` of each of several small objects, in one call of the core for many. Clears the writer, which only saves making another. */
export function hashEach<T>(write: (writer: Writer, item: T) => void, items: readonly T[], writer = new Writer()): Bytes[] {
  writer.clear();
  const ends = items.map((item) => {
    write(writer, item);
    return writer.length;
  });
  return sha3Each(writer.written, ends);
}
