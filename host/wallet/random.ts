import { toUnsigned } from "../protocol/bytes.js";
import type { RandomBytes } from "../protocol/encryption.js";

/** A whole number from 0 up to, but without, `limit`: uniform but for one part in 2^32. */
export function randomBelow(limit: number, randomBytes: RandomBytes): number {
  return Number(toUnsigned(randomBytes(8)) % BigInt(limit));
}
