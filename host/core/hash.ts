import { CoreInstance } from "./instance.js";
import { bestCore } from "./module.js";

/** The instance that works on public data: hashing and verification keep nothing between calls. */
export const publicCore = new CoreInstance(bestCore);

/** SHA3-256 (FIPS 202) of any number of bytes: 32 bytes (spec 01 §6). */
export function sha3(data: Uint8Array): Uint8Array {
  return publicCore.sha3(data);
}

/** SHA-256 of any number of bytes: 32 bytes (spec 01 §6). */
export function sha2(data: Uint8Array): Uint8Array {
  return publicCore.sha2(data);
}
