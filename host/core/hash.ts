import { CoreInstance } from "./instance.js";
import { bestCore } from "./module.js";

/** The instance that works on public data: hashing and verification keep nothing between calls. */
export const publicCore = new CoreInstance(bestCore);

/** The instance that works on secrets. It is wiped after every call. */
export const secretCore = new CoreInstance(bestCore);

/** SHA3-256 (FIPS 202) of any number of bytes: 32 bytes (spec 01 §6). */
export function sha3(data: Uint8Array): Uint8Array {
  return publicCore.sha3(data);
}

/** SHA3-256 of each of the messages that lie one after the other and end at `ends`: for many that are shorter than 136 bytes. */
export function sha3Each(messages: Uint8Array, ends: readonly number[]): Uint8Array[] {
  return publicCore.sha3Each(messages, ends);
}

/** SHA3-256 of a secret, of which nothing stays in the core's memory. */
export function sha3OfSecret(data: Uint8Array): Uint8Array {
  try {
    return secretCore.sha3(data);
  } finally {
    secretCore.wipe();
  }
}

/** SHA-256 of any number of bytes: 32 bytes (spec 01 §6). */
export function sha2(data: Uint8Array): Uint8Array {
  return publicCore.sha2(data);
}
