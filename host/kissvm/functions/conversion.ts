import { type Bytes, fromUnsigned, toUnsigned } from "../../protocol/bytes.js";
import { MiniNumber } from "../../protocol/number.js";
import { decodeUtf8, encodeUtf8 } from "../../protocol/text.js";
import { ScriptError } from "../errors.js";
import { booleanValue, hexValue, numberValue, stringValue, textOf } from "../value.js";
import { DECODE_COST, FOREIGN_DIGITS_COST, NUMBER_TEXT_COST } from "../work.js";
import { bytesAt, type ScriptFunction, valueAt } from "./script-function.js";

const MAX_NUMBER_BYTES = 8;

/** As an unsigned integer; throws above 2^64 - 1. */
function unsignedNumber(bytes: Bytes): MiniNumber {
  const from = bytes.findIndex((byte) => byte !== 0);
  if (from < 0) return MiniNumber.ZERO;
  if (bytes.length - from > MAX_NUMBER_BYTES) throw new ScriptError("HEX is too large for a NUMBER");
  return MiniNumber.of(toUnsigned(bytes.subarray(from)));
}

export const BOOL: ScriptFunction = {
  types: ["ANY"],
  minimum: 1,
  run(values) {
    const value = valueAt(values, 0);
    switch (value.type) {
      case "BOOLEAN":
        return value;
      case "HEX":
        return booleanValue(!unsignedNumber(value.bytes).isZero());
      case "NUMBER":
        return booleanValue(!value.value.isZero());
      case "STRING":
        return booleanValue(value.text !== "FALSE");
    }
  },
};

export const HEX: ScriptFunction = {
  types: ["ANY"],
  minimum: 1,
  run(values) {
    const value = valueAt(values, 0);
    switch (value.type) {
      case "BOOLEAN":
        return hexValue(Uint8Array.of(value.value ? 1 : 0));
      case "HEX":
        return value;
      case "NUMBER":
        return hexValue(wholeBytes(value.value));
      case "STRING":
        return hexValue(encodeUtf8(value.text));
    }
  },
};

function wholeBytes(number: MiniNumber): Bytes {
  if (!number.floor().equals(number) || number.lessThan(MiniNumber.ZERO)) throw new ScriptError("only whole numbers from 0 on become HEX");
  return fromUnsigned(number.toBigInt());
}

export const NUMBER: ScriptFunction = {
  types: ["ANY"],
  minimum: 1,
  run(values, context) {
    const value = valueAt(values, 0);
    switch (value.type) {
      case "BOOLEAN":
        return numberValue(value.value ? MiniNumber.ONE : MiniNumber.ZERO);
      case "HEX":
        return numberValue(unsignedNumber(value.bytes));
      case "NUMBER":
        return value;
      case "STRING":
        context.spend(value.size * (value.size === value.text.length ? NUMBER_TEXT_COST : FOREIGN_DIGITS_COST));
        return numberValue(MiniNumber.parse(value.text));
    }
  },
};

export const STRING: ScriptFunction = {
  types: ["ANY"],
  minimum: 1,
  run: (values) => stringValue(textOf(valueAt(values, 0))),
};

const REPLACEMENT_CHARACTER = 0xfffd;

/** Each byte above 7F becomes U+FFFD. */
function decodeAscii(bytes: Bytes): string {
  const units = new Uint16Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    units[i] = byte < 0x80 ? byte : REPLACEMENT_CHARACTER;
  }
  return Buffer.from(units.buffer).toString("utf16le");
}

export const ASCII: ScriptFunction = {
  types: ["HEX"],
  minimum: 1,
  run: (values) => stringValue(decodeAscii(bytesAt(values, 0))),
};

export const UTF8: ScriptFunction = {
  types: ["HEX"],
  minimum: 1,
  run(values, context) {
    const bytes = bytesAt(values, 0);
    context.spend(bytes.length * DECODE_COST);
    return stringValue(decodeUtf8(bytes));
  },
};
