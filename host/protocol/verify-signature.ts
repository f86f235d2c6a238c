import { WINTERNITZ_SIGNATURE_LENGTH, winternitzRecover } from "../core/winternitz.js";
import { type Bytes, equalBytes } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import { signatureProofRoot } from "./mmr-node.js";
import type { Signature, SignatureProof } from "./signature.js";

/** The most levels a signature may have (spec 04 §4). */
export const MAX_SIGNATURE_LEVELS = 8;

/**
 * Gives the one-time key that a level's signature of a message belongs to, 1088 bytes long. `isUpper`: what it signs is the key of the
 * level below, and not the data.
 */
export type RecoverKey = (level: SignatureProof, message: Bytes, isUpper: boolean) => Bytes;

/**
 * Whether a key-tree signature of `data` belongs to `publicKey` (spec 04 §4). Throws `malformed` for a one-time signature of the
 * wrong length that an earlier failure did not hide, and `range` for a key proof whose sums are out of range (quirks 1 and 11).
 */
export function verifySignature(publicKey: Bytes, data: Bytes, { proofs }: Signature, recover: RecoverKey = recoverHere): boolean {
  const [first] = proofs;
  if (first === undefined || proofs.length > MAX_SIGNATURE_LEVELS) return false;
  if (!equalBytes(signatureProofRoot(first), publicKey)) return false;
  return proofs.every((level, i) => {
    const next = proofs[i + 1];
    const { signature, publickey } = level;
    if (signature.length !== WINTERNITZ_SIGNATURE_LENGTH)
      throw new ProtocolError("malformed", `a one-time signature of ${signature.length} bytes`);
    return equalBytes(recover(level, next === undefined ? data : signatureProofRoot(next), next !== undefined), publickey);
  });
}

const recoverHere: RecoverKey = ({ signature }, message) => winternitzRecover(message, signature);
