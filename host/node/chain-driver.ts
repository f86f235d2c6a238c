import { setImmediate as nextTurn } from "node:timers/promises";
import type { Effect, Steps } from "../chain/types.js";

/** Longest stretch of chain work before other events get their turn, in milliseconds. */
const SLICE_MS = 15;

export interface ChainDriverOptions {
  /** Makes durable what effects ask for; called before anything else happens with them. */
  readonly persist: (effects: readonly Effect[]) => void;
  /** Told about effects once they are durable. */
  readonly publish: (effects: readonly Effect[]) => void;
  /** A steadily growing clock in milliseconds. */
  readonly monotonic: () => number;
}

/**
 * Works off chain events one at a time, in the order they came, in slices: the event loop is never held for longer than a step
 * takes. What a step changes is durable before anybody hears of it.
 */
export class ChainDriver {
  readonly #options: ChainDriverOptions;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** When other events last had their turn, as far as is known. */
  #sliceStart = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: ChainDriverOptions) {
    this.#options = options;
  }

  /** Jobs not finished yet. */
  get backlog(): number {
    return this.#waiting;
  }

  /** Queues work. `begin` is called when its turn comes, so that it sees the chain as the work before left it. */
  run<Result>(begin: () => Steps<Result>): Promise<Result> {
    this.#waiting++;
    const job = this.#last.then(() => this.#work(begin)).finally(() => this.#waiting--);
    this.#last = job.catch(() => {});
    return job;
  }

  /** Lets the work under way finish; work that is still queued fails. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
  }

  async #work<Result>(begin: () => Steps<Result>): Promise<Result> {
    if (this.#closed) throw new Error("the node is stopping");
    // Jobs follow one another without a turn of the event loop in between: a slice may span many.
    await this.#giveWay();
    const steps = begin();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (step.value instanceof Promise) await this.#wait(step.value);
      else {
        this.#apply(step.value);
        await this.#giveWay();
      }
    }
  }

  #apply(effects: readonly Effect[]): void {
    if (effects.length === 0) return;
    this.#options.persist(effects);
    this.#options.publish(effects);
  }

  /** Until work is done elsewhere. Nobody else has had a turn when it was done before: there may be a row of such steps. */
  async #wait(elsewhere: Promise<void>): Promise<void> {
    await elsewhere;
    await this.#giveWay();
  }

  async #giveWay(): Promise<void> {
    if (this.#options.monotonic() - this.#sliceStart <= SLICE_MS) return;
    await nextTurn();
    this.#sliceStart = this.#options.monotonic();
  }
}
