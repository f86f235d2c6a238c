import { createHash } from "node:crypto";
import { sha3_256 } from "@noble/hashes/sha3.js";
import { createSHA3 } from "hash-wasm";
import { sha3 } from "../host/core/hash.js";

/** An implementation of SHA3-256. */
export interface Contender {
  readonly name: string;
  hash(data: Uint8Array): Uint8Array;
}

export const OURS = "minimote";

/** Ours first, then who it is compared with. */
export async function contenders(): Promise<readonly Contender[]> {
  const hashWasm = await createSHA3(256);
  return [
    { name: OURS, hash: sha3 },
    { name: "hash-wasm", hash: (data) => hashWasm.init().update(data).digest("binary") },
    { name: "node:crypto", hash: (data) => createHash("sha3-256").update(data).digest() },
    { name: "@noble/hashes", hash: (data) => sha3_256(data) },
  ];
}
