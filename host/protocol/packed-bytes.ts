import type { Bytes } from "./bytes.js";

/** Bytes as a string of one byte a character: one piece of the heap, where a small array of its own takes 300 bytes beside its content. */
export type PackedBytes = string & { readonly packed: unique symbol };

export function packBytes(bytes: Bytes): PackedBytes {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1") as PackedBytes;
}

/** In memory of their own. */
export function unpackBytes(packed: PackedBytes): Buffer {
  const bytes = Buffer.allocUnsafeSlow(packed.length);
  bytes.write(packed, "latin1");
  return bytes;
}
