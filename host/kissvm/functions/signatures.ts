import { equalBytes } from "../../protocol/bytes.js";
import { dataLeaf, foldProof, textLeaf } from "../../protocol/mmr-node.js";
import { readMMRProof } from "../../protocol/mmr-objects.js";
import { decode } from "../../protocol/reader.js";
import { readSignature } from "../../protocol/signature.js";
import { MAX_SIGNATURE_LEVELS, verifySignature } from "../../protocol/verify-signature.js";
import { ScriptError } from "../errors.js";
import { booleanValue, type Value } from "../value.js";
import { HASH_BYTE_COST, HASH_COST, LEVEL_COST, PROOF_BYTE_COST } from "../work.js";
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

export const CHECKSIG: ScriptFunction = {
  types: ["HEX"],
  minimum: 3,
  surcharge: 31,
  run(values, context) {
    const key = bytesAt(values, 0);
    const data = bytesAt(values, 1);
    const encoded = bytesAt(values, 2);
    if (key.length === 0 || encoded.length === 0) throw new ScriptError("CHECKSIG without key or signature");
    context.spend(encoded.length * PROOF_BYTE_COST);
    const signature = decode(readSignature, encoded);
    context.spend(HASH_COST + data.length * HASH_BYTE_COST + Math.min(signature.proofs.length, MAX_SIGNATURE_LEVELS) * LEVEL_COST);
    return booleanValue(verifySignature(key, data, signature));
  },
};

export const PROOF: ScriptFunction = {
  types: ["BYTES", "NUMBER", "HEX", "NUMBER", "HEX"],
  minimum: 5,
  run(values, context) {
    const data = valueAt(values, 0);
    const value = numberAt(values, 1);
    const chain = bytesAt(values, 4);
    const size = data.type === "STRING" ? data.size : bytesAt(values, 0).length;
    context.spend(HASH_COST + size * HASH_BYTE_COST + chain.length * PROOF_BYTE_COST);
    const leaf = data.type === "STRING" ? textLeaf(data.text, value) : dataLeaf(bytesAt(values, 0), value);
    const root = foldProof(leaf, decode(readMMRProof, chain));
    return booleanValue(equalBytes(root.hash, bytesAt(values, 2)) && root.value.equals(numberAt(values, 3)));
  },
};
