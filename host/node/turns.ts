import type { Slices } from "../protocol/slices.js";

/** Longest stretch of work before other events get their turn, in milliseconds. */
const SLICE_MS = 10;

/**
 * Lets long work share the event loop: between two turns of the loop one slice is done, however many are at work. What the work looks
 * at must stay as it is.
 */
export class Turns {
  readonly #monotonic: () => number;
  readonly #waiting: (() => void)[] = [];
  #sliceStart = Number.NEGATIVE_INFINITY;

  /** `monotonic` is a steadily growing clock in milliseconds. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Runs work to its end. */
  async run<Result>(slices: Slices<Result>): Promise<Result> {
    for (;;) {
      if (this.#monotonic() - this.#sliceStart > SLICE_MS) await this.#turn();
      const { done, value } = slices.next();
      if (done === true) return value;
    }
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) setImmediate(this.#next);
    });
  }

  readonly #next = (): void => {
    this.#sliceStart = this.#monotonic();
    this.#waiting.shift()?.();
    if (this.#waiting.length > 0) setImmediate(this.#next);
  };
}
