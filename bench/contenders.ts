import { createHash } from "node:crypto";
import { sha3_256 } from "@noble/hashes/sha3.js";
import { createSHA3 } from "hash-wasm";
import { sha3 } from "../host/core/hash.js";

/** An implementation of SHA3-256. */
export interface Implementation {
  readonly name: string;
  hash(data: Uint8Array): Uint8Array;
}

export const ours: Implementation = { name: "minimote", hash: sha3 };

const wasm = await createSHA3(256);

export const hashWasm: Implementation = { name: "hash-wasm", hash: (data) => wasm.init().update(data).digest("binary") };

/** Who ours is compared with. */
export const others: readonly Implementation[] = [
  hashWasm,
  { name: "node:crypto", hash: (data) => createHash("sha3-256").update(data).digest() },
  { name: "@noble/hashes", hash: (data) => sha3_256(data) },
];
