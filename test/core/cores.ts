import { createHash } from "node:crypto";
import { CoreInstance } from "../../host/core/instance.js";
import { type CoreKind, coreBytes } from "../../host/core/module.js";

/** Both modules, under the same tests. */
export const KINDS: readonly CoreKind[] = ["scalar", "simd"];

export function coreOf(kind: CoreKind): CoreInstance {
  return new CoreInstance(new WebAssembly.Module(coreBytes(kind)));
}

/** SHA3-256 by another implementation. */
export function peerSha3(data: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha3-256").update(data).digest());
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
