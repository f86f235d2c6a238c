import { parseHex } from "../protocol/bytes.js";

/** A condition on stored TxPoWs as SQL whose values are bound apart. */
export interface TxPoWFilter {
  readonly sql: string;
  readonly values: readonly (number | Buffer)[];
}

/** A condition that is none. */
export class FilterError extends Error {
  override readonly name = "FilterError";
}

interface Column {
  readonly sql: string;
  readonly type: "number" | "bytes";
}

/** The columns of the reference's table, in terms of ours (spec 09 §15). */
const COLUMNS: ReadonlyMap<string, Column> = new Map([
  ["id", { sql: "seq", type: "number" }],
  ["txpowid", { sql: "id", type: "bytes" }],
  ["parentid", { sql: "parent", type: "bytes" }],
  ["isblock", { sql: "(parent IS NOT NULL)", type: "number" }],
  ["istransaction", { sql: "transact", type: "number" }],
  ["isrelevant", { sql: "relevant", type: "number" }],
  ["timemilli", { sql: "stored", type: "number" }],
]);
const MAX_LENGTH = 1000;
const MAX_DEPTH = 32;
const TOKEN = /\s*(<=|>=|<>|!=|[=<>()]|'[^']*'|[A-Za-z0-9_]+)/y;
const NEGATED: ReadonlySet<string> = new Set(["<>", "!="]);

/**
 * Reads a condition such as `isblock=1 AND (timemilli>1700000000000 OR NOT isrelevant=1)`: comparisons of columns with values, joined
 * by AND, OR, NOT and brackets. Nothing of the text gets into the SQL. Throws `FilterError`.
 */
export function parseTxPoWFilter(text: string): TxPoWFilter {
  if (text.length > MAX_LENGTH) throw new FilterError("the condition is too long");
  const parser = new FilterParser(tokensOf(text));
  return { sql: parser.whole(), values: parser.values };
}

function tokensOf(text: string): string[] {
  const trimmed = text.trimEnd();
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(trimmed);
    if (match?.[1] === undefined) throw new FilterError(`the condition cannot be understood at : ${trimmed.slice(at, at + 20)}`);
    tokens.push(match[1]);
  }
  return tokens;
}

class FilterParser {
  readonly values: (number | Buffer)[] = [];
  readonly #tokens: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  whole(): string {
    const sql = this.#any();
    if (this.#at < this.#tokens.length) throw this.#unexpected();
    return sql;
  }

  #any(): string {
    let sql = this.#all();
    while (this.#takes("OR")) sql = `(${sql} OR ${this.#all()})`;
    return sql;
  }

  #all(): string {
    let sql = this.#one();
    while (this.#takes("AND")) sql = `(${sql} AND ${this.#one()})`;
    return sql;
  }

  #one(): string {
    if (++this.#depth > MAX_DEPTH) throw new FilterError("the condition is nested too deeply");
    try {
      if (this.#takes("NOT")) return `(NOT ${this.#one()})`;
      if (!this.#takes("(")) return this.#comparison();
      const sql = this.#any();
      if (!this.#takes(")")) throw this.#unexpected();
      return sql;
    } finally {
      this.#depth--;
    }
  }

  #comparison(): string {
    const column = COLUMNS.get((this.#next() ?? "").toLowerCase());
    if (column === undefined) throw new FilterError(`a condition compares one of these : ${[...COLUMNS.keys()].join(", ")}`);
    const operator = this.#next() ?? "";
    const isEquality = operator === "=" || NEGATED.has(operator);
    if (!(isEquality || (column.type === "number" && /^[<>]=?$/.test(operator))))
      throw new FilterError(`this cannot be compared with : ${operator}`);
    this.values.push(boundValue((this.#next() ?? "").replace(/^'(.*)'$/s, "$1"), column.type));
    return `(${column.sql} ${NEGATED.has(operator) ? "<>" : operator} ?)`;
  }

  #next(): string | undefined {
    return this.#tokens[this.#at++];
  }

  #takes(word: string): boolean {
    if (this.#tokens[this.#at]?.toUpperCase() !== word) return false;
    this.#at++;
    return true;
  }

  #unexpected(): FilterError {
    return new FilterError(`the condition cannot be understood at : ${this.#tokens[this.#at] ?? "its end"}`);
  }
}

function boundValue(text: string, type: Column["type"]): number | Buffer {
  if (type === "number" && /^\d{1,15}$/.test(text)) return Number(text);
  if (type === "number" && /^(true|false)$/i.test(text)) return text.toLowerCase() === "true" ? 1 : 0;
  if (type === "bytes" && /^0x[0-9A-Fa-f]{1,128}$/.test(text)) return Buffer.from(parseHex(text));
  throw new FilterError(`this is no ${type === "number" ? "number" : "0x..."} : ${text}`);
}
