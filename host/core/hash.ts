import { createHash } from "node:crypto";

/** SHA3-256 (FIPS 202) of any number of bytes: 32 bytes (spec 01 §6). */
export function sha3(data: Uint8Array): Uint8Array {
  return createHash("sha3-256").update(data).digest();
}

/** SHA-256 of any number of bytes: 32 bytes (spec 01 §6). */
export function sha2(data: Uint8Array): Uint8Array {
  return createHash("sha256").update(data).digest();
}
