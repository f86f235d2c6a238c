import { sha3 } from "../../../host/core/hash.js";
import {
  cleanScript,
  DEFAULT_MAX_OPERATIONS,
  runScript,
  type ScriptEnvironment,
  ScriptParseError,
  type ScriptResult,
  textOf,
  type Value,
} from "../../../host/kissvm/index.js";
import { tokenise } from "../../../host/kissvm/tokeniser.js";
import { parseHex, toHex0x } from "../../../host/protocol/bytes.js";
import { encodeMx } from "../../../host/protocol/mx.js";
import { scriptAddress } from "../../../host/protocol/script-address.js";
import { encodeUtf8 } from "../../../host/protocol/text.js";
import { EMPTY_TRANSACTION } from "../../../host/protocol/transaction.js";
import { EMPTY_WITNESS } from "../../../host/protocol/witness.js";
import { encode } from "../../../host/protocol/writer.js";
import type { Case } from "../area.js";
import { each, same } from "../checks.js";

/** An empty transaction, no globals. */
export const EMPTY_ENVIRONMENT: ScriptEnvironment = {
  transaction: EMPTY_TRANSACTION,
  witness: EMPTY_WITNESS,
  signatures: [],
  previousState: [],
  globals: new Map(),
  maxOperations: DEFAULT_MAX_OPERATIONS,
};

/** Variable name to type letter and text, long texts as length and hash. */
export type VectorVariables = Readonly<Record<string, string>>;

const LONGEST_TEXT = 600;
const LETTERS = { BOOLEAN: "b", NUMBER: "n", HEX: "h", STRING: "s" } as const;

function shown(value: Value): string {
  const text = textOf(value);
  return `${LETTERS[value.type]}:${text.length > LONGEST_TEXT ? `#${text.length}:${toHex0x(sha3(encodeUtf8(text)))}` : text}`;
}

export function shownVariables(variables: ReadonlyMap<string, Value>): VectorVariables {
  return Object.fromEntries(Array.from(variables, ([name, value]) => [name, shown(value)]));
}

/** The verdict letter of the vectors. */
export function verdictLetter(result: ScriptResult): string {
  if (!result.parsed) return "P";
  if (result.error !== null) return "X";
  if (!result.finished) return "N";
  return result.success ? "T" : "F";
}

function cleaned(script: string): string | null {
  try {
    return cleanScript(script);
  } catch (error) {
    if (error instanceof ScriptParseError) return null;
    throw error;
  }
}

interface CleanCase {
  readonly in: string;
  readonly clean?: string;
  readonly throws?: boolean;
  readonly address_in: string;
  readonly address_clean?: string;
  readonly mx_clean?: string;
}

export function* cleaning(data: unknown): Iterable<Case> {
  yield* each("clean", data as readonly CleanCase[], (c) => {
    same(toHex0x(scriptAddress(c.in)), c.address_in, "address");
    const clean = cleaned(c.in);
    same(clean, c.throws === true ? null : c.clean, "clean");
    if (clean === null) return;
    same(toHex0x(scriptAddress(clean)), c.address_clean, "address of the clean script");
    same(encodeMx(scriptAddress(clean)), c.mx_clean, "Mx address");
  });
}

interface TokenCase {
  readonly script: string;
  readonly insensitive: boolean;
  readonly tokens?: readonly (readonly [type: string, text: string])[];
  readonly error?: string;
}

export function* tokens(data: unknown): Iterable<Case> {
  yield* each("tokens", data as readonly TokenCase[], (c) => same(tokensOf(c.script, c.insensitive), c.tokens ?? "error"));
}

function tokensOf(script: string, insensitive: boolean): unknown {
  try {
    return tokenise(script, insensitive ? "any" : "exact").map(({ type, text }) => [type, text]);
  } catch (error) {
    if (error instanceof ScriptParseError) return "error";
    throw error;
  }
}

interface RunCase {
  readonly script: string;
  readonly address: string;
  readonly clean?: string | null;
  readonly clean_address?: string;
  readonly verdict: string;
  readonly instructions: number;
  readonly monotonic: boolean;
  readonly variables: VectorVariables;
}

export function* runs(data: unknown): Iterable<Case> {
  yield* each("run", data as readonly RunCase[], (c) => {
    same(toHex0x(scriptAddress(c.script)), c.address, "address");
    const clean = cleaned(c.script);
    same(clean, c.clean === undefined ? c.script : c.clean, "clean");
    if (clean !== null) same(toHex0x(scriptAddress(clean)), c.clean_address ?? c.address, "address of the clean script");
    const result = runScript(c.script, EMPTY_ENVIRONMENT);
    same(
      [verdictLetter(result), result.instructions, result.monotonic, shownVariables(result.variables)],
      [c.verdict, c.instructions, c.monotonic, c.variables],
      c.script,
    );
  });
}

type NumberCase = readonly [expression: string, text: string, scale: number, wire: string] | readonly [expression: string, failure: null];

export function* scriptNumbers(data: unknown): Iterable<Case> {
  yield* each("numbers", data as readonly NumberCase[], ([expression, ...expected]) => {
    const { error, parsed, variables } = runScript(`LET a=${expression}`, EMPTY_ENVIRONMENT);
    const value = variables.get("a");
    const number = parsed && error === null && value?.type === "NUMBER" ? value.value : undefined;
    const actual = number && [number.toString(), number.scale, toHex0x(encode((writer, item) => writer.number(item), number))];
    same(actual ?? [null], expected, expression);
  });
}

export function* utf8Texts(data: unknown): Iterable<Case> {
  yield* each(
    "utf8",
    data as readonly (readonly [bytes: string, utf8: string, length: number, ascii: string])[],
    ([bytes, utf8, length, ascii]) => {
      const literal = parseHex(bytes).length === 0 ? "HEX([])" : bytes;
      const { variables } = runScript(
        `LET a=HEX(UTF8(${literal})) LET b=LEN(UTF8(${literal})) LET c=HEX(ASCII(${literal}))`,
        EMPTY_ENVIRONMENT,
      );
      same(shownVariables(variables), { a: `h:${utf8}`, b: `n:${length}`, c: `h:${ascii}` }, bytes);
    },
  );
}

interface TraceCase {
  readonly script: string;
  readonly trace: string;
}

/** The words of errors are our own (spec 05 §11). */
function comparable(trace: string): string[] {
  return trace.split("\n").map((line) => line.replace(/(PARSE ERROR :|Execution Error -).*/, "$1"));
}

export function* traces(data: unknown): Iterable<Case> {
  yield* each("trace", data as readonly TraceCase[], (c) => {
    let trace = "";
    runScript(c.script, {
      ...EMPTY_ENVIRONMENT,
      trace: (line) => {
        trace += `${line}\n`;
      },
    });
    same(comparable(trace), comparable(c.trace), c.script);
  });
}

type FuzzCase = readonly [script: string, clean: 0 | null | string, verdict: string, instructions: number, variables: VectorVariables];

function* fuzz(name: string, data: unknown): Iterable<Case> {
  yield* each(name, data as readonly FuzzCase[], ([script, clean, verdict, instructions, variables]) => {
    same(cleaned(script), clean === 0 ? script : clean, "clean");
    const result = runScript(script, EMPTY_ENVIRONMENT);
    same([verdictLetter(result), result.instructions, shownVariables(result.variables)], [verdict, instructions, variables], script);
  });
}

export const programs = (data: unknown): Iterable<Case> => fuzz("program", data);
export const brokenPrograms = (data: unknown): Iterable<Case> => fuzz("broken", data);
export const soup = (data: unknown): Iterable<Case> => fuzz("soup", data);
