import { DEFAULT_MAX_OPERATIONS, runScript, type ScriptEnvironment, type ScriptResult, textOf } from "../../host/kissvm/index.js";
import { EMPTY_TRANSACTION } from "../../host/protocol/transaction.js";
import { EMPTY_WITNESS } from "../../host/protocol/witness.js";

/** An empty transaction without signatures. */
export const EMPTY: ScriptEnvironment = {
  transaction: EMPTY_TRANSACTION,
  witness: EMPTY_WITNESS,
  signatures: [],
  previousState: [],
  globals: new Map(),
  maxOperations: DEFAULT_MAX_OPERATIONS,
};

export function run(script: string, changes: Partial<ScriptEnvironment> = {}): ScriptResult {
  return runScript(script, { ...EMPTY, ...changes });
}

/** How a run ended: `success`, `failure`, `no result`, `exception` or `parse error`. */
export function outcome(result: ScriptResult): string {
  if (!result.parsed) return "parse error";
  if (result.error !== null) return "exception";
  if (!result.finished) return "no result";
  return result.success ? "success" : "failure";
}

/** The text of an expression's value with its type, or how its evaluation failed. */
export function valueIn(expression: string, changes: Partial<ScriptEnvironment> = {}): string {
  const result = run(`LET x=${expression}`, changes);
  const value = result.variables.get("x");
  if (result.error !== null || value === undefined) return outcome(result);
  return `${value.type} ${textOf(value)}`.trimEnd();
}

/** Instructions that a script takes. */
export function count(script: string, changes: Partial<ScriptEnvironment> = {}): number {
  return run(script, changes).instructions;
}
