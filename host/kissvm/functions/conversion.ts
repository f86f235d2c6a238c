import { type Bytes, fromUnsigned, toUnsigned } from "../../protocol/bytes.js";
import { MiniNumber } from "../../protocol/number.js";
import { decodeUtf8, encodeUtf8 } from "../../protocol/text.js";
import { ScriptError } from "../errors.js";
import { booleanValue, hexValue, numberValue, stringValue, textOf } from "../value.js";
import { NUMBER_TEXT_COST } from "../work.js";
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
  run(values) {
    const value = valueAt(values, 0);
    switch (value.type) {
      case "BOOLEAN":
        return numberValue(value.value ? MiniNumber.ONE : MiniNumber.ZERO);
      case "HEX":
        return numberValue(unsignedNumber(value.bytes));
      case "NUMBER":
        return value;
      case "STRING":
        return numberValue(MiniNumber.parse(value.text));
    }
  },
  cost: ([value]) => (value?.type === "STRING" ? value.size * NUMBER_TEXT_COST : 0),
};

export const STRING: ScriptFunction = {
  types: ["ANY"],
  minimum: 1,
  run: (values) => stringValue(textOf(valueAt(values, 0))),
};

export const ASCII: ScriptFunction = {
  types: ["HEX"],
  minimum: 1,
  run: (values) =>
    stringValue(
      Buffer.from(bytesAt(values, 0))
        .toString("latin1")
        .replace(/[\x80-\xff]/g, "\uFFFD"),
    ),
};

export const UTF8: ScriptFunction = {
  types: ["HEX"],
  minimum: 1,
  run: (values) => stringValue(decodeUtf8(bytesAt(values, 0))),
};
