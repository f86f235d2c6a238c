/** Which script of an input failed, or that its check could not even begin (spec 05 §9). */
export interface ScriptFailure {
  readonly input: number;
  readonly kind: "coin" | "token" | "setup";
  readonly reason: string;
}

/** What the scripts of a transaction say about it (spec 05 §9). */
export interface ScriptVerdict {
  readonly valid: boolean;
  /** The verdict does not depend on the block: no script run read @BLOCK, @BLOCKMILLI or @COINAGE (spec 05 §8). */
  readonly monotonic: boolean;
  /** The first failure, null when valid. */
  readonly failure: ScriptFailure | null;
  /** What it took to find out, in nominal nanoseconds (see work.ts): the same on every machine. */
  readonly work: number;
}
