import { toHex0x } from "../bytes.js";
import { entryNumberText } from "../entry-number.js";
import { type JsonObject, jsonObject } from "../json.js";
import { scriptProofAddress, signatureProofRoot } from "../mmr-node.js";
import type { MMRData, MMREntry, MMRProof } from "../mmr-objects.js";
import type { Signature, SignatureProof } from "../signature.js";
import type { CoinProof, ScriptProof, Witness } from "../witness.js";
import { coinToJSON } from "./coin-json.js";

/** Spec 02 §7.2. */
export function mmrDataToJSON(data: MMRData): JsonObject {
  return jsonObject(["data", toHex0x(data.hash)], ["value", data.value.toString()]);
}

/** Spec 02 §7.3. */
export function mmrEntryToJSON(entry: MMREntry): JsonObject {
  return jsonObject(["row", entry.row], ["entry", entryNumberText(entry.entry)], ["data", mmrDataToJSON(entry.data)]);
}

/** Spec 02 §7.4. */
export function mmrProofToJSON(proof: MMRProof): JsonObject {
  return jsonObject(
    ["blocktime", proof.blocktime.toString()],
    ["proof", proof.chunks.map(({ left, data }) => jsonObject(["left", left !== 0], ["data", mmrDataToJSON(data)]))],
    ["prooflength", proof.chunks.length],
  );
}

/** Spec 02 §8.1. */
export function coinProofToJSON(proof: CoinProof): JsonObject {
  return jsonObject(["coin", coinToJSON(proof.coin)], ["proof", mmrProofToJSON(proof.proof)]);
}

/** Spec 02 §8.2. */
export function scriptProofToJSON(proof: ScriptProof): JsonObject {
  return jsonObject(["script", proof.script], ["address", toHex0x(scriptProofAddress(proof))], ["proof", mmrProofToJSON(proof.proof)]);
}

/** One level of a signature (spec 02 §8.3). */
function signatureProofToJSON(level: SignatureProof): JsonObject {
  return jsonObject(
    ["publickey", toHex0x(level.publickey)],
    ["rootkey", toHex0x(signatureProofRoot(level))],
    ["proof", mmrProofToJSON(level.proof)],
    ["signature", toHex0x(level.signature)],
  );
}

/** Spec 02 §8.3. */
export function signatureToJSON(signature: Signature): JsonObject {
  return jsonObject(["signatures", signature.proofs.map(signatureProofToJSON)]);
}

/** Spec 02 §10. */
export function witnessToJSON(witness: Witness): JsonObject {
  return jsonObject(
    ["signatures", witness.signatures.map(signatureToJSON)],
    ["mmrproofs", witness.coinProofs.map(coinProofToJSON)],
    ["scripts", witness.scripts.map(scriptProofToJSON)],
  );
}
