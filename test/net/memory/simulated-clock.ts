import type { Cancel, Clock } from "../../../host/net/clock.js";

interface Timer {
  readonly at: number;
  readonly order: number;
  callback: (() => void) | undefined;
}

/** Time that only passes when it is told to: timers fire in the order of their time, those of the same time in the order they were set. */
export class SimulatedClock implements Clock {
  /** A binary heap, the next timer first. */
  readonly #heap: Timer[] = [];
  #now: number;
  #order = 0;

  constructor(start = 0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** Timers set and neither fired nor reached after being cancelled. */
  get pending(): number {
    return this.#heap.length;
  }

  setTimeout(delayMs: number, callback: () => void): Cancel {
    const timer: Timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, callback };
    this.#push(timer);
    return () => {
      timer.callback = undefined;
    };
  }

  /** Fires the next timer; false when there is none up to `until`. Time then stands at the timer's. */
  step(until = Number.POSITIVE_INFINITY): boolean {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.at > until) return false;
      this.#pop();
      const { callback } = next;
      if (callback === undefined) continue;
      this.#now = next.at;
      callback();
      return true;
    }
  }

  /** Fires all timers of the next `ms` milliseconds. Promises that settle meanwhile are not waited for. */
  advance(ms: number): void {
    const end = this.#now + ms;
    while (this.step(end));
    this.#now = end;
  }

  /** Like `advance`, but lets promises settle after every timer. */
  async run(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    while (this.step(end)) await settled();
    this.#now = end;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(timer, heap[parent] as Timer)) break;
      heap[at] = heap[parent] as Timer;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Timer;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Timer, heap[child] as Timer)) child++;
      if (!isBefore(heap[child] as Timer, last)) break;
      heap[at] = heap[child] as Timer;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Promise callbacks run before this resolves, however many follow from each other. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
