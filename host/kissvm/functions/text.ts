import { sha2, sha3 } from "../../core/hash.js";
import type { Bytes } from "../../protocol/bytes.js";
import { scriptAddress } from "../../protocol/script-address.js";
import { encodeUtf8 } from "../../protocol/text.js";
import { ScriptError } from "../errors.js";
import { replaceAll, replaceFirst } from "../replace.js";
import { hexValue, sizedString, stringValue } from "../value.js";
import { HASH_BYTE_COST, HASH_COST, REPLACE_COST } from "../work.js";
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

/** A function that replaces occurrences of its second parameter in the first one by the template in the third. */
function replacing(replace: (text: string, search: string, template: string) => string): ScriptFunction {
  return {
    types: ["STRING"],
    minimum: 3,
    run(values, context) {
      const [text, search, template] = [stringAt(values, 0), stringAt(values, 1), stringAt(values, 2)];
      context.spend((text.size + search.size + template.size) * REPLACE_COST);
      return stringValue(replace(text.text, search.text, template.text));
    },
  };
}

export const REPLACE = replacing(replaceAll);
export const REPLACEFIRST = replacing(replaceFirst);

/** A function that hashes the bytes of HEX, the UTF-8 form of STRING. */
function hashing(hash: (bytes: Bytes) => Bytes): ScriptFunction {
  return {
    types: ["BYTES"],
    minimum: 1,
    run(values, context) {
      const value = valueAt(values, 0);
      const bytes = value.type === "STRING" ? encodeUtf8(value.text) : bytesAt(values, 0);
      context.spend(HASH_COST + bytes.length * HASH_BYTE_COST);
      return hexValue(hash(bytes));
    },
  };
}

export const SHA2 = hashing(sha2);
export const SHA3 = hashing(sha3);

export const ADDRESS: ScriptFunction = {
  types: ["STRING"],
  minimum: 1,
  run(values, context) {
    const { text, size } = stringAt(values, 0);
    context.spend(HASH_COST + size * HASH_BYTE_COST);
    return hexValue(scriptAddress(text));
  },
};
