import {
  addresses,
  type ScriptEnvironment,
  type ScriptError,
  ScriptParseError,
  type ScriptResult,
  shownName,
  textOf,
} from "../../kissvm/index.js";

/** What went wrong in a script, and where. Lines and columns count from 1. */
export interface ErrorReport {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly found?: string;
  readonly expected?: string;
}

export function describeError(script: string, error: ScriptError): ErrorReport {
  if (error.at === undefined) return { message: error.message };
  const before = script.slice(0, error.at).split("\n");
  const place = { message: error.message, line: before.length, column: (before.at(-1) ?? "").length + 1 };
  if (!(error instanceof ScriptParseError)) return place;
  return {
    ...place,
    ...(error.found === undefined ? {} : { found: error.found }),
    ...(error.expected === undefined ? {} : { expected: error.expected }),
  };
}

const SHOWN_WIDTH = 100;

/** The message, what was found and expected, and the line with a mark below the place. */
export function errorText(script: string, error: ScriptError): string {
  const { message, line, column, found, expected } = describeError(script, error);
  if (line === undefined || column === undefined) return message;
  const met = error instanceof ScriptParseError ? ` at ${found === undefined ? "the end" : `"${shortened(found)}"`}` : "";
  const wanted = expected === undefined ? "" : `; expected ${expected}`;
  const text = script.split("\n")[line - 1] ?? "";
  // Long lines are shown from somewhat before the place.
  const from = column > SHOWN_WIDTH - 20 ? column - 40 : 0;
  const shown = `${from > 0 ? "..." : ""}${text.slice(from, from + SHOWN_WIDTH)}`;
  const mark = `${" ".repeat((from > 0 ? 3 : 0) + column - 1 - from)}^`;
  return `line ${line}, column ${column}: ${message}${met}${wanted}\n  ${shown.replaceAll("\t", " ")}\n  ${mark}`;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

/** How a run ended, in a word. */
export type Outcome = "TRUE" | "FALSE" | "NO RESULT" | "EXCEPTION" | "PARSE ERROR";

export function outcomeOf(result: ScriptResult): Outcome {
  if (!result.parsed) return "PARSE ERROR";
  if (result.error !== null) return "EXCEPTION";
  if (!result.finished) return "NO RESULT";
  return result.success ? "TRUE" : "FALSE";
}

export function runReport(script: string, environment: ScriptEnvironment, result: ScriptResult, trace: readonly string[]): object {
  return {
    ...addresses(script),
    trace,
    variables: Object.fromEntries(Array.from(result.variables, ([name, value]) => [shownName(name), textOf(value)])),
    parseok: result.parsed,
    monotonic: result.monotonic,
    success: result.success,
    outcome: outcomeOf(result),
    instructions: result.instructions,
    maxinstructions: environment.maxOperations,
    error: result.error === null ? null : describeError(script, result.error),
  };
}
