import { type ResourceLimits, Worker } from "node:worker_threads";

/** A task for a worker, which does one at a time. */
export interface WorkerRequest<Task> {
  readonly task: Task;
  /** Becomes non-zero, with a notification, when the task should give up. */
  readonly cancel: Int32Array;
  /** Whether somebody wants to know how far the task is. */
  readonly tellProgress: boolean;
}

/** What a worker says: how far it is, or how it ended. `result` is undefined after a cancellation. */
export type WorkerReply =
  | { readonly type: "progress"; readonly done: number }
  | { readonly type: "done"; readonly result: unknown }
  | { readonly type: "failed"; readonly name: string; readonly message: string };

/** What workers are started with and how many there are. */
export interface ThreadsOptions {
  /** Of the threads, for people who look at them. */
  readonly name: string;
  /** The program of a worker: one that calls `serveTasks`. */
  readonly code: string;
  /** Its `workerData`. */
  readonly setup: unknown;
  /** Workers at most; they start when there is work. */
  readonly size: number;
  /** How long a worker without work lives on, in milliseconds; 5 seconds if not given. */
  readonly idleMs?: number | undefined;
  /** Of each worker. One that needs more ends, and its task fails. */
  readonly limits?: ResourceLimits;
  /** The error that a task ended with, for those that are no plain `Error`: classes do not survive the way between threads. */
  readonly errorOf?: (name: string, message: string) => Error | undefined;
}

/** Long enough that a burst of work starts its workers once. A worker takes about 9 MB and 40 ms to start. */
const IDLE_MS = 5000;

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Told now and then how much is done. */
  readonly onProgress?: (done: number) => void;
}

/** A task that was cancelled by its signal, or by closing. */
export class CancelledError extends Error {
  override readonly name = "CancelledError";
}

interface Job<Task> {
  readonly task: Task;
  readonly cancel: Int32Array;
  readonly onProgress: ((done: number) => void) | undefined;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Runs tasks on worker threads. Idle workers do not keep the process alive, and end after a while. */
export class Threads<Task> {
  readonly #options: ThreadsOptions;
  /** With the timers that will end them; the one that worked last comes last. */
  readonly #idle = new Map<Worker, NodeJS.Timeout>();
  readonly #busy = new Map<Worker, Job<Task>>();
  readonly #queue: Job<Task>[] = [];
  #closed = false;

  constructor(options: ThreadsOptions) {
    this.#options = options;
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

  /** Runs a task that gives a `Result`. Throws `CancelledError`, what the task throws, and an `Error` when its worker is lost. */
  async run<Result>(task: Task, { signal, onProgress }: RunOptions = {}): Promise<Result> {
    if (this.#closed || signal?.aborted === true) throw new CancelledError("cancelled");
    const cancel = new Int32Array(new SharedArrayBuffer(4));
    let abort = (): void => {};
    try {
      return await new Promise<Result>((resolve, reject) => {
        const job: Job<Task> = { task, cancel, onProgress, resolve: (result) => resolve(result as Result), reject };
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
  #cancel(job: Job<Task>): void {
    Atomics.store(job.cancel, 0, 1);
    Atomics.notify(job.cancel, 0);
    const waiting = this.#queue.indexOf(job);
    if (waiting < 0) return;
    this.#queue.splice(waiting, 1);
    job.reject(new CancelledError("cancelled"));
  }

  #assign(): void {
    while (this.#idle.size > 0 || this.#busy.size < this.#options.size) {
      const job = this.#queue.shift();
      if (job === undefined) return;
      const worker = this.#takeIdle() ?? this.#start();
      this.#busy.set(worker, job);
      worker.ref();
      const { task, cancel, onProgress } = job;
      worker.postMessage({ task, cancel, tellProgress: onProgress !== undefined } satisfies WorkerRequest<Task>);
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
    const { code, setup, name, limits } = this.#options;
    // Without the options of the host's command line: some change how code is read.
    const worker = new Worker(code, { eval: true, execArgv: [], workerData: setup, name, ...(limits && { resourceLimits: limits }) });
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
    this.#idle.set(worker, setTimeout(() => this.#end(worker), this.#options.idleMs ?? IDLE_MS).unref());
    if (reply.type === "failed") job.reject(this.#options.errorOf?.(reply.name, reply.message) ?? new Error(reply.message));
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
