import { sha3 } from "./hash.js";

/** Bytes of a one-time signature: 34 chains of 32 bytes (spec 04 §1). */
export const WINTERNITZ_SIGNATURE_LENGTH = 1088;
const CHAINS = 34;
const CHAIN_LENGTH = 255;

function chain(start: Uint8Array, steps: number): Uint8Array {
  let state = start;
  for (let i = 0; i < steps; i++) state = sha3(state);
  return state;
}

/** The 34 digits of a message (spec 04 §1.3). */
function digits(message: Uint8Array): number[] {
  const list = Array.from(sha3(message));
  const checksum = 8192 - list.reduce((sum, digit) => sum + digit, 0);
  return [...list, checksum & 255, checksum >> 8];
}

function secrets(seed: Uint8Array): Uint8Array[] {
  if (seed.length < 32) throw new RangeError("a one-time seed needs 32 bytes");
  const state = seed.slice(0, 32);
  return Array.from({ length: CHAINS }, () => {
    const secret = sha3(state);
    let carry = 1;
    for (let i = 0; i < 32; i++) {
      carry += (state[i] as number) + (secret[i] as number);
      state[i] = carry & 255;
      carry >>= 8;
    }
    return secret;
  });
}

function publicKey(tops: readonly Uint8Array[]): Uint8Array {
  return sha3(Buffer.concat(tops));
}

/** The one-time public key of a seed (spec 04 §1.2). Throws `RangeError` for a seed under 32 bytes. */
export function winternitzPublicKey(seed: Uint8Array): Uint8Array {
  return publicKey(secrets(seed).map((secret) => chain(secret, CHAIN_LENGTH)));
}

/** The one-time signature of a message: 1088 bytes (spec 04 §1.4). */
export function winternitzSign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  const steps = digits(message);
  return Buffer.concat(secrets(seed).map((secret, i) => chain(secret, steps[i] as number)));
}

/** The public key a one-time signature of a message belongs to (spec 04 §1.5). Throws `RangeError` for a length other than 1088. */
export function winternitzRecover(message: Uint8Array, signature: Uint8Array): Uint8Array {
  if (signature.length !== WINTERNITZ_SIGNATURE_LENGTH)
    throw new RangeError(`a one-time signature has ${WINTERNITZ_SIGNATURE_LENGTH} bytes`);
  const steps = digits(message);
  return publicKey(steps.map((digit, i) => chain(signature.subarray(32 * i, 32 * i + 32), CHAIN_LENGTH - digit)));
}
