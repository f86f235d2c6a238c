import { publicCore, sha3 } from "./hash.js";
import { CoreInstance } from "./instance.js";

/** Bytes of a one-time signature: 34 chains of 32 bytes (spec 04 §1). */
export const WINTERNITZ_SIGNATURE_LENGTH = 1088;
const SEED_LENGTH = 32;

/** The instance that works on secrets. It is wiped after every call. */
const secretCore = new CoreInstance();

/** The one-time public key of a seed, of which the first 32 bytes count (spec 04 §1.2). Throws `RangeError` for a shorter seed. */
export function winternitzPublicKey(seed: Uint8Array): Uint8Array {
  return withSeed(seed, () => {
    secretCore.exports.winternitzPublicKey();
    return secretCore.result(32);
  });
}

/** The one-time signature of a message: 1088 bytes (spec 04 §1.4). Throws `RangeError` for a seed under 32 bytes. */
export function winternitzSign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  const digest = sha3(message);
  return withSeed(seed, () => {
    secretCore.memory.set(digest, secretCore.input);
    secretCore.exports.winternitzSign();
    return secretCore.result(WINTERNITZ_SIGNATURE_LENGTH);
  });
}

function withSeed(seed: Uint8Array, work: () => Uint8Array): Uint8Array {
  if (seed.length < SEED_LENGTH) throw new RangeError(`a one-time seed needs ${SEED_LENGTH} bytes`);
  try {
    secretCore.memory.set(seed.subarray(0, SEED_LENGTH), secretCore.seed);
    return work();
  } finally {
    secretCore.exports.wipe();
  }
}

/** The public key a one-time signature of a message belongs to (spec 04 §1.5). Throws `RangeError` for a length other than 1088. */
export function winternitzRecover(message: Uint8Array, signature: Uint8Array): Uint8Array {
  if (signature.length !== WINTERNITZ_SIGNATURE_LENGTH)
    throw new RangeError(`a one-time signature has ${WINTERNITZ_SIGNATURE_LENGTH} bytes`);
  const digest = sha3(message);
  publicCore.memory.set(signature, publicCore.input);
  publicCore.memory.set(digest, publicCore.input + WINTERNITZ_SIGNATURE_LENGTH);
  publicCore.exports.winternitzRecover();
  return publicCore.result(32);
}
