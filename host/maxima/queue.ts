import { MaximaError } from "./link.js";

/** Does one thing after the other; what waits is limited. */
export class Queue {
  readonly #mostWaiting: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(mostWaiting: number) {
    this.#mostWaiting = mostWaiting;
  }

  /** How many wait for their turn. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Takes a place for something that is run later with `inPlace`. Throws `MaximaError` when there is none. */
  takePlace(): void {
    if (this.#waiting >= this.#mostWaiting) throw new MaximaError("too many messages wait to be sent");
    this.#waiting++;
  }

  /** Runs work after all that came before. The place was taken already, and is free when the work begins. */
  inPlace<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(() => {
      this.#waiting--;
      return work();
    });
    this.#last = result.catch(() => {});
    return result;
  }
}
