import { type Bytes, equalBytes } from "../protocol/bytes.js";
import { MiniNumber } from "../protocol/number.js";
import { ScriptError } from "./errors.js";
import { andBytes, invertBytes, orBytes, shiftBytes, xorBytes } from "./hex-operators.js";
import type { BinaryOperator, UnaryOperator } from "./syntax.js";
import { booleanValue, hexValue, numberValue, sizedString, type Value } from "./value.js";

/** Bits of a shift, at most (spec 05 §5.4). */
const MAX_SHIFT = MiniNumber.of(256);

/** Applies NOT, NEG or ~ (spec 05 §5.4). Throws ScriptError or ProtocolError. */
export function applyUnary(operator: UnaryOperator, operand: Value): Value {
  switch (operator) {
    case "NOT":
      return booleanValue(!boolean(operand, operator));
    case "NEG":
      return numberValue(number(operand, operator).negate());
    case "~":
      return hexValue(invertBytes(bytes(operand, operator)));
  }
}

/** Applies a binary operator (spec 05 §5.4). Throws ScriptError or ProtocolError. */
export function applyBinary(operator: BinaryOperator, left: Value, right: Value): Value {
  switch (operator) {
    case "EQ":
      return booleanValue(equal(left, right));
    case "NEQ":
      return booleanValue(!equal(left, right));
    case "+":
      return add(left, right);
    case "<<":
      return hexValue(shiftBytes(bytes(left, operator), shiftWidth(right, operator)));
    case ">>":
      return hexValue(shiftBytes(bytes(left, operator), -shiftWidth(right, operator)));
    case "&":
      return hexValue(andBytes(bytes(left, operator), bytes(right, operator)));
    case "|":
      return hexValue(orBytes(bytes(left, operator), bytes(right, operator)));
    case "^":
      return hexValue(xorBytes(bytes(left, operator), bytes(right, operator)));
    case "-":
      return numberValue(number(left, operator).sub(number(right, operator)));
    case "*":
      return numberValue(number(left, operator).mul(number(right, operator)));
    case "/":
      return numberValue(number(left, operator).div(number(right, operator)));
    case "%":
      return numberValue(number(left, operator).mod(number(right, operator)));
    case "LT":
      return booleanValue(number(left, operator).lessThan(number(right, operator)));
    case "LTE":
      return booleanValue(number(left, operator).lessOrEqual(number(right, operator)));
    case "GT":
      return booleanValue(number(left, operator).moreThan(number(right, operator)));
    case "GTE":
      return booleanValue(number(left, operator).moreOrEqual(number(right, operator)));
    default:
      return booleanValue(connect(operator, boolean(left, operator), boolean(right, operator)));
  }
}

function connect(operator: "AND" | "OR" | "XOR" | "NAND" | "NOR" | "NXOR", left: boolean, right: boolean): boolean {
  switch (operator) {
    case "AND":
      return left && right;
    case "OR":
      return left || right;
    case "XOR":
      return left !== right;
    case "NAND":
      return !(left && right);
    case "NOR":
      return !(left || right);
    case "NXOR":
      return left === right;
  }
}

/** Same type and same value; HEX with its length, NUMBER without its scale. */
function equal(left: Value, right: Value): boolean {
  if (left.type === "BOOLEAN" && right.type === "BOOLEAN") return left.value === right.value;
  if (left.type === "NUMBER" && right.type === "NUMBER") return left.value.equals(right.value);
  if (left.type === "HEX" && right.type === "HEX") return equalBytes(left.bytes, right.bytes);
  if (left.type === "STRING" && right.type === "STRING") return left.text === right.text;
  throw new ScriptError(`cannot compare ${left.type} with ${right.type}`);
}

function add(left: Value, right: Value): Value {
  if (left.type === "NUMBER" && right.type === "NUMBER") return numberValue(left.value.add(right.value));
  if (left.type === "STRING" && right.type === "STRING") return sizedString(left.text + right.text, left.size + right.size);
  throw new ScriptError(`cannot add ${left.type} and ${right.type}: + takes two NUMBERs or two STRINGs`);
}

function shiftWidth(value: Value, operator: string): number {
  const width = number(value, operator);
  if (width.abs().moreThan(MAX_SHIFT)) throw new ScriptError("shift by more than 256 bits");
  return width.toInt32();
}

function boolean(value: Value, operator: string): boolean {
  if (value.type !== "BOOLEAN") throw wrongOperand(operator, "BOOLEAN", value);
  return value.value;
}

function number(value: Value, operator: string): MiniNumber {
  if (value.type !== "NUMBER") throw wrongOperand(operator, "NUMBER", value);
  return value.value;
}

function bytes(value: Value, operator: string): Bytes {
  if (value.type !== "HEX") throw wrongOperand(operator, "HEX", value);
  return value.bytes;
}

function wrongOperand(operator: string, wanted: string, value: Value): ScriptError {
  return new ScriptError(`${operator} takes ${wanted}, not ${value.type}`);
}
