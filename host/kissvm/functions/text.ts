import { sha2, sha3 } from "../../core/hash.js";
import type { Bytes } from "../../protocol/bytes.js";
import { scriptAddress } from "../../protocol/script-address.js";
import { encodeUtf8 } from "../../protocol/text.js";
import { ScriptError } from "../errors.js";
import { replaceAll, replaceFirst } from "../replace.js";
import { hexValue, sizedString, stringValue, type Value } from "../value.js";
import { HASH_BYTE_COST, HASH_COST } from "../work.js";
import { rangeLength } from "./bytes.js";
import { bytesAt, integerAt, type ScriptFunction, stringAt, valueAt } from "./script-function.js";

export const SUBSTR: ScriptFunction = {
  types: ["NUMBER", "NUMBER", "STRING"],
  minimum: 3,
  accept(values) {
    if (values.length === 2 && rangeLength(values) < 0) throw new ScriptError("SUBSTR of negative length");
    return false;
  },
  run(values) {
    const from = integerAt(values, 0);
    const to = integerAt(values, 1);
    const { text, size } = stringAt(values, 2);
    if (from < 0 || to < from || to > text.length) throw new ScriptError(`SUBSTR ${from}..${to} of ${text.length} characters`);
    const ascii = size === text.length;
    return ascii ? sizedString(text.slice(from, to), to - from) : stringValue(text.slice(from, to));
  },
};

export const REPLACE: ScriptFunction = {
  types: ["STRING"],
  minimum: 3,
  run: (values) => stringValue(replaceAll(stringAt(values, 0).text, stringAt(values, 1).text, stringAt(values, 2).text)),
};

export const REPLACEFIRST: ScriptFunction = {
  types: ["STRING"],
  minimum: 3,
  run: (values) => stringValue(replaceFirst(stringAt(values, 0).text, stringAt(values, 1).text, stringAt(values, 2).text)),
};

/** The bytes of HEX, the UTF-8 form of STRING. */
function rawBytes(values: readonly Value[]): Bytes {
  const value = valueAt(values, 0);
  return value.type === "STRING" ? encodeUtf8(value.text) : bytesAt(values, 0);
}

function hashCost([value]: readonly Value[]): number {
  if (value?.type === "HEX") return HASH_COST + value.bytes.length * HASH_BYTE_COST;
  return HASH_COST + (value?.type === "STRING" ? value.size * HASH_BYTE_COST : 0);
}

export const SHA2: ScriptFunction = {
  types: ["BYTES"],
  minimum: 1,
  run: (values) => hexValue(sha2(rawBytes(values))),
  cost: hashCost,
};

export const SHA3: ScriptFunction = {
  types: ["BYTES"],
  minimum: 1,
  run: (values) => hexValue(sha3(rawBytes(values))),
  cost: hashCost,
};

export const ADDRESS: ScriptFunction = {
  types: ["STRING"],
  minimum: 1,
  run: (values) => hexValue(scriptAddress(stringAt(values, 0).text)),
  cost: hashCost,
};
