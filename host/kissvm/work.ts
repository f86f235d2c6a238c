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
/** Copying, comparing or scanning one byte or UTF-16 unit. */
export const BYTE_COST = 2;
/** Parsing and compiling one UTF-16 unit of script text. */
export const PARSE_COST = 250;
/** Hashing anything, and each byte hashed. */
export const HASH_COST = 5_000;
export const HASH_BYTE_COST = 10;
/** Arithmetic with 64 digits. */
export const ARITHMETIC_COST = 2_000;
/** Reading one UTF-16 unit of a number text. */
export const NUMBER_TEXT_COST = 20;
/** One step of an MMR proof. */
export const PROOF_CHUNK_COST = 6_000;
/** Verifying all levels of a signature. */
export const SIGNATURE_COST = 40_000_000;

/** Far more than the network's 120 s for a block on any machine: what exceeds it is refused. */
export const MAX_CHECK_WORK = 1.2e12;
