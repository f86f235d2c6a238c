import type { Clock } from "./clock.js";

const MINUTE_MS = 60_000;

/** Counts what happens in a minute. */
export class MinuteLimit {
  #minuteStart: number;
  #count = 0;

  constructor(
    readonly clock: Clock,
    readonly most: number,
  ) {
    this.#minuteStart = clock.now();
  }

  /** Counts one more; false when there were too many in this minute. */
  take(): boolean {
    const now = this.clock.now();
    if (now - this.#minuteStart >= MINUTE_MS) {
      this.#minuteStart = now;
      this.#count = 0;
    }
    return ++this.#count <= this.most;
  }
}

/** Counts what each of many sources does in a minute. */
export class SourceLimit {
  readonly #counts = new Map<string, number>();
  #minuteStart: number;

  constructor(
    readonly clock: Clock,
    readonly most: number,
  ) {
    this.#minuteStart = clock.now();
  }

  /** Counts one more of a source; false when there were too many of it in this minute. */
  take(source: string): boolean {
    const now = this.clock.now();
    if (now - this.#minuteStart >= MINUTE_MS) {
      this.#minuteStart = now;
      this.#counts.clear();
    }
    const count = (this.#counts.get(source) ?? 0) + 1;
    this.#counts.set(source, count);
    return count <= this.most;
  }
}
