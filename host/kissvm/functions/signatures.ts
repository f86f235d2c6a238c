import { equalBytes } from "../../protocol/bytes.js";
import { dataLeaf, foldProof, textLeaf } from "../../protocol/mmr-node.js";
import { readMMRProof } from "../../protocol/mmr-objects.js";
import { decode } from "../../protocol/reader.js";
import { readSignature } from "../../protocol/signature.js";
import { verifySignature } from "../../protocol/verify-signature.js";
import { ScriptError } from "../errors.js";
import { booleanValue, type Value } from "../value.js";
import { HASH_BYTE_COST, HASH_COST, PROOF_CHUNK_COST, SIGNATURE_COST } from "../work.js";
import { bytesAt, integerAt, numberAt, type ScriptContext, type ScriptFunction, valueAt } from "./script-function.js";

export const SIGNEDBY: ScriptFunction = {
  types: ["HEX"],
  minimum: 1,
  run: (values, context) => booleanValue(context.isSignedBy(bytesAt(values, 0))),
};

/** Counts the keys as they are evaluated and stops at the number wanted; a key listed twice counts twice (spec 05 §7.6). */
export const MULTISIG: ScriptFunction = {
  types: ["NUMBER", "HEX"],
  minimum: 2,
  more: true,
  accept(values, context) {
    const wanted = integerAt(values, 0);
    if (wanted < 0) throw new ScriptError("negative number of signatures");
    return values.length > 1 && countSigned(values, context) >= wanted;
  },
  run: (values, context) => booleanValue(countSigned(values, context) >= integerAt(values, 0)),
};

function countSigned(values: readonly Value[], context: ScriptContext): number {
  let count = 0;
  for (let i = 1; i < values.length; i++) if (context.isSignedBy(bytesAt(values, i))) count++;
  return count;
}

/** Shortest encoding of a proof step; bounds the steps that a proof of so many bytes can have. */
const MIN_CHUNK_BYTES = 8;

export const CHECKSIG: ScriptFunction = {
  types: ["HEX"],
  minimum: 3,
  surcharge: 31,
  run(values) {
    const key = bytesAt(values, 0);
    const data = bytesAt(values, 1);
    const signature = bytesAt(values, 2);
    if (key.length === 0 || signature.length === 0) throw new ScriptError("CHECKSIG without key or signature");
    return booleanValue(verifySignature(key, data, decode(readSignature, signature)));
  },
  cost: (values) => SIGNATURE_COST + chainCost(values, 2),
};

/** What hashing up a serialised proof can cost. */
function chainCost(values: readonly Value[], index: number): number {
  return (bytesAt(values, index).length / MIN_CHUNK_BYTES) * PROOF_CHUNK_COST;
}

export const PROOF: ScriptFunction = {
  types: ["BYTES", "NUMBER", "HEX", "NUMBER", "HEX"],
  minimum: 5,
  run(values) {
    const data = valueAt(values, 0);
    const value = numberAt(values, 1);
    const leaf = data.type === "STRING" ? textLeaf(data.text, value) : dataLeaf(bytesAt(values, 0), value);
    const root = foldProof(leaf, decode(readMMRProof, bytesAt(values, 4)));
    return booleanValue(equalBytes(root.hash, bytesAt(values, 2)) && root.value.equals(numberAt(values, 3)));
  },
  cost: (values) => HASH_COST + dataSize(values) * HASH_BYTE_COST + chainCost(values, 4),
};

function dataSize([data]: readonly Value[]): number {
  if (data?.type === "HEX") return data.bytes.length;
  return data?.type === "STRING" ? data.size : 0;
}
