import { sha3 } from "../core/hash.js";
import { winternitzRecover } from "../core/winternitz.js";
import { type Bytes, concatBytes, toHex } from "./bytes.js";
import type { SignatureProof } from "./signature.js";
import type { RecoverKey } from "./verify-signature.js";

/** A level of a signature, and what it signs. */
export interface SignedLevel {
  readonly level: SignatureProof;
  readonly message: Bytes;
  /** Whether it signs the key of the level below: it is then the same in many signatures of a key (spec 04 §3). */
  readonly isUpper: boolean;
}

/** Levels remembered; each takes about 300 bytes. */
const REMEMBERED = 2048;

/**
 * The one-time keys of upper levels recovered lately. All signatures of a key that share a node carry the same levels above it, byte
 * by byte: two of three in a wallet's. What is remembered is found under a hash of the message and the signature, of which the key
 * is a function.
 */
export class UpperLevels {
  readonly #keys = new Map<string, Bytes>();

  constructor(readonly size: number = REMEMBERED) {}

  /** Recovers the key of a level, or remembers it; for `verifySignature`. */
  readonly recover: RecoverKey = (level, message, isUpper) => {
    const known = this.find({ level, message, isUpper });
    if (known !== undefined) return known;
    const key = winternitzRecover(message, level.signature);
    this.add({ level, message, isUpper }, key);
    return key;
  };

  find({ level, message, isUpper }: SignedLevel): Bytes | undefined {
    return isUpper ? this.#keys.get(idOf(message, level)) : undefined;
  }

  add({ level, message, isUpper }: SignedLevel, key: Bytes): void {
    if (!isUpper) return;
    const id = idOf(message, level);
    this.#keys.delete(id);
    this.#keys.set(id, key);
    for (const oldest of this.#keys.keys()) {
      if (this.#keys.size <= this.size) return;
      this.#keys.delete(oldest);
    }
  }
}

function idOf(message: Bytes, { signature }: SignatureProof): string {
  return toHex(sha3(concatBytes(sha3(message), signature)));
}
