import { ProtocolError } from "./errors.js";
import { javaDouble } from "./java-double.js";

/** A floating point value, printed as Java prints it (`1.0`, `1.0E7`). */
export class JsonDouble {
  constructor(readonly value: number) {}
}

/** Text printed as it is, without quotes: MiniNumbers and MiniBytes put as objects (spec 01 §10.1). */
export class RawJson {
  constructor(readonly text: string) {}
}

/** An object. Keys keep insertion order; setting a key again keeps its first position (spec 01 §10). */
export type JsonObject = ReadonlyMap<string, JsonValue>;

/**
 * A value of the protocol's JSON dialect (spec 01 §10). Whole numbers are `bigint` (what the parser makes) or `number`
 * (a convenience for counts: must be a safe integer); anything with a fraction is a `JsonDouble`.
 */
export type JsonValue = null | boolean | string | number | bigint | JsonDouble | RawJson | readonly JsonValue[] | JsonObject;

/** Objects and arrays inside each other, at most. */
const MAX_DEPTH = 512;
const MAX_INT64 = (1n << 63n) - 1n;

/** An object of the given entries, in order; `undefined` stands for an entry that is left out. */
export function jsonObject(...entries: readonly (readonly [key: string, value: JsonValue] | undefined)[]): JsonObject {
  const object = new Map<string, JsonValue>();
  for (const entry of entries) if (entry !== undefined) object.set(entry[0], entry[1]);
  return object;
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}

export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Compact text, no whitespace (spec 01 §10.1). Throws `range` for a `number` that is no safe integer. */
export function printJson(value: JsonValue): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "string":
      return `"${escapeJson(value)}"`;
    case "boolean":
    case "bigint":
      return String(value);
    case "number":
      if (!Number.isSafeInteger(value)) throw new ProtocolError("range", "a JSON number that is no whole number");
      return String(value);
  }
  if (value instanceof RawJson) return value.text;
  if (value instanceof JsonDouble) return Number.isFinite(value.value) ? javaDouble(value.value) : "null";
  if (isJsonObject(value)) return `{${Array.from(value, ([key, item]) => `"${escapeJson(key)}":${printJson(item)}`).join(",")}}`;
  return `[${value.map(printJson).join(",")}]`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "/": "\\/",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** The inside of a printed string: escapes `/`, control characters and U+2000..20FF (spec 01 §10.1, Q14). */
