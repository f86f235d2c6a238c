import type { Bytes } from "./bytes.js";
import { type MMRProof, readMMRProof, writeMMRProof } from "./mmr-objects.js";
import type { Reader } from "./reader.js";
import type { Writer } from "./writer.js";

/** One level of a key-tree signature (spec 02 §8.3, 04 §5). */
export interface SignatureProof {
  /** One-time public key. */
  readonly publickey: Bytes;
  /** One-time signature: 1088 bytes when genuine. */
  readonly signature: Bytes;
  readonly proof: MMRProof;
}

/** A key-tree signature, root level first. */
export interface Signature {
  readonly proofs: readonly SignatureProof[];
}

export function readSignature(reader: Reader): Signature {
  return { proofs: reader.list(14, (r) => ({ publickey: r.data(), signature: r.data(), proof: readMMRProof(r) })) };
}

export function writeSignature(writer: Writer, signature: Signature): void {
  writer.list(signature.proofs, (w, level) => {
    w.data(level.publickey);
    w.data(level.signature);
    writeMMRProof(w, level.proof);
  });
}
