import type { Logger } from "./logger.js";

/** A block further ahead than this is not relayed (spec 06b §4 g): one on the chain says that the clock here is behind. */
const MAX_AHEAD_MS = 2 * 3600 * 1000;
const HOUR_MS = 3600 * 1000;
const TELL_EVERY_MS = HOUR_MS;

/** Compares the clock of the machine, which on a board without a battery starts in the past, with the times of blocks. */
export class ClockWatch {
  #quietUntil = Number.NEGATIVE_INFINITY;

  constructor(
    readonly log: Pick<Logger, "warn">,
    readonly now: () => number,
  ) {}

  /** Whether the clock is behind what the chain shows of the present; the log tells the owner. `time` is a tip's, in Unix milliseconds. */
  isBehind(time: number): boolean {
    const now = this.now();
    if (time <= now + MAX_AHEAD_MS) return false;
    if (now >= this.#quietUntil) {
      this.#quietUntil = now + TELL_EVERY_MS;
      const hours = Math.round((time - now) / HOUR_MS);
      this.log.warn("the clock of this machine is behind the chain: set it, timedatectl set-ntp true", { hours });
    }
    return true;
  }
}
