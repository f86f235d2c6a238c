import type { Clock } from "./clock.js";

/** Something with work to do, a little at a time. */
export interface Worker {
  /** Does one piece; true if it wants another turn. */
  step(): boolean;
  /** There are no more turns. */
  over?(): void;
}

/** Longest stretch of network work before other events get their turn. */
const SLICE_MS = 15;

/** Gives workers their turns, one piece each in rotation, so that a busy peer slows down only itself. */
export class Turns {
  readonly #waiting = new Set<Worker>();
  #scheduled = false;
  #stopped = false;

  constructor(readonly clock: Clock) {}

  /** Asks for a turn. */
  wake(worker: Worker): void {
    if (this.#stopped) {
      worker.over?.();
      return;
    }
    this.#waiting.add(worker);
    this.#schedule();
  }

  /** Walks an iterator to its end, one item a turn. `done` gets what went wrong, if anything did. */
  walk(items: Iterator<unknown>, done: (error?: unknown) => void): void {
    this.wake({
      step: () => {
        try {
          if (items.next().done !== true) return true;
        } catch (error) {
          done(error);
          return false;
        }
        done();
        return false;
      },
      over: () => done(new Error("the network stops")),
    });
  }

  /** Nobody gets a turn from now on; walks end. What they write to may be closed after this. */
  stop(): void {
    this.#stopped = true;
    for (const worker of this.#waiting) worker.over?.();
    this.#waiting.clear();
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.size === 0) return;
    this.#scheduled = true;
    this.clock.setTimeout(0, () => this.#run());
  }

  #run(): void {
    const end = this.clock.now() + SLICE_MS;
    for (const worker of this.#waiting) {
      this.#waiting.delete(worker);
      // Deleting and adding puts it behind all others, later in this very walk.
      if (worker.step()) this.#waiting.add(worker);
      if (this.clock.now() > end) break;
    }
    this.#scheduled = false;
    this.#schedule();
  }
}
