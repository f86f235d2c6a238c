import { type Bytes, parseHex, toHex0x } from "./bytes.js";
import { ProtocolError } from "./errors.js";
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

/** Throws `range` for a NUMBER that decoded but is out of range (spec 02 Q4). */
export function writeStateVariable(writer: Writer, variable: StateVariable): void {
  writer.byte(variable.port);
  writer.byte(variable.type);
  switch (variable.type) {
    case STATE_HEX:
      writer.data(stateBytes(variable));
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

function stateBytes(variable: StateVariable): Bytes {
  return parseHex(variable.text);
}
