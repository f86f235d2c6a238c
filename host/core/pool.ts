import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { bestCoreKind, coreBytes } from "./instance.js";
import type { KeysTask, MineResult, MineTask, RecoverTask, Task } from "./tasks.js";
import { workerCode } from "./worker.generated.js";
import type { WorkerReply, WorkerRequest, WorkerSetup } from "./worker.js";

export interface PoolOptions {
  /** Workers at most; they start when there is work. Default: one core is left to the main thread. */
  readonly size?: number;
  /** Runs below everything else on the machine. */
  readonly lowPriority?: boolean;
}

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
  readonly options: RunOptions;
  readonly cancel: Int32Array;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Runs long work of the core on worker threads. Idle workers do not keep the process alive. */
export class WorkerPool {
  readonly #size: number;
  readonly #setup: WorkerSetup;
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Job>();
  readonly #queue: Job[] = [];
  #nextId = 1;
  #closed = false;

  constructor(options: PoolOptions = {}) {
    const kind = bestCoreKind();
    this.#size = options.size ?? Math.max(1, availableParallelism() - 1);
    this.#setup = { kind, code: new WebAssembly.Module(coreBytes(kind)), lowPriority: options.lowPriority ?? false };
  }

  /** Searches for a counter (spec 06b §12). Throws `CancelledError`, or an error when no counter fits. */
  mine(task: Omit<MineTask, "kind">, options: RunOptions = {}): Promise<MineResult> {
    return this.#run<MineResult>({ kind: "mine", ...task }, options);
  }

  /** One-time public keys from their seeds, 32 bytes each (spec 04 §1.2). Throws `CancelledError`. */
  keys(task: Omit<KeysTask, "kind">, options: RunOptions = {}): Promise<Uint8Array> {
    return this.#run<Uint8Array>({ kind: "keys", ...task }, options);
  }

  /** The public keys of one-time signatures, 32 bytes each (spec 04 §1.5). Throws `CancelledError`. */
  recover(task: Omit<RecoverTask, "kind">, options: RunOptions = {}): Promise<Uint8Array> {
    return this.#run<Uint8Array>({ kind: "recover", ...task }, options);
  }

  /** Cancels everything and ends the workers. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#queue.splice(0)) job.reject(new CancelledError("cancelled"));
    const workers = [...this.#idle.splice(0), ...this.#busy.keys()];
    for (const job of this.#busy.values()) {
      Atomics.store(job.cancel, 0, 1);
      job.reject(new CancelledError("cancelled"));
    }
    this.#busy.clear();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #run<Result>(task: Task, options: RunOptions): Promise<Result> {
    if (this.#closed || options.signal?.aborted === true) return Promise.reject(new CancelledError("cancelled"));
    return new Promise<Result>((resolve, reject) => {
      const cancel = new Int32Array(new SharedArrayBuffer(4));
      const job: Job = { task, options, cancel, resolve: (result) => resolve(result as Result), reject };
      options.signal?.addEventListener("abort", () => this.#cancel(job), { once: true });
      this.#queue.push(job);
      this.#assign();
    });
  }

  #cancel(job: Job): void {
    Atomics.store(job.cancel, 0, 1);
    const waiting = this.#queue.indexOf(job);
    if (waiting < 0) return;
    this.#queue.splice(waiting, 1);
    job.reject(new CancelledError("cancelled"));
  }

  #assign(): void {
    while (this.#queue.length > 0) {
      const worker = this.#idle.pop() ?? (this.#busy.size < this.#size ? this.#start() : undefined);
      if (worker === undefined) return;
      const job = this.#queue.shift() as Job;
      this.#busy.set(worker, job);
      worker.ref();
      worker.postMessage({ id: this.#nextId++, task: job.task, cancel: job.cancel } satisfies WorkerRequest);
    }
  }

  #start(): Worker {
    const worker = new Worker(workerCode, { eval: true, workerData: this.#setup, name: "minimote-core" });
    worker.on("message", (reply: WorkerReply) => this.#heard(worker, reply));
    worker.on("error", (error) => this.#lost(worker, error));
    return worker;
  }

  #heard(worker: Worker, reply: WorkerReply): void {
    const job = this.#busy.get(worker);
    if (job === undefined) return;
    if (reply.type === "progress") {
      job.options.onProgress?.(reply.done);
      return;
    }
    this.#busy.delete(worker);
    worker.unref();
    this.#idle.push(worker);
    if (reply.type === "failed") job.reject(new Error(reply.message));
    else if (reply.result === undefined) job.reject(new CancelledError("cancelled"));
    else job.resolve(reply.result);
    this.#assign();
  }

  #lost(worker: Worker, error: Error): void {
    this.#busy.get(worker)?.reject(error);
    this.#busy.delete(worker);
    this.#assign();
  }
}
