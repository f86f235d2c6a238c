import { availableParallelism } from "node:os";
import { bestCore } from "./module.js";
import { type MineResult, type MineTask, type RecoverTask, SearchExhaustedError, type Task, type TreeKeysTask } from "./tasks.js";
import { type RunOptions, Threads } from "./threads.js";
import { workerCode } from "./worker.generated.js";
import type { WorkerSetup } from "./worker.js";

export { CancelledError, type RunOptions } from "./threads.js";

export interface PoolOptions {
  /** Workers at most; they start when there is work. Default: one core is left to the main thread. */
  readonly size?: number;
  /** Runs below everything else on the machine. */
  readonly lowPriority?: boolean;
  /** How long a worker without work lives on, in milliseconds; 5 seconds if not given. */
  readonly idleMs?: number;
}

/** Runs long work of the core on worker threads. Idle workers do not keep the process alive, and end after a while. */
export class WorkerPool {
  readonly #threads: Threads<Task>;

  constructor(options: PoolOptions = {}) {
    this.#threads = new Threads({
      name: "minimote-core",
      code: workerCode,
      setup: { module: bestCore, lowPriority: options.lowPriority ?? false } satisfies WorkerSetup,
      size: Math.max(1, options.size ?? availableParallelism() - 1),
      idleMs: options.idleMs,
      errorOf,
    });
  }

  /** Searches for a counter (spec 06b §12). Throws `CancelledError`, `SearchExhaustedError`, `RangeError` as `mine` in tasks.ts. */
  mine(task: Omit<MineTask, "kind">, options: RunOptions = {}): Promise<MineResult> {
    return this.#threads.run({ kind: "mine", ...task }, options);
  }

  /** One-time public keys of a node of a tree key, 32 bytes each (spec 04 §2). Throws `CancelledError`, `RangeError`. */
  treeKeys(task: Omit<TreeKeysTask, "kind">, options: RunOptions = {}): Promise<Uint8Array> {
    return this.#threads.run({ kind: "tree-keys", ...task }, options);
  }

  /** The public keys of one-time signatures, 32 bytes each (spec 04 §1.5). Throws `CancelledError`, `RangeError`. */
  recover(task: Omit<RecoverTask, "kind">, options: RunOptions = {}): Promise<Uint8Array> {
    return this.#threads.run({ kind: "recover", ...task }, options);
  }

  /** Cancels everything and ends the workers. */
  close(): Promise<void> {
    return this.#threads.close();
  }
}

function errorOf(name: string, message: string): Error | undefined {
  if (name === "SearchExhaustedError") return new SearchExhaustedError(message);
  return name === "RangeError" ? new RangeError(message) : undefined;
}
