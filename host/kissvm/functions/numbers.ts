import { MiniNumber } from "../../protocol/number.js";
import { ScriptError } from "../errors.js";
import { numberValue, type Value } from "../value.js";
import { POW_COST, SQRT_COST } from "../work.js";
import { integerAt, numberAt, type ScriptFunction } from "./script-function.js";

const EXPONENT_LIMIT = MiniNumber.of(1024);

/** A function of one number. */
function ofOne(compute: (value: MiniNumber) => MiniNumber): ScriptFunction {
  return { types: ["NUMBER"], minimum: 1, run: (values) => numberValue(compute(numberAt(values, 0))) };
}

export const ABS = ofOne((value) => value.abs());
export const CEIL = ofOne((value) => value.ceil());
export const FLOOR = ofOne((value) => value.floor());
export const INC = ofOne((value) => value.increment());
export const DEC = ofOne((value) => value.decrement());
export const SQRT: ScriptFunction = {
  types: ["NUMBER"],
  minimum: 1,
  run(values, context) {
    context.spend(SQRT_COST);
    return numberValue(numberAt(values, 0).sqrt());
  },
};

/** The first of those that no other one is better than. */
function best(values: readonly Value[], better: (a: MiniNumber, b: MiniNumber) => boolean): Value {
  let chosen = numberAt(values, 0);
  for (let i = 1; i < values.length; i++) {
    const value = numberAt(values, i);
    if (better(value, chosen)) chosen = value;
  }
  return numberValue(chosen);
}

export const MAX: ScriptFunction = {
  types: ["NUMBER"],
  minimum: 2,
  more: true,
  run: (values) => best(values, (a, b) => a.moreThan(b)),
};

export const MIN: ScriptFunction = {
  types: ["NUMBER"],
  minimum: 2,
  more: true,
  run: (values) => best(values, (a, b) => a.lessThan(b)),
};

function requireWhole(value: MiniNumber, what: string): void {
  if (!value.floor().equals(value)) throw new ScriptError(`${what} must be whole`);
}

export const POW: ScriptFunction = {
  types: ["NUMBER", "NUMBER"],
  minimum: 2,
  run(values, context) {
    context.spend(POW_COST);
    const exponent = numberAt(values, 0);
    requireWhole(exponent, "exponent");
    if (exponent.abs().moreOrEqual(EXPONENT_LIMIT)) throw new ScriptError("exponent must be less than 1024");
    return numberValue(numberAt(values, 1).pow(exponent.toInt32()));
  },
};

export const SIGDIG: ScriptFunction = {
  types: ["NUMBER", "NUMBER"],
  minimum: 2,
  run(values) {
    const digits = numberAt(values, 0);
    requireWhole(digits, "number of digits");
    if (digits.lessThan(MiniNumber.ZERO)) throw new ScriptError("number of digits must not be negative");
    return numberValue(numberAt(values, 1).significantDigits(integerAt(values, 0)));
  },
};
