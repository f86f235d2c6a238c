import { WorkExceededError } from "./errors.js";

/**
 * Counts what scripts cost in nominal nanoseconds: fixed prices per operation and per byte, measured on a 2.5 GHz core and
 * rounded up, so that the count is the same on every machine. It never changes a verdict: a check that reaches its budget is
 * given up undecided, and one that reaches the end of a slice gives way and goes on later
 * (docs/decisions/0005-script-work.md).
 */
export class WorkMeter {
  #spent = 0;
  #sliceEnd: number;

  constructor(
    readonly budget = Number.POSITIVE_INFINITY,
    readonly slice = Number.POSITIVE_INFINITY,
  ) {
    this.#sliceEnd = slice;
  }

  get spent(): number {
    return this.#spent;
  }

  /** Whether a slice has been worked since the last `rest`. */
  get tired(): boolean {
    return this.#spent >= this.#sliceEnd;
  }

  /** Begins the next slice. */
  rest(): void {
    this.#sliceEnd = this.#spent + this.slice;
  }

  /** Throws WorkExceededError when the budget is used up. */
  spend(cost: number): void {
    this.#spent += cost;
    if (this.#spent > this.budget) throw new WorkExceededError(`more work than ${this.budget}`);
  }
}

/** Setting up the run of a script. */
export const RUN_COST = 20_000;
/** Any step of a program, any state variable looked at. */
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
export const LEVEL_COST = 3_000_000;
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

/** A check in slices gives way after this much work; no single operation costs more than some of it. */
export const SLICE_WORK = 10_000_000;

/** Ten times what the network spends on a whole block at most, 120 s, on a machine as fast as ours: what exceeds it is refused. */
export const MAX_CHECK_WORK = 1.2e12;
