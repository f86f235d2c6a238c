import { WorkExceededError } from "./errors.js";

/**
 * The work meter counts what a script costs in nominal nanoseconds: fixed prices per operation and per byte, measured once
 * on a 2.5 GHz core and rounded up, so that the count is the same on every machine. It never changes a verdict: a check that
 * exceeds its budget is given up undecided (docs/decisions/kissvm-work.md).
 */
export class WorkMeter {
  #spent = 0;

  constructor(readonly budget: number) {}

  get spent(): number {
    return this.#spent;
  }

  /** Throws WorkExceededError when the budget is used up. */
  spend(cost: number): void {
    this.#spent += cost;
    if (this.#spent > this.budget) throw new WorkExceededError(`more work than ${this.budget}`);
  }
}

/** Any step of a program. */
export const STEP_COST = 100;
/** Each byte of a value that is read or written. */
export const BYTE_COST = 1;
/** Each number that is read or written. */
export const NUMBER_COST = 1_000;
/** Parsing and compiling one UTF-16 unit of script text. */
export const PARSE_COST = 300;
/** Hashing anything, and each byte of it. */
export const HASH_COST = 2_000;
export const HASH_BYTE_COST = 5;
/** One byte of a serialised MMR proof: a step of it takes 8 bytes at least. */
export const PROOF_BYTE_COST = 400;
/** Recovering the public key of a one-time signature. */
export const LEVEL_COST = 4_000_000;
/** One byte of UTF-8 to decode. */
export const DECODE_COST = 16;
/** One byte of the texts that take part in a replacement. */
export const REPLACE_COST = 35;
/** One UTF-16 unit of a FUNCTION text, for each parameter. */
export const SUBSTITUTE_COST = 8;
export const POW_COST = 50_000;
export const SQRT_COST = 10_000;
/** One byte of a number text, and of one with other digits than ASCII ones. */
export const NUMBER_TEXT_COST = 3;
export const FOREIGN_DIGITS_COST = 60;

/** Far more than the network's 120 s for a block on any machine: what exceeds it is refused. */
export const MAX_CHECK_WORK = 1.2e12;
