import { sha3OfSecret } from "../core/hash.js";
import { type Bytes, concatBytes } from "../protocol/bytes.js";
import { encode } from "../protocol/writer.js";

/** SHA3-256 of these parts, one after the other; no copy of them is left behind. */
export function hashSecrets(...parts: readonly Bytes[]): Bytes {
  const preimage = concatBytes(...parts);
  try {
    return sha3OfSecret(preimage);
  } finally {
    preimage.fill(0);
  }
}

/** What precedes a secret of this length where it is encoded as data (spec 02 §1). */
export function dataPrefix(secret: Bytes): Bytes {
  return encode((writer, length) => writer.int32(length), secret.length);
}
