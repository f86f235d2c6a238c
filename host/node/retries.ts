import { setTimeout as sleep } from "node:timers/promises";

/** How long the queue waits. */
export interface RetryPauses {
  readonly betweenRounds: number;
  readonly betweenTasks: number;
}

const DEFAULT_PAUSES: RetryPauses = { betweenRounds: 30_000, betweenTasks: 1000 };
/** Tasks kept at a time. */
const MAX_TASKS = 1000;

/** Something that is tried until it works. */
export interface RetryTask {
  readonly uid: string;
  /** What it does, for people; no secrets. */
  readonly text: string;
  /** Gives whether it worked. Never throws. */
  attempt(): Promise<boolean>;
}

/** Tasks that are tried in rounds until they work, one at a time; they are forgotten when the node stops (spec 09 §11.5). */
export class RetryQueue {
  readonly #pauses: RetryPauses;
  readonly #tasks = new Map<string, RetryTask>();
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;

  /** Pauses in milliseconds. */
  constructor(pauses: RetryPauses = DEFAULT_PAUSES) {
    this.#pauses = pauses;
  }

  /** In the order they came. */
  list(): readonly RetryTask[] {
    return Array.from(this.#tasks.values());
  }

  /** Gives false when there are too many. */
  add(task: RetryTask): boolean {
    if (this.#tasks.size >= MAX_TASKS || this.#stop.signal.aborted) return false;
    this.#tasks.set(task.uid, task);
    this.#running ??= this.#run();
    return true;
  }

  remove(uid: string): void {
    this.#tasks.delete(uid);
  }

  /** Ends when there is nothing left to try. */
  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { betweenRounds, betweenTasks } = this.#pauses;
    try {
      await sleep(betweenTasks, undefined, { signal, ref: false });
      while (this.#tasks.size > 0) {
        for (const task of this.list()) {
          if (!this.#tasks.has(task.uid)) continue;
          if (await task.attempt()) this.#tasks.delete(task.uid);
          await sleep(betweenTasks, undefined, { signal, ref: false });
        }
        if (this.#tasks.size > 0) await sleep(betweenRounds, undefined, { signal, ref: false });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#running = null;
    }
  }

  /** Tries nothing more. What is being tried comes to its end. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#tasks.clear();
    await this.#running;
  }
}
