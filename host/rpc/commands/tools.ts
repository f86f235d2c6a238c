import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { sha2, sha3 } from "../../core/hash.js";
import { localZone } from "../../node/local-zone.js";
import type { MinimoteNode } from "../../node/node.js";
import { type Bytes, parseHex, toHex0x } from "../../protocol/bytes.js";
import { type JsonObject, jsonObject, printJson } from "../../protocol/json.js";
import { javaDateText } from "../../protocol/json-views/java-date.js";
import { decodeMx, encodeMx, toBase32 } from "../../protocol/mx.js";
import { MiniNumber } from "../../protocol/number.js";
import { decodeUtf8, encodeUtf8 } from "../../protocol/text.js";
import { forWriters, type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";
import { mmrcreate, mmrproof } from "./ad-hoc-mmr.js";
import { hashtest } from "./hashtest.js";
import { maths } from "./scripting.js";
import { seedrandom, sign, verify } from "./signatures.js";

type Command = RpcCommand<MinimoteNode>;

const MAX_RANDOM_BYTES = 65_536;
const KEYCODE_BYTES = 16;

/** JSON in its printed form (spec 09 §7.7). */
function textOf(params: Params, name: string): string {
  const value = params.values.get(name);
  return typeof value === "string" || value === undefined ? params.string(name) : printJson(value);
}

/** Text as HEX if it starts with `0x`, else as UTF-8 (spec 09 §7.7). */
function bytesOf(params: Params, name: string): { readonly text: string; readonly bytes: Bytes } {
  const text = textOf(params, name);
  return { text, bytes: text.startsWith("0x") ? params.data(name) : encodeUtf8(text) };
}

function typeOf(params: Params): "sha2" | "sha3" {
  const type = params.optionalString("type") ?? "sha3";
  if (type === "sha2" || type === "sha3") return type;
  throw new CommandError(`Invalid hash type : ${type}`);
}

function hashOf(params: Params, bytes: Bytes): { readonly type: string; readonly hash: Bytes } {
  const type = typeOf(params);
  return { type, hash: type === "sha2" ? sha2(bytes) : sha3(bytes) };
}

/** `hash`: hash some data (spec 09 §7.7). */
const hash: Command = {
  name: "hash",
  summary: "Hash some data",
  details: `hash data:|file: (type:sha3|sha2)

data: a text, or bytes as 0x...
file: a file of the machine the node runs on, instead of data. A relative name is looked for in the data folder.
type: sha3 if not given.

hash data:hello
hash data:0xFFEE type:sha2
hash file:/home/me/picture.jpg`,
  params: ["data", "type", "file"],
  write: false,
  run: async (params, { config }, mode) => {
    if (params.has("file")) {
      forWriters(mode);
      return response(await hashFile(resolve(config.dataDir, params.string("file")), params));
    }
    const { text, bytes } = bytesOf(params, "data");
    const result = hashOf(params, bytes);
    return response(jsonObject(["input", text], ["data", toHex0x(bytes)], ["type", result.type], ["hash", toHex0x(result.hash)]));
  },
};

async function hashFile(path: string, params: Params): Promise<JsonObject> {
  const type = typeOf(params);
  const size = await stat(path)
    .then((found) => (found.isFile() ? found.size : undefined))
    .catch(() => undefined);
  if (size === undefined) throw new CommandError(`File doesn't exist : ${path}`);
  const digest = createHash(type === "sha2" ? "sha256" : "sha3-256");
  await pipeline(createReadStream(path), digest);
  return jsonObject(
    ["file", basename(path)],
    ["path", path],
    ["size", size],
    ["type", type],
    ["hash", toHex0x(new Uint8Array(digest.digest()))],
  );
}

/** `random`: random bytes (spec 09 §7.7). */
const random: Command = {
  name: "random",
  summary: "Make random bytes",
  details: `random (size:) (type:sha3|sha2)

size: bytes, 32 if not given.
type: the hash that is shown, too; sha3 if not given.

random
random size:64`,
  params: ["size", "type"],
  write: false,
  run: (params) => {
    const given = params.numberOr("size", MiniNumber.of(32));
    const size = given.toInt32();
    if (size < 0 || size > MAX_RANDOM_BYTES) throw new CommandError(`size must be from 0 to ${MAX_RANDOM_BYTES}`);
    const bytes = new Uint8Array(randomBytes(size));
    const result = hashOf(params, bytes);
    return response(
      jsonObject(
        ["size", given.toString()],
        ["random", toHex0x(bytes)],
        ["hashed", toHex0x(result.hash)],
        ["type", result.type],
        size < KEYCODE_BYTES ? undefined : ["keycode", keycode(bytes)],
      ),
    );
  },
};

/** Five groups of four characters of the base-32 form, without its first letters. */
function keycode(bytes: Bytes): string {
  const text = toBase32(bytes);
  return [2, 7, 12, 17, 22].map((at) => text.slice(at, at + 4)).join("-");
}

/** `convert`: between hex, Mx, text and base64 (spec 09 §7.7). */
const convert: Command = {
  name: "convert",
  summary: "Convert data between hex, mx, string and base64",
  details: `convert from:hex|mx|string|base64 to:hex|mx|string|base64 data:

from: the form of the data.
to: the form wanted.
data: what is converted.

convert from:string to:hex data:hello
convert from:hex to:mx data:0xFFEE`,
  params: ["from", "to", "data"],
  write: false,
  run: (params) => {
    const [from, to] = [params.string("from").toLowerCase(), params.string("to").toLowerCase()];
    return response(jsonObject(["conversion", encodeTo(to, decodeFrom(from, textOf(params, "data")))]));
  },
};

function decodeFrom(form: string, text: string): Bytes {
  switch (form) {
    case "hex":
      return parseHex(text);
    case "mx":
      return decodeMx(text);
    case "string":
      return encodeUtf8(text);
    case "base64":
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new CommandError("Illegal base64 character");
      return new Uint8Array(Buffer.from(text, "base64"));
    default:
      throw new CommandError(`Invalid FROM type : ${form}`);
  }
}

function encodeTo(form: string, bytes: Bytes): string {
  switch (form) {
    case "hex":
      return toHex0x(bytes);
    case "mx":
      return encodeMx(bytes);
    case "string":
      return decodeUtf8(bytes);
    case "base64":
      return Buffer.from(bytes).toString("base64");
    default:
      throw new CommandError(`Invalid TO type : ${form}`);
  }
}

/** `timemilli`: the clock, now or back in time (spec 09 §7.2). */
const timemilli: Command = {
  name: "timemilli",
  summary: "Show the time in milliseconds",
  details: `timemilli (minutesback:) (hoursback:)

minutesback: this many minutes ago.
hoursback: this many hours ago.

timemilli
timemilli hoursback:24`,
  params: ["minutesback", "hoursback"],
  write: false,
  run: (params) => {
    const minutes = params.has("minutesback") ? params.integerOr("minutesback", 0) : params.integerOr("hoursback", 0) * 60;
    const time = Date.now() - minutes * 60_000;
    return response(jsonObject(["timemilli", time], ["date", javaDateText(BigInt(time), localZone())]));
  },
};

export const TOOL_COMMANDS: readonly Command[] = [
  hash,
  random,
  convert,
  maths,
  hashtest,
  seedrandom,
  sign,
  verify,
  mmrcreate,
  mmrproof,
  timemilli,
];
