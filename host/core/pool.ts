import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { bestCore } from "./module.js";
import { type MineResult, type MineTask, type RecoverTask, SearchExhaustedError, type Task, type TreeKeysTask } from "./tasks.js";
import { workerCode } from "./worker.generated.js";
import type { WorkerReply, WorkerRequest, WorkerSetup } from "./worker.js";

export interface PoolOptions {
  /** Workers at most; they start when there is work. Default: one core is left to the main thread. */
  readonly size?: number;
  /** Runs below everything else on the machine. */
  readonly lowPriority?: boolean;
  /** How long a worker without work lives on, in milliseconds; 5 seconds if not given. */
  readonly idleMs?: number;
}

/** Long enough that a burst of work starts its workers once. A worker takes about 9 MB and 40 ms to start. */
const IDLE_MS = 5000;

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Told now and then how much is done. */
  readonly onProgress?: (done: number) => void;
}

/** A task that was cancelled by its signal, or by closing the pool. */
export class CancelledError extends Error {
  override readonly name = "CancelledError";
}

interface Job {
  readonly task: Task;
  readonly cancel: Int32Array;
  readonly onProgress: ((done: number) => void) | undefined;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Runs long work of the core on worker threads. Idle workers do not keep the process alive, and end after a while. */
export class WorkerPool {
  readonly #size: number;
  readonly #setup: WorkerSetup;
  readonly #idleMs: number;
  /** With the timers that will end them; the one that worked last comes last. */
  readonly #idle = new Map<Worker, NodeJS.Timeout>();
  readonly #busy = new Map<Worker, Job>();
  readonly #queue: Job[] = [];
  #closed = false;

  constructor(options: PoolOptions = {}) {
    this.#size = Math.max(1, options.size ?? availableParallelism() - 1);
    this.#idleMs = options.idleMs ?? IDLE_MS;
    this.#setup = { module: bestCore, lowPriority: options.lowPriority ?? false };
  }

  /** Searches for a counter (spec 06b §12). Throws `CancelledError`, `SearchExhaustedError`, `RangeError` as `mine` in tasks.ts. */
  mine(task: Omit<MineTask, "kind">, options: RunOptions = {}): Promise<MineResult> {
    return this.#run<MineResult>({ kind: "mine", ...task }, options);
  }

  /** One-time public keys of a node of a tree key, 32 bytes each (spec 04 §2). Throws `CancelledError`, `RangeError`. */
  treeKeys(task: Omit<TreeKeysTask, "kind">, options: RunOptions = {}): Promise<Uint8Array> {
    return this.#run<Uint8Array>({ kind: "tree-keys", ...task }, options);
  }

  /** The public keys of one-time signatures, 32 bytes each (spec 04 §1.5). Throws `CancelledError`, `RangeError`. */
  recover(task: Omit<RecoverTask, "kind">, options: RunOptions = {}): Promise<Uint8Array> {
    return this.#run<Uint8Array>({ kind: "recover", ...task }, options);
  }

  /** Cancels everything and ends the workers. */
  async close(): Promise<void> {
    this.#closed = true;
    const jobs = [...this.#queue.splice(0), ...this.#busy.values()];
    const workers = [...this.#idle.keys(), ...this.#busy.keys()];
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#busy.clear();
    this.#idle.clear();
    for (const job of jobs) job.reject(new CancelledError("cancelled"));
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  async #run<Result>(task: Task, { signal, onProgress }: RunOptions): Promise<Result> {
    if (this.#closed || signal?.aborted === true) throw new CancelledError("cancelled");
    const cancel = new Int32Array(new SharedArrayBuffer(4));
    let abort = (): void => {};
    try {
      return await new Promise<Result>((resolve, reject) => {
        const job: Job = { task, cancel, onProgress, resolve: (result) => resolve(result as Result), reject };
        abort = () => this.#cancel(job);
        signal?.addEventListener("abort", abort);
        this.#queue.push(job);
        this.#assign();
      });
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** A waiting job ends here; a running one is told, and ends when its worker says so. */
  #cancel(job: Job): void {
    Atomics.store(job.cancel, 0, 1);
    Atomics.notify(job.cancel, 0);
    const waiting = this.#queue.indexOf(job);
    if (waiting < 0) return;
    this.#queue.splice(waiting, 1);
    job.reject(new CancelledError("cancelled"));
  }

  #assign(): void {
    while (this.#idle.size > 0 || this.#busy.size < this.#size) {
      const job = this.#queue.shift();
      if (job === undefined) return;
      const worker = this.#takeIdle() ?? this.#start();
      this.#busy.set(worker, job);
      worker.ref();
      const { task, cancel, onProgress } = job;
      worker.postMessage({ task, cancel, tellProgress: onProgress !== undefined } satisfies WorkerRequest);
    }
  }

  /** The worker that worked last, so that those not needed end. */
  #takeIdle(): Worker | undefined {
    const worker = [...this.#idle.keys()].at(-1);
    if (worker === undefined) return undefined;
    this.#forgetIdle(worker);
    return worker;
  }

  #forgetIdle(worker: Worker): void {
    clearTimeout(this.#idle.get(worker));
    this.#idle.delete(worker);
  }

  #start(): Worker {
    // Without the options of the host's command line: some change how code is read.
    const worker = new Worker(workerCode, { eval: true, execArgv: [], workerData: this.#setup, name: "minimote-core" });
    worker.on("message", (reply: WorkerReply) => this.#heard(worker, reply));
    worker.on("error", (error) => this.#lost(worker, error));
    worker.on("exit", () => this.#lost(worker, new Error("a worker ended before its task")));
    return worker;
  }

  #heard(worker: Worker, reply: WorkerReply): void {
    const job = this.#busy.get(worker);
    if (job === undefined) return;
    if (reply.type === "progress") {
      job.onProgress?.(reply.done);
      return;
    }
    this.#busy.delete(worker);
    worker.unref();
    this.#idle.set(worker, setTimeout(() => this.#end(worker), this.#idleMs).unref());
    if (reply.type === "failed") job.reject(errorOf(reply.name, reply.message));
    else if (reply.result === undefined) job.reject(new CancelledError("cancelled"));
    else job.resolve(reply.result);
    this.#assign();
  }

  #end(worker: Worker): void {
    this.#forgetIdle(worker);
    void worker.terminate();
  }

  /** A worker is gone, which costs its own job only: the next one gets a new worker. */
  #lost(worker: Worker, error: Error): void {
    this.#forgetIdle(worker);
    this.#busy.get(worker)?.reject(error);
    this.#busy.delete(worker);
    this.#assign();
  }
}

/** The error a task ended with: classes do not survive the way between threads. */
function errorOf(name: string, message: string): Error {
  if (name === "SearchExhaustedError") return new SearchExhaustedError(message);
  return name === "RangeError" ? new RangeError(message) : new Error(message);
}
