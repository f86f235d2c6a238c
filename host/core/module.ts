import { scalar, simd } from "./wasm.generated.js";

/** The two modules the core is compiled to: plain, and with two hashes side by side. Both compute the same. */
export type CoreKind = "scalar" | "simd";

/** A module's code, by kind. */
export function coreBytes(kind: CoreKind): Uint8Array {
  return Buffer.from(kind === "simd" ? simd : scalar, "base64");
}

/** The faster kind this engine can run: SIMD if its code validates. */
export function bestCoreKind(): CoreKind {
  return WebAssembly.validate(coreBytes("simd")) ? "simd" : "scalar";
}

/** The compiled module of the best kind: what every instance of this process runs. */
export const bestCore = new WebAssembly.Module(coreBytes(bestCoreKind()));
