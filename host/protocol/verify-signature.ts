import { WINTERNITZ_SIGNATURE_LENGTH, winternitzRecover } from "../core/winternitz.js";
import { type Bytes, equalBytes } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import { signatureProofRoot } from "./mmr-node.js";
import type { Signature, SignatureProof } from "./signature.js";

/** The most levels a signature may have (spec 04 §4). */
export const MAX_SIGNATURE_LEVELS = 8;

/** One-time keys that were recovered before, from a level's signature of what it has to sign. */
export type RecoveredKeys = (level: SignatureProof) => Bytes | undefined;

/**
 * Whether a key-tree signature of `data` belongs to `publicKey` (spec 04 §4). Throws `malformed` for a one-time signature of the
 * wrong length that an earlier failure did not hide, and `range` for a key proof whose sums are out of range (quirks 1 and 11).
 */
export function verifySignature(publicKey: Bytes, data: Bytes, { proofs }: Signature, recovered?: RecoveredKeys): boolean {
  const [first] = proofs;
  if (first === undefined || proofs.length > MAX_SIGNATURE_LEVELS) return false;
  if (!equalBytes(signatureProofRoot(first), publicKey)) return false;
  return proofs.every((level, i) => {
    const next = proofs[i + 1];
    return verifyOneTime(level, next === undefined ? data : signatureProofRoot(next), recovered);
  });
}

function verifyOneTime(level: SignatureProof, message: Bytes, recovered?: RecoveredKeys): boolean {
  const { publickey, signature } = level;
  if (signature.length !== WINTERNITZ_SIGNATURE_LENGTH)
    throw new ProtocolError("malformed", `a one-time signature of ${signature.length} bytes`);
  return equalBytes(recovered?.(level) ?? winternitzRecover(message, signature), publickey);
}
