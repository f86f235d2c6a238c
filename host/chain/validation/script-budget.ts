import { MAX_CHECK_WORK } from "../../kissvm/index.js";

/** What the scripts of a block may cost before the network has built on it: half the time the network gives a block, 120 s. */
export const UNCONFIRMED_BLOCK_WORK = 60e9;
/** What they may cost in one check after that: a transaction of the costliest kind, behind others that are checked anew each time. */
export const CONFIRMED_BLOCK_WORK = 2 * MAX_CHECK_WORK;

/**
 * What the scripts of several transactions may cost together, in nominal nanoseconds; a single one never gets more than
 * `MAX_CHECK_WORK` (docs/decisions/0005-script-work.md).
 */
export class ScriptBudget {
  #left: number;
  #recurring = 0;
  #isUsedUp = false;

  constructor(limit: number) {
    this.#left = limit;
  }

  /** What the next transaction may cost. */
  get next(): number {
    return Math.min(MAX_CHECK_WORK, this.#left);
  }

  /** Whether a transaction stayed undecided that might be decided with all of the budget for itself. */
  get isUsedUp(): boolean {
    return this.#isUsedUp;
  }

  /**
   * A transaction was decided. `recurs`: its scripts have to be run anew in every check. Gives whether those that recur are still
   * within what the network can have spent on them.
   */
  spend(work: number, recurs: boolean): boolean {
    this.#left = Math.max(0, this.#left - work);
    if (recurs) this.#recurring += work;
    return this.#recurring <= MAX_CHECK_WORK;
  }

  /** `next` did not decide a transaction. */
  noteUndecided(): void {
    if (this.next < MAX_CHECK_WORK) this.#isUsedUp = true;
  }
}
