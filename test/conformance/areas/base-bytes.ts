import { sha2, sha3 } from "../../../host/core/hash.js";
import { addressOf, addressToJSON, readAddress, writeAddress } from "../../../host/protocol/address.js";
import {
  type Bytes,
  compareUnsigned,
  concatBytes,
  equalBytes,
  fromUnsigned,
  MAX_HASH,
  padLeft,
  parseHex,
  toHex,
  toHex0x,
  toUnsigned,
} from "../../../host/protocol/bytes.js";
import { ProtocolError } from "../../../host/protocol/errors.js";
import { hashWith } from "../../../host/protocol/hash.js";
import { printJson } from "../../../host/protocol/json.js";
import { decodeMx, encodeMx, fromBase32, toBase32 } from "../../../host/protocol/mx.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import { decode, Reader } from "../../../host/protocol/reader.js";
import { encode, Writer } from "../../../host/protocol/writer.js";
import type { Case } from "../area.js";
import { each, refused, same } from "../checks.js";

/** Hex of the vectors: any case, no prefix needed. */
export const fromHex = (hex: string): Bytes => new Uint8Array(Buffer.from(hex.replace(/^0x/i, ""), "hex"));

/** Lower-case hex without prefix, as the vectors have it. */
export const lowerHex = (bytes: Bytes): string => toHex(bytes).toLowerCase();

/** What `fill` writes. */
export function wire(fill: (writer: Writer) => void): Bytes {
  const writer = new Writer();
  fill(writer);
  return writer.toBytes();
}

interface ErrorResult {
  readonly error?: string;
}

interface DataParse extends ErrorResult {
  readonly in: string;
  readonly str: string;
  readonly length: number;
  readonly value: string;
  readonly ser: string;
  readonly hashSer?: string;
}

interface DataRead extends ErrorResult {
  readonly str?: string;
  readonly unread?: number;
}

interface DataPair {
  readonly a: string;
  readonly b: string;
  readonly equal: boolean;
  readonly compare: number;
  readonly less: boolean;
  readonly lessEqual: boolean;
  readonly more: boolean;
  readonly moreEqual: boolean;
  readonly concat: string;
  readonly n: number;
  readonly shiftr: string;
  readonly shiftl: string;
}

interface DataFile {
  readonly parse: readonly DataParse[];
  readonly read: readonly { readonly bytes: string; readonly data: DataRead; readonly hash: DataRead; readonly size32: DataRead }[];
  readonly biginteger: readonly ({ readonly in: string; readonly str: string } & ErrorResult)[];
  readonly pairs: readonly DataPair[];
  readonly padLeft: readonly { readonly in: string; readonly min: number; readonly out: string }[];
}

export function* miniData(data: unknown): Iterable<Case> {
  const file = data as DataFile;
  yield* each("parse", file.parse, (c) => {
    if (c.error !== undefined) {
      refused(() => parseHex(c.in), c.error);
      return;
    }
    const bytes = parseHex(c.in);
    same([toHex0x(bytes), bytes.length, String(toUnsigned(bytes))], [c.str, c.length, c.value], c.in);
    same(lowerHex(wire((w) => w.data(bytes))), c.ser, "encoding");
    if (c.hashSer !== undefined) same(lowerHex(wire((w) => w.hash(bytes))), c.hashSer, "hash encoding");
    else refused(() => wire((w) => w.hash(bytes)), "hash writer");
  });
  yield* each("read", file.read, (c) => {
    checkRead(c.bytes, (r) => r.data(), c.data);
    checkRead(c.bytes, (r) => r.hash(), c.hash);
    checkRead(c.bytes, exactly32, c.size32);
  });
  yield* each("biginteger", file.biginteger, (c) => {
    if (c.error !== undefined) refused(() => fromUnsigned(BigInt(c.in)), c.error);
    else same(toHex0x(fromUnsigned(BigInt(c.in))), c.str, c.in);
  });
  yield* each("pairs", file.pairs, checkPair);
  yield* each("padLeft", file.padLeft, (c) => same(toHex0x(padLeft(parseHex(c.in), c.min)), c.out));
}

function exactly32(reader: Reader): Bytes {
  const bytes = reader.data();
  if (bytes.length !== 32) throw new ProtocolError("limit", "not 32 bytes");
  return bytes;
}

function checkRead(input: string, read: (reader: Reader) => Bytes, expected: DataRead): void {
  const reader = new Reader(fromHex(input));
  if (expected.error !== undefined) {
    refused(() => read(reader), expected.error);
    return;
  }
  same(toHex0x(read(reader)), expected.str, input);
  if (expected.unread !== undefined) same(reader.remaining, expected.unread, `unread of ${input}`);
}

function checkPair(c: DataPair): void {
  const a = parseHex(c.a);
  const b = parseHex(c.b);
  const order = compareUnsigned(a, b);
  same(
    [equalBytes(a, b), order, order < 0, order <= 0, order > 0, order >= 0],
    [c.equal, c.compare, c.less, c.lessEqual, c.more, c.moreEqual],
    `${c.a} and ${c.b}`,
  );
  same(toHex0x(concatBytes(a, b)), c.concat, "concat");
  same(toHex0x(fromUnsigned(toUnsigned(a) >> BigInt(c.n))), c.shiftr, "shiftr");
  same(toHex0x(fromUnsigned(toUnsigned(a) << BigInt(c.n))), c.shiftl, "shiftl");
}

