import type { Bytes } from "../protocol/bytes.js";
import type { StateVariable } from "../protocol/state-variable.js";
import type { Transaction } from "../protocol/transaction.js";
import type { Witness } from "../protocol/witness.js";
import type { ScriptError } from "./errors.js";
import type { Value } from "./value.js";
import type { WorkMeter } from "./work.js";

/** Instructions of a script run where nothing else is said (spec 05 §13). */
export const DEFAULT_MAX_OPERATIONS = 1024;

/** What a script is run with. */
export interface ScriptEnvironment {
  readonly transaction: Transaction;
  readonly witness: Witness;
  /** Root public keys of the signatures. */
  readonly signatures: readonly Bytes[];
  /** The state of the coin being spent. */
  readonly previousState: readonly StateVariable[];
  /** By name, with the `@`. */
  readonly globals: ReadonlyMap<string, Value>;
  readonly maxOperations: number;
  /** Unlimited when absent. */
  readonly work?: WorkMeter;
  /** Receives the lines of the trace (spec 05 §11). Traced values are as long as scripts make them. */
  readonly trace?: (line: string) => void;
}

/** How a run ended (spec 05 §4). */
export interface ScriptResult {
  /** Whether the script is well formed; otherwise nothing ran. */
  readonly parsed: boolean;
  readonly success: boolean;
  /** Whether RETURN, a failed ASSERT or an exception ended it; a script that just ends fails. */
  readonly finished: boolean;
  /** The parse error or exception, if any. */
  readonly error: ScriptError | null;
  readonly instructions: number;
  readonly monotonic: boolean;
  readonly variables: ReadonlyMap<string, Value>;
}
