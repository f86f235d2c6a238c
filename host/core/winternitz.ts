import { publicCore, secretCore, sha3 } from "./hash.js";
import { HASH_LENGTH, WINTERNITZ_SIGNATURE_LENGTH } from "./instance.js";

export { WINTERNITZ_SIGNATURE_LENGTH };

/** The one-time public key of a seed, of which the first 32 bytes count (spec 04 §1.2). Throws `RangeError` for a shorter seed. */
export function winternitzPublicKey(seed: Uint8Array): Uint8Array {
  return secretCore.publicKey(seed.subarray(0, HASH_LENGTH));
}

/** The one-time signature of a message: 1088 bytes (spec 04 §1.4). Throws `RangeError` for a seed under 32 bytes. */
export function winternitzSign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return secretCore.sign(seed.subarray(0, HASH_LENGTH), sha3(message));
}

/** The public key a one-time signature of a message belongs to (spec 04 §1.5). Throws `RangeError` for a length other than 1088. */
export function winternitzRecover(message: Uint8Array, signature: Uint8Array): Uint8Array {
  return publicCore.recover(sha3(message), signature);
}
