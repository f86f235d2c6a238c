import { type Bytes, concatBytes } from "../../protocol/bytes.js";
import { ScriptError } from "../errors.js";
import { booleanValue, hexValue, integerValue, MAX_DATA_SIZE, type Value } from "../value.js";
import { BYTE_COST } from "../work.js";
import { booleanAt, bytesAt, integerAt, type ScriptFunction, valueAt } from "./script-function.js";

export const LEN: ScriptFunction = {
  types: ["BYTES"],
  minimum: 1,
  run(values) {
    const value = valueAt(values, 0);
    return integerValue(value.type === "STRING" ? value.text.length : bytesAt(values, 0).length);
  },
};

const sizeOf = (value: Value): number => (value.type === "HEX" ? value.bytes.length : 0);

export const CONCAT: ScriptFunction = {
  types: ["HEX"],
  minimum: 2,
  more: true,
  accept(values) {
    const total = values.reduce((sum, value) => sum + sizeOf(value), 0);
    if (total > MAX_DATA_SIZE) throw new ScriptError(`CONCAT gives more than ${MAX_DATA_SIZE} bytes`);
    return false;
  },
  run: (values) => hexValue(concatBytes(...values.map((_, i) => bytesAt(values, i)))),
};

export const REV: ScriptFunction = {
  types: ["HEX"],
  minimum: 1,
  run: (values) => hexValue(bytesAt(values, 0).slice().reverse()),
};

export const SUBSET: ScriptFunction = {
  types: ["NUMBER", "NUMBER", "HEX"],
  minimum: 3,
  accept(values) {
    if (values.length === 2) {
      const length = rangeLength(values);
      if (length < 0 || length > MAX_DATA_SIZE) throw new ScriptError(`SUBSET of ${length} bytes`);
    }
    return false;
  },
  run(values) {
    const from = integerAt(values, 0);
    const to = integerAt(values, 1);
    const bytes = bytesAt(values, 2);
    if (from < 0 || from > bytes.length || to < 0 || to > bytes.length)
      throw new ScriptError(`SUBSET ${from}..${to} of ${bytes.length} bytes`);
    return hexValue(bytes.slice(from, to));
  },
};

/** The length of the range that the first two parameters name, as a 32-bit difference. */
export function rangeLength(values: readonly Value[]): number {
  return (integerAt(values, 1) - integerAt(values, 0)) | 0;
}

export const SETLEN: ScriptFunction = {
  types: ["NUMBER", "HEX"],
  minimum: 2,
  accept(values) {
    const length = integerAt(values, 0);
    if (length < 1 || length > MAX_DATA_SIZE) throw new ScriptError(`SETLEN to ${length} bytes, which must be 1 to ${MAX_DATA_SIZE}`);
    return false;
  },
  run(values) {
    const length = integerAt(values, 0);
    const bytes = bytesAt(values, 1);
    const out = new Uint8Array(length);
    if (bytes.length > length) out.set(bytes.subarray(bytes.length - length));
    else out.set(bytes, length - bytes.length);
    return hexValue(out);
  },
};

export const OVERWRITE: ScriptFunction = {
  types: ["HEX", "NUMBER", "HEX", "NUMBER", "NUMBER"],
  minimum: 5,
  run(values) {
    const source = bytesAt(values, 0);
    const from = integerAt(values, 1);
    const target = bytesAt(values, 2);
    const to = integerAt(values, 3);
    const length = integerAt(values, 4);
    if (length < 0 || from < 0 || to < 0 || from + length > source.length || to + length > target.length)
      throw new ScriptError("OVERWRITE outside of the data");
    const out = target.slice();
    out.set(source.subarray(from, from + length), to);
    return hexValue(out);
  },
};

/** BITGET and BITSET check the bit as soon as they know it. */
function acceptBit(values: readonly Value[]): boolean {
  if (values.length === 2) {
    const bit = integerAt(values, 1);
    const bits = bytesAt(values, 0).length * 8;
    if (bit < 0 || bit >= bits) throw new ScriptError(`bit ${bit} of ${bits}`);
  }
  return false;
}

export const BITGET: ScriptFunction = {
  types: ["HEX", "NUMBER"],
  minimum: 2,
  accept: acceptBit,
  run(values) {
    const bit = integerAt(values, 1);
    const byte = bytesAt(values, 0)[bit >> 3] ?? 0;
    return booleanValue(((byte >> (bit & 7)) & 1) === 1);
  },
};

export const BITSET: ScriptFunction = {
  types: ["HEX", "NUMBER", "BOOLEAN"],
  minimum: 3,
  accept: acceptBit,
  run(values) {
    const bit = integerAt(values, 1);
    const out = bytesAt(values, 0).slice();
    const mask = 1 << (bit & 7);
    const byte = out[bit >> 3] ?? 0;
    out[bit >> 3] = booleanAt(values, 2) ? byte | mask : byte & ~mask;
    return hexValue(withoutTrailingZeros(out));
  },
};

/** The reference keeps bits in a bit set, which does not know trailing zero bytes (spec 05 §12, 8). */
function withoutTrailingZeros(bytes: Bytes): Bytes {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length--;
  return length === bytes.length ? bytes : bytes.slice(0, length);
}

const BITS_OF_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll("0", "").length);

export const BITCOUNT: ScriptFunction = {
  types: ["HEX"],
  minimum: 1,
  run(values, context) {
    const bytes = bytesAt(values, 0);
    context.spend(bytes.length * BYTE_COST);
    let count = 0;
    for (let i = 0; i < bytes.length; i++) count += BITS_OF_BYTE[bytes[i] as number] as number;
    return integerValue(count);
  },
};
