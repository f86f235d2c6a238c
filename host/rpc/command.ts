import type { JsonValue } from "../protocol/json.js";
import type { AccessMode } from "./http-server.js";
import { CommandError, type Params } from "./params.js";

/** What a command hands back: the keys that follow `status` and `pending`, usually just `response` (spec 09 §4.1). */
export type CommandAnswer = readonly (readonly [key: string, value: JsonValue])[];

/** The usual answer. */
export function response(value: JsonValue): CommandAnswer {
  return [["response", value]];
}

/** Refuses readers: for what is not on the write list of the reference, but changes something (spec 09 §4.3). */
export function forWriters(mode: AccessMode): void {
  if (mode === "read") throw new CommandError("This user may only look");
}

/** One RPC command. `Context` is what it works on. */
export interface RpcCommand<Context> {
  readonly name: string;
  /** One line for `help`. */
  readonly summary: string;
  /** Longer text in parts with an empty line between: how it is written, a line `name: meaning` for each parameter, examples. */
  readonly details: string;
  /** The parameter names it accepts; any other is refused. */
  readonly params: readonly string[];
  /** Whether it needs write access (spec 09 §4.3). */
  readonly write: boolean;
  run(params: Params, context: Context, mode: AccessMode): CommandAnswer | Promise<CommandAnswer>;
}
