import type { Bytes } from "../../protocol/bytes.js";
import type { MiniNumber } from "../../protocol/number.js";
import type { StateVariable } from "../../protocol/state-variable.js";
import type { Transaction } from "../../protocol/transaction.js";
import type { Witness } from "../../protocol/witness.js";
import { ScriptError } from "../errors.js";
import type { Value, ValueType } from "../value.js";

/** The type a parameter must have: BYTES is HEX or STRING. */
export type ParameterType = ValueType | "ANY" | "BYTES";

/** What functions see of the run they are called in. */
export interface ScriptContext {
  readonly transaction: Transaction;
  readonly witness: Witness;
  /** The state of the coin being spent, as carried by its coin proof. */
  readonly previousState: readonly StateVariable[];
  /** All variables; array entries under their key text (spec 05 §4). */
  readonly variables: ReadonlyMap<string, Value>;
  /** Whether a signature of the witness is by this key (spec 05 §7.6). */
  isSignedBy(key: Bytes): boolean;
  /**
   * Spends what a function costs beyond reading its parameters once and writing its result, in nominal nanoseconds (see
   * work.ts). Throws WorkExceededError.
   */
  spend(cost: number): void;
  /** Adds a line to the trace. */
  note(text: () => string): void;
}

/** A function of the language (spec 05 §7). */
export interface ScriptFunction {
  /** Types of the parameters in order; the last one stands for all further ones. Each is checked as soon as it is evaluated. */
  readonly types: readonly [ParameterType, ...ParameterType[]];
  /** Parameters it must have. */
  readonly minimum: number;
  /** Whether it may have more (spec 05 §7, "k+"). */
  readonly more?: true;
  /** Instructions beyond the one of every call, counted before the parameters. */
  readonly surcharge?: number;
  /** Called before the parameters are evaluated. Throws to fail. */
  begin?(count: number): void;
  /**
   * Called after each parameter with all that were evaluated so far, which may be changed. Throws to fail. Returns true when
   * the function wants to see no more of them.
   */
  accept?(values: Value[], context: ScriptContext): boolean;
  run(values: readonly Value[], context: ScriptContext): Value;
}

/** Whether a value may be a parameter of a type. */
export function isOfType(value: Value, type: ParameterType): boolean {
  return type === "ANY" || value.type === type || (type === "BYTES" && (value.type === "HEX" || value.type === "STRING"));
}

const wrongType = (): ScriptError => new ScriptError("parameter of a wrong type");

export function numberAt(values: readonly Value[], index: number): MiniNumber {
  const value = values[index];
  if (value?.type !== "NUMBER") throw wrongType();
  return value.value;
}

/** int(n) of spec 05 §3.1. */
export function integerAt(values: readonly Value[], index: number): number {
  return numberAt(values, index).toInt32();
}

export function bytesAt(values: readonly Value[], index: number): Bytes {
  const value = values[index];
  if (value?.type !== "HEX") throw wrongType();
  return value.bytes;
}

export function stringAt(values: readonly Value[], index: number): { readonly text: string; readonly size: number } {
  const value = values[index];
  if (value?.type !== "STRING") throw wrongType();
  return value;
}

export function booleanAt(values: readonly Value[], index: number): boolean {
  const value = values[index];
  if (value?.type !== "BOOLEAN") throw wrongType();
  return value.value;
}

export function valueAt(values: readonly Value[], index: number): Value {
  const value = values[index];
  if (value === undefined) throw wrongType();
  return value;
}
