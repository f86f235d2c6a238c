import { toHex0x } from "../../../host/protocol/bytes.js";
import type { ProtocolError } from "../../../host/protocol/errors.js";
import { printJson } from "../../../host/protocol/json.js";
import { Reader } from "../../../host/protocol/reader.js";
import { encode } from "../../../host/protocol/writer.js";
import { refused, same } from "../checks.js";
import { fromHex } from "./base-bytes.js";
import { type ObjectCodec, objectCodecs } from "./objects-codecs.js";
import { type Derived, derivedOf, trimZeros } from "./objects-derived.js";

/** One vector of an object, as far as all files agree. */
export interface ObjectVector {
  readonly name: string;
  readonly object?: string;
  readonly hex?: string;
  readonly canonical?: string;
  readonly expect?: "accept" | "reject";
  readonly unread?: number;
  readonly json?: unknown;
  readonly json_error?: string;
  readonly ids?: Readonly<Record<string, unknown>>;
  readonly ids_error?: string;
  readonly error?: string;
}

export function codecOf(vector: ObjectVector): ObjectCodec {
  const codec = objectCodecs[vector.object ?? ""];
  if (codec === undefined) throw new Error(`no object is called ${vector.object}`);
  return codec;
}

/** Decodes the object of a vector. */
export function objectOf<T>(vector: ObjectVector): T {
  return codecOf(vector).read(new Reader(fromHex(vector.hex ?? ""))) as T;
}

/** Checks everything a vector says: bytes, text, derived values. `derived` overrides how these are calculated. */
export function checkObject(vector: ObjectVector, derived?: (object: never) => Derived): void {
  const codec = codecOf(vector);
  const bytes = fromHex(vector.hex ?? "");
  if (vector.expect === "reject") {
    refused(() => toHex0x(encode(codec.write, codec.read(new Reader(bytes)))), vector.error ?? "rejected by the reference");
    return;
  }
  const reader = new Reader(bytes);
  const object = codec.read(reader);
  if (vector.unread !== undefined) same(reader.remaining, vector.unread, "unread bytes");
  const canonical = fromHex(vector.canonical ?? vector.hex ?? "");
  if (vector.unread !== undefined || vector.canonical !== undefined || codec.toJSON !== undefined)
    same(toHex0x(encode(codec.write, object)), toHex0x(canonical), "encoding");
  same(toHex0x(encode(codec.write, codec.read(new Reader(bytes)))), toHex0x(canonical), "second encoding");
  checkDerived(vector, (derived ?? derivedOf[vector.object ?? ""] ?? (() => ({})))(object as never));
  checkJson(vector, codec, object);
}

function checkDerived(vector: ObjectVector, derived: Derived): void {
  for (const [key, expected] of Object.entries(vector.ids ?? {})) {
    const failing = key.endsWith("_error") ? key.slice(0, -"_error".length) : undefined;
    const derive = derived[failing ?? key];
    if (derive === undefined) throw new Error(`nobody derives ${key}`);
    if (failing !== undefined) refused(derive, String(expected));
    else if (key.endsWith("weight")) same(trimZeros(derive()), trimZeros(expected), key);
    else same(JSON.stringify(derive()), JSON.stringify(expected), key);
  }
  if (vector.ids_error !== undefined) refused(() => Object.values(derived).map((derive) => derive()), vector.ids_error);
}

/** Compares with the order of keys. */
function checkJson(vector: ObjectVector, { toJSON }: ObjectCodec, object: unknown): void {
  if (toJSON === undefined) return;
  if (vector.json_error !== undefined) {
    const printed = attempt(() => JSON.parse(printJson(toJSON(object))));
    if (printed === undefined) return;
    throw new Error(`printed, where the reference has ${vector.json_error}`);
  }
  if (vector.json !== undefined) same(JSON.stringify(JSON.parse(printJson(toJSON(object)))), JSON.stringify(vector.json), "JSON");
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof SyntaxError || (error as Partial<ProtocolError>).name === "ProtocolError") return undefined;
    throw error;
  }
}
