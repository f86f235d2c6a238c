import type { MaybePromise } from "./chain-port.js";
import type { NetworkLimits } from "./config.js";
import type { Incoming } from "./transports/transport.js";
import type { Turns } from "./turns.js";

/** A message above this is long: only one per peer is under way. */
const LONG_MESSAGE = 1024 * 1024;

/** What a lane does with messages, and whom it asks to stop the flow. */
export interface LaneOwner {
  /** Handles a message; a promise means it is still under way. */
  handle(message: Incoming): MaybePromise<void>;
  pause(): void;
  resume(): void;
}

/** The messages of one peer, waiting and under way. Bounded: when too much waits the peer is not read. */
export class Lane {
  #waiting: Incoming[] = [];
  #waitingBytes = 0;
  #pending = 0;
  #longPending = 0;
  #paused = false;
  #closed = false;

  constructor(
    readonly owner: LaneOwner,
    readonly turns: Turns,
    readonly limits: NetworkLimits,
  ) {}

  push(message: Incoming): void {
    if (this.#closed) {
      message.release();
      return;
    }
    this.#waiting.push(message);
    this.#waitingBytes += message.body.length;
    if (!this.#paused && this.#full()) {
      this.#paused = true;
      this.owner.pause();
    }
    this.turns.wake(this);
  }

  close(): void {
    this.#closed = true;
    for (const message of this.#waiting) message.release();
    this.#waiting = [];
  }

  /** Starts the next message if it may start. */
  step(): boolean {
    const message = this.#waiting[0];
    if (message === undefined || !this.#mayStart(message)) return false;
    this.#waiting.shift();
    this.#waitingBytes -= message.body.length;
    this.#start(message);
    if (this.#paused && !this.#closed && this.#waiting.length * 2 <= this.limits.inboxMessages && !this.#full()) {
      this.#paused = false;
      this.owner.resume();
    }
    return this.#waiting.length > 0;
  }

  #full(): boolean {
    return this.#waiting.length >= this.limits.inboxMessages || this.#waitingBytes >= this.limits.inboxBytes;
  }

  #mayStart(message: Incoming): boolean {
    return this.#pending < this.limits.pendingMessages && (message.body.length <= LONG_MESSAGE || this.#longPending === 0);
  }

  #start(message: Incoming): void {
    const result = this.owner.handle(message);
    if (!(result instanceof Promise)) {
      message.release();
      return;
    }
    const long = message.body.length > LONG_MESSAGE ? 1 : 0;
    this.#pending++;
    this.#longPending += long;
    const settled = (): void => {
      this.#pending--;
      this.#longPending -= long;
      message.release();
      this.turns.wake(this);
    };
    result.then(settled, settled);
  }
}
