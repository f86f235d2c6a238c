import { createHash } from "node:crypto";
import { parseHex, toHex0x } from "../../../host/protocol/bytes.js";
import { escapeJson, JsonDouble, type JsonValue, parseJson, printJson, RawJson } from "../../../host/protocol/json.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import { BIP39_ENGLISH } from "../../../host/wallet/bip39-english.js";
import { cleanPhrase, keyModifier, keySeed, phraseSeed } from "../../../host/wallet/seedphrase.js";
import type { Case } from "../area.js";
import { each, refused, same } from "../checks.js";

interface JsonFile {
  readonly escape: readonly { readonly in: string; readonly out: string }[];
  readonly print: readonly { readonly type: string; readonly in: string; readonly out: string }[];
  readonly parse: readonly { readonly in: string; readonly type?: string; readonly out?: string; readonly error?: string }[];
}

export function* json(data: unknown): Iterable<Case> {
  const file = data as JsonFile;
  yield* each("escape", file.escape, (c) => {
    same(printJson(c.in), c.out);
    same(`"${escapeJson(c.in)}"`, c.out);
    same(parseJson(c.out), c.in, "parsed again");
  });
  yield* each("print", file.print, (c) => same(printJson(printable(c.type, c.in)), c.out));
  yield* each("parse", file.parse, (c) => {
    if (c.error !== undefined) {
      refused(() => printJson(parseJson(c.in)), c.error);
      return;
    }
    const value = parseJson(c.in);
    same([typeOf(value), printJson(value)], [c.type, c.out], c.in);
  });
}

function printable(type: string, text: string): JsonValue {
  switch (type) {
    case "double":
      return new JsonDouble(Number(text));
    case "long":
      return BigInt(text);
    case "MiniNumber object":
      return new RawJson(MiniNumber.parse(text).toString());
    case "MiniByte object":
    case "MiniString object":
      return new RawJson(text);
    case "MiniData object":
      return new RawJson(toHex0x(parseHex(text)));
    default:
      throw new Error(`unknown type ${type}`);
  }
}

function typeOf(value: JsonValue): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return "Boolean";
  if (typeof value === "bigint") return "Long";
  if (typeof value === "string") return "String";
  if (value instanceof JsonDouble) return "Double";
  return Array.isArray(value) ? "JSONArray" : "JSONObject";
}

interface SeedFile {
  readonly wordlist: { readonly count: number; readonly sha256OfWordsJoinedWithTrailingNewline: string };
  readonly phrases: readonly {
    readonly phrase: string;
    readonly seed: string;
    readonly keys: readonly { readonly index: number; readonly modifier: string; readonly privseed: string }[];
  }[];
  readonly clean: readonly { readonly in: string; readonly out: string; readonly seed?: string; readonly error?: string }[];
}

export function* seedPhrase(data: unknown): Iterable<Case> {
  const file = data as SeedFile;
  yield* each("wordlist", [file.wordlist], (list) => {
    const joined = BIP39_ENGLISH.map((word) => `${word}\n`).join("");
    const hash = createHash("sha256").update(joined).digest("hex");
    same([BIP39_ENGLISH.length, hash], [list.count, list.sha256OfWordsJoinedWithTrailingNewline]);
  });
  yield* each("phrases", file.phrases, (c) => {
    const seed = phraseSeed(c.phrase);
    same(toHex0x(seed), c.seed);
    for (const key of c.keys)
      same([toHex0x(keyModifier(key.index)), toHex0x(keySeed(seed, key.index))], [key.modifier, key.privseed], `key ${key.index}`);
  });
  yield* each("clean", file.clean, (c) => {
    if (c.error !== undefined) {
      refused(() => cleanPhrase(c.in), c.error);
      return;
    }
    const phrase = cleanPhrase(c.in);
    same(phrase, c.out);
    if (c.seed !== undefined) same(toHex0x(phraseSeed(phrase)), c.seed);
  });
}