export function escapeJson(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that have to be escaped
  return text.replace(/["\\/\u0000-\u001F\u007F-\u009F\u2000-\u20FF]/g, (c) => {
    return SHORT_ESCAPES[c] ?? `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  });
}

/**
 * Parses leniently, as the reference does: commas are optional and may repeat, so may colons; strings may hold raw control
 * characters (spec 01 §10.2). Throws `malformed`, `range` for an integer beyond 64 bits, `limit` for deep nesting.
 */
export function parseJson(text: string): JsonValue {
  const lexer = new Lexer(text);
  const open: Container[] = [];
  for (;;) {
    const token = lexer.next();
    const top = open.at(-1);
    let value: JsonValue;
    if (token === "[" || token === "{") {
      if (open.length === MAX_DEPTH) throw new ProtocolError("limit", `JSON nested deeper than ${MAX_DEPTH}`);
      if (top instanceof OpenObject && top.key === undefined) throw lexer.unexpected();
      open.push(token === "[" ? new OpenArray() : new OpenObject());
      continue;
    }
    if (typeof token === "object") {
      value = token.value;
    } else if (top !== undefined && token === top.close) {
      value = top.finished(lexer);
      open.pop();
    } else if (top?.skips(token) === true) {
      continue;
    } else {
      throw lexer.unexpected();
    }
    const parent = open.at(-1);
    if (parent === undefined) {
      if (lexer.next() !== "end") throw lexer.unexpected();
      return value;
    }
    parent.add(value, lexer);
  }
}

type Punctuation = "[" | "]" | "{" | "}" | "," | ":";
type Token = Punctuation | "end" | { readonly value: JsonValue };

/** An array whose closing bracket has not been read yet. */
class OpenArray {
  readonly close = "]";
  readonly #items: JsonValue[] = [];

  skips(token: Token): boolean {
    return token === ",";
  }

  add(value: JsonValue): void {
    this.#items.push(value);
  }

  finished(): JsonValue {
    return this.#items;
  }
}

/** An object whose closing brace has not been read yet. */
class OpenObject {
  readonly close = "}";
  /** The key that waits for its value. */
  key: string | undefined;
  readonly #entries = new Map<string, JsonValue>();

  skips(token: Token): boolean {
    return token === (this.key === undefined ? "," : ":");
  }

  add(value: JsonValue, lexer: Lexer): void {
    if (this.key !== undefined) {
      this.#entries.set(this.key, value);
      this.key = undefined;
    } else {
      if (typeof value !== "string") throw lexer.unexpected();
      this.key = value;
    }
  }

  finished(lexer: Lexer): JsonValue {
    if (this.key !== undefined) throw lexer.unexpected();
    return this.#entries;
  }
}

type Container = OpenArray | OpenObject;

const WORDS: readonly (readonly [string, JsonValue])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

const UNESCAPED: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\", "/": "/" };

class Lexer {
  #at = 0;
  #tokenStart = 0;

  constructor(readonly text: string) {}

  unexpected(): ProtocolError {
    return new ProtocolError("malformed", `unexpected JSON at position ${this.#tokenStart}`);
  }

  next(): Token {
    const start = this.#match(/[ \t\r\n]*/y).length + this.#at;
    this.#at = start;
    this.#tokenStart = start;
    const c = this.text[start];
    switch (c) {
      case undefined:
        return "end";
      case "[":
      case "]":
      case "{":
      case "}":
      case ",":
      case ":":
        this.#at++;
        return c;
      case '"': {
        const value = this.#string();
        return value === undefined ? "end" : { value };
      }
    }
    for (const [word, value] of WORDS) {
      if (!this.text.startsWith(word, start)) continue;
      this.#at += word.length;
      return { value };
    }
    const number = this.#match(/-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y);
    if (number === "") throw this.unexpected();
    this.#at += number.length;
    return { value: /[.eE]/.test(number) ? new JsonDouble(Number(number)) : parseInt64(number) };
  }

  #match(sticky: RegExp): string {
    sticky.lastIndex = this.#at;
    return sticky.exec(this.text)?.[0] ?? "";
  }

  /** An unknown or short escape keeps its backslash. A string without an end is the end of the text, as in the reference. */
  #string(): string | undefined {
    let text = "";
    this.#at++;
    for (;;) {
      const plain = this.#match(/[^"\\]*/y);
      text += plain;
      this.#at += plain.length;
      const c = this.text[this.#at++];
      if (c === '"') return text;
      if (c === undefined) return undefined;
      const unicode = this.#match(/u[0-9a-fA-F]{4}/y);
      const short = UNESCAPED[this.text[this.#at] ?? ""];
      if (unicode !== "") text += String.fromCharCode(Number.parseInt(unicode.slice(1), 16));
      else text += short ?? "\\";
      this.#at += unicode !== "" ? unicode.length : short !== undefined ? 1 : 0;
    }
  }
}

function parseInt64(text: string): bigint {
  const negative = text.startsWith("-");
  const digits = text.replace(/^-?0*/, "");
  const magnitude = digits.length > 19 ? MAX_INT64 + 2n : BigInt(digits);
  if (magnitude > MAX_INT64 + (negative ? 1n : 0n)) throw new ProtocolError("range", "JSON integer beyond 64 bits");
  return negative ? -magnitude : magnitude;
}

/** Re-indents compact JSON text for people: two spaces a brace level, `\/` and `\n` unescaped (spec 01 §10.3). */
export function prettyPrint(compact: string): string {
  let depth = 0;
  const indented = compact.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|[{},]/gs, (token) => {
    if (token === "{") return `{\n${"  ".repeat(++depth)}`;
    if (token === "}") return `\n${"  ".repeat(Math.max(0, --depth))}}`;
    return token === "," ? `,\n${"  ".repeat(depth)}` : token;
  });
  return indented.replaceAll("\\/", "/").replaceAll("\\n", "\n");
}
