import { parseHex, toHex0x } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import { decodeMx } from "./mx.js";
import { MiniNumber } from "./number.js";
import type { Reader } from "./reader.js";
import type { Writer } from "./writer.js";

export const STATE_HEX = 1;
export const STATE_NUMBER = 2;
export const STATE_STRING = 4;
export const STATE_BOOL = 8;

export type StateType = typeof STATE_HEX | typeof STATE_NUMBER | typeof STATE_STRING | typeof STATE_BOOL;

/** A state variable (spec 02 §3). The value is kept as text, as the reference does; numbers are normalised by it (Q4). */
export interface StateVariable {
  /** 0..255 */
  readonly port: number;
  readonly type: StateType;
  readonly text: string;
}

export function readStateVariable(reader: Reader): StateVariable {
  const port = reader.byte();
  const type = reader.byte();
  switch (type) {
    case STATE_HEX:
      return { port, type, text: toHex0x(reader.data()) };
    case STATE_NUMBER:
      return { port, type, text: reader.number().toString() };
    case STATE_STRING:
      return { port, type, text: reader.string() };
    case STATE_BOOL:
      return { port, type, text: reader.flag() ? "TRUE" : "FALSE" };
    default:
      throw new ProtocolError("malformed", `invalid state variable type ${type}`);
  }
}

/** Throws `range` for a NUMBER that was decoded but cannot be held (spec 02 Q4). */
export function writeStateVariable(writer: Writer, variable: StateVariable): void {
  writer.byte(variable.port);
  writer.byte(variable.type);
  switch (variable.type) {
    case STATE_HEX:
      writer.data(parseHex(variable.text));
      break;
    case STATE_NUMBER:
      writer.number(MiniNumber.parse(variable.text));
      break;
    case STATE_STRING:
      writer.string(variable.text);
      break;
    case STATE_BOOL:
      writer.flag(variable.text === "TRUE");
      break;
  }
}

/**
 * A state variable of a port and the text of a command or script: an Mx address, hex, `true`/`false`, `[text]` or a number
 * (spec 02 §3). Throws `range` or `malformed`.
 */
export function stateVariableFromText(port: number, text: string): StateVariable {
  if (!Number.isInteger(port) || port < 0 || port > 255) throw new ProtocolError("range", "a state port must be 0..255");
  const head = text.slice(0, 2).toLowerCase();
  if (head === "mx") return { port, type: STATE_HEX, text: toHex0x(decodeMx(text)) };
  if (head === "0x") return { port, type: STATE_HEX, text: toHex0x(parseHex(text)) };
  const upper = text.toUpperCase();
  if (upper === "TRUE" || upper === "FALSE") return { port, type: STATE_BOOL, text: upper };
  if (text.startsWith("[") && text.endsWith("]") && text.length > 1) return { port, type: STATE_STRING, text };
  return { port, type: STATE_NUMBER, text: MiniNumber.parse(text).toString() };
}

/** Throws `range` when a NUMBER among them was decoded but cannot be encoded again (spec 02 §23, Q4). */
export function checkEncodable(variables: readonly StateVariable[]): void {
  for (const variable of variables) if (variable.type === STATE_NUMBER) MiniNumber.parse(variable.text);
}

/** No number of more characters than this has more decimals than an encoding keeps. */
const SURELY_KEPT = 45;

/**
 * The variables as they are once encoded and decoded again. Only a NUMBER with more than 44 decimals changes: they are cut, and zeros
 * before the cut go with them, so that the next encoding is another than the first (spec 02 Q4). Throws `range`.
 */
export function recodedState(variables: readonly StateVariable[]): readonly StateVariable[] {
  const changes = ({ type, text }: StateVariable): boolean => type === STATE_NUMBER && text.length > SURELY_KEPT;
  if (!variables.some(changes)) return variables;
  return variables.map((variable) => (changes(variable) ? { ...variable, text: MiniNumber.parse(variable.text).toString() } : variable));
}