interface StringFile {
  readonly string: readonly { readonly in: string; readonly ser: string; readonly str: string }[];
  readonly stringRead: readonly ({
    readonly bytes: string;
    readonly str: string;
    readonly reser: string;
    readonly unread: number;
  } & ErrorResult)[];
  readonly byte: readonly { readonly in: number; readonly ser: string; readonly value: number; readonly isTrue: boolean }[];
}

export function* miniStringAndByte(data: unknown): Iterable<Case> {
  const file = data as StringFile;
  yield* each("string", file.string, (c) => {
    const bytes = wire((w) => w.string(c.in));
    same(lowerHex(bytes), c.ser);
    same(new Reader(bytes).string(), c.str);
  });
  yield* each("stringRead", file.stringRead, (c) => {
    const reader = new Reader(fromHex(c.bytes));
    if (c.error !== undefined) {
      refused(() => reader.string(), c.error);
      return;
    }
    const text = reader.string();
    same([text, reader.remaining], [c.str, c.unread], c.bytes);
    same(lowerHex(wire((w) => w.string(text))), c.reser, "re-encoding");
  });
  yield* each("byte", file.byte, (c) => {
    const bytes = wire((w) => w.byte(c.in));
    same([lowerHex(bytes), new Reader(bytes).byte(), new Reader(bytes).flag()], [c.ser, c.value, c.isTrue]);
  });
}

interface HashedObject {
  readonly type: "data" | "number" | "string" | "byte";
  readonly v: string;
}

interface HashFile {
  readonly hashData: readonly { readonly in: string; readonly sha3: string; readonly sha2: string }[];
  readonly hashObject: readonly { readonly object: HashedObject; readonly hash: string }[];
  readonly hashAllObjects: readonly { readonly objects: readonly HashedObject[]; readonly hash: string; readonly hashObjects?: string }[];
  readonly maxHash: string;
}

function writeObject(writer: Writer, object: HashedObject): void {
  if (object.type === "data") writer.data(parseHex(object.v));
  else if (object.type === "number") writer.number(MiniNumber.parse(object.v));
  else if (object.type === "string") writer.string(object.v);
  else writer.byte(Number(object.v));
}

function hashAll(objects: readonly HashedObject[]): string {
  return toHex0x(
    hashWith((writer) => {
      for (const object of objects) writeObject(writer, object);
    }),
  );
}

export function* hashes(data: unknown): Iterable<Case> {
  const file = data as HashFile;
  yield* each("hashData", file.hashData, (c) => same([lowerHex(sha3(fromHex(c.in))), lowerHex(sha2(fromHex(c.in)))], [c.sha3, c.sha2]));
  yield* each("hashObject", file.hashObject, (c) => same(hashAll([c.object]), c.hash));
  yield* each("hashAllObjects", file.hashAllObjects, (c) => {
    same(hashAll(c.objects), c.hash);
    if (c.hashObjects !== undefined) same(hashAll(c.objects), c.hashObjects);
  });
  yield* each("maxHash", [file.maxHash], (hash) => same(toHex0x(MAX_HASH), hash));
}

interface MxFile {
  readonly encode: readonly { readonly hex: string; readonly mx: string }[];
  readonly decode: readonly ({ readonly mx: string; readonly hex: string; readonly payload?: string } & ErrorResult)[];
  readonly base32: readonly { readonly in: string; readonly enc32: string; readonly dec32: string }[];
}

export function* mxAddresses(data: unknown): Iterable<Case> {
  const file = data as MxFile;
  yield* each("encode", file.encode, (c) => {
    same(encodeMx(parseHex(c.hex)), c.mx);
    same(toHex0x(decodeMx(c.mx)), c.hex);
  });
  yield* each("decode", file.decode, (c) => {
    if (c.payload !== undefined) same(lowerHex(fromBase32(c.mx)), c.payload.replace(/^(00)+(?=.)/, ""), "payload");
    if (c.error !== undefined) refused(() => decodeMx(c.mx), c.error);
    else same(toHex0x(decodeMx(c.mx)), c.hex, c.mx);
  });
  yield* each("base32", file.base32, (c) => {
    same(toBase32(fromHex(c.in)), c.enc32);
    same(lowerHex(fromBase32(c.enc32)), c.dec32);
  });
}

interface ScriptAddressCase {
  readonly script: string;
  readonly address: string;
  readonly mx: string;
  readonly ser: string;
  readonly json: string;
}

export function scriptAddresses(data: unknown): Iterable<Case> {
  return each("address", (data as { cases: readonly ScriptAddressCase[] }).cases, (c) => {
    const address = addressOf(c.script);
    same([toHex0x(address.address), encodeMx(address.address)], [c.address, c.mx]);
    same(lowerHex(encode(writeAddress, address)), c.ser, "encoding");
    same(lowerHex(encode(writeAddress, decode(readAddress, fromHex(c.ser)))), c.ser, "re-encoding");
    same(printJson(addressToJSON(address)), c.json, "JSON");
  });
}
