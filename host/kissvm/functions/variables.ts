import { ScriptError } from "../errors.js";
import { replaceAll } from "../replace.js";
import { booleanValue, type StringValue, TRUE, textOf, type Value } from "../value.js";
import { SUBSTITUTE_COST } from "../work.js";
import { type ScriptFunction, stringAt, valueAt } from "./script-function.js";

/** `$` pieces in the text of a FUNCTION besides the first, at most (spec 05 §7.5). */
const MAX_PIECES = 64;

/** What code run by FUNCTION leaves its result in. */
export const RETURN_VARIABLE = "returnvalue";

/** The name under which an array entry is kept (spec 05 §4). */
export function entryKey(indices: readonly Value[]): string {
  return indices.map((index) => `${textOf(index)},`).join("");
}

export const GET: ScriptFunction = {
  types: ["NUMBER"],
  minimum: 1,
  more: true,
  run(values, { variables }) {
    const value = variables.get(entryKey(values));
    if (value === undefined) throw new ScriptError("no such array entry");
    return value;
  },
};

export const EXISTS: ScriptFunction = {
  types: ["NUMBER"],
  minimum: 1,
  more: true,
  run: (values, { variables }) => booleanValue(variables.has(entryKey(values))),
};

/**
 * Each parameter is put into the text as soon as it is evaluated; the machine runs the text before it asks for the result
 * (spec 05 §7.5).
 */
export const FUNCTION: ScriptFunction = {
  types: ["STRING", "ANY"],
  minimum: 1,
  more: true,
  accept(values, context) {
    const { text } = stringAt(values, 0);
    const last = values.length - 1;
    context.spend(text.length * SUBSTITUTE_COST);
    const code = last === 0 ? text : replaceAll(text, `$${last}`, replacement(valueAt(values, last)));
    if (countPieces(code) - 1 > MAX_PIECES) throw new ScriptError(`more than ${MAX_PIECES} places for parameters`);
    values[0] = codeText(code);
    return false;
  },
  run: (_, { variables }) => variables.get(RETURN_VARIABLE) ?? TRUE,
};

/** Code that is being put together may be longer than a STRING value. */
function codeText(text: string): StringValue {
  return { type: "STRING", text, size: text.length };
}

function replacement(value: Value): string {
  return value.type === "STRING" ? `[${value.text}]` : textOf(value);
}

/** Pieces between the `$`, empty ones not counted. */
function countPieces(text: string): number {
  let pieces = 0;
  for (let at = 0; at < text.length; at++) {
    const end = text.indexOf("$", at);
    if (end !== at) pieces++;
    if (end < 0) break;
    at = end;
  }
  return pieces;
}
