/**
 * The WASM core as a library: hashing, one-time signatures, MMR proofs, proof of work.
 *
 * ```js
 * import { loadCore } from "minimote/core";
 * const core = loadCore();
 * core.sha3(new TextEncoder().encode("hello"));
 * ```
 *
 * @module
 */
import { CoreInstance } from "./instance.js";
import { bestCore, bestCoreKind, type CoreKind, coreBytes } from "./module.js";

export { CoreInstance, HASH_LENGTH, WINTERNITZ_SIGNATURE_LENGTH } from "./instance.js";
export { bestCoreKind, type CoreKind, coreBytes } from "./module.js";
export { CancelledError, type PoolOptions, type RunOptions, WorkerPool } from "./pool.js";
export { type MineResult, type MineTask, type RecoverTask, SearchExhaustedError, type TreeKeysTask } from "./tasks.js";

export interface LoadOptions {
  /** `simd` hashes two states side by side; `scalar` runs everywhere. The faster one that runs here if not given. */
  readonly kind?: CoreKind;
}

/**
 * An instance of the core with a memory of its own, checked by its self-test. Give secrets and what strangers send different instances.
 * Throws `WebAssembly.CompileError` for a kind that does not run here.
 */
export function loadCore({ kind = bestCoreKind() }: LoadOptions = {}): CoreInstance {
  const core = new CoreInstance(kind === bestCoreKind() ? bestCore : new WebAssembly.Module(coreBytes(kind)));
  const failed = core.selftest();
  if (failed !== 0) throw new Error(`the core computes wrongly here: self-test ${failed} fails`);
  return core;
}
