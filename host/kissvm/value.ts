import { type Bytes, parseHex, toHex0x } from "../protocol/bytes.js";
import { MiniNumber } from "../protocol/number.js";
import { decodeUtf8, encodeUtf8 } from "../protocol/text.js";
import { ScriptError } from "./errors.js";

/** Bytes of a HEX value, and of a STRING's UTF-8 form, at most (spec 05 §3). */
export const MAX_DATA_SIZE = 65536;

export interface BooleanValue {
  readonly type: "BOOLEAN";
  readonly value: boolean;
}

export interface NumberValue {
  readonly type: "NUMBER";
  readonly value: MiniNumber;
}

export interface HexValue {
  readonly type: "HEX";
  readonly bytes: Bytes;
}

export interface StringValue {
  readonly type: "STRING";
  /** Well-formed UTF-16. */
  readonly text: string;
  /** Bytes of its UTF-8 form. */
  readonly size: number;
}

/** What a script computes with (spec 05 §3). */
export type Value = BooleanValue | NumberValue | HexValue | StringValue;
export type ValueType = Value["type"];

export const TRUE: BooleanValue = { type: "BOOLEAN", value: true };
export const FALSE: BooleanValue = { type: "BOOLEAN", value: false };

export function booleanValue(value: boolean): BooleanValue {
  return value ? TRUE : FALSE;
}

export function numberValue(value: MiniNumber): NumberValue {
  return { type: "NUMBER", value };
}

export function integerValue(value: number): NumberValue {
  return numberValue(MiniNumber.of(value));
}

/** Throws when there are more than 65536 bytes. */
export function hexValue(bytes: Bytes): HexValue {
  if (bytes.length > MAX_DATA_SIZE) throw new ScriptError(`HEX value of ${bytes.length} bytes is longer than ${MAX_DATA_SIZE}`);
  return { type: "HEX", bytes };
}

/** Unpaired surrogates become `?`. Throws when the UTF-8 form has more than 65536 bytes. */
export function stringValue(text: string): StringValue {
  if (text.length > MAX_DATA_SIZE) throw tooLong();
  const whole = text.isWellFormed() ? text : decodeUtf8(encodeUtf8(text));
  return sizedString(whole, Buffer.byteLength(whole));
}

/** A well-formed text whose size is known. Throws when that is more than 65536 bytes. */
export function sizedString(text: string, size: number): StringValue {
  if (size > MAX_DATA_SIZE) throw tooLong();
  return { type: "STRING", text, size };
}

const tooLong = (): ScriptError => new ScriptError(`STRING value is longer than ${MAX_DATA_SIZE} bytes of UTF-8`);

/** The text form (spec 05 §3): the empty HEX is the empty text. */
export function textOf(value: Value): string {
  switch (value.type) {
    case "BOOLEAN":
      return value.value ? "TRUE" : "FALSE";
    case "NUMBER":
      return value.value.toString();
    case "HEX":
      return toHex0x(value.bytes);
    case "STRING":
      return value.text;
  }
}

const DECIMAL = /^[0-9]+(\.[0-9]+)?$/;

/** The value a literal or a state variable stands for (spec 05 §3.3). Throws ScriptError or ProtocolError. */
export function valueFromText(text: string): Value {
  if (text.startsWith("[") && text.endsWith("]")) return stringValue(text.slice(1, -1));
  if (text.startsWith("0x")) return hexValue(parseHex(text));
  if (text === "TRUE") return TRUE;
  if (text === "FALSE") return FALSE;
  if (text.startsWith("-") || DECIMAL.test(text)) return numberValue(MiniNumber.parse(text));
  throw new ScriptError("not a value");
}
