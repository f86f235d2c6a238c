import { serveTasks } from "../core/serve-tasks.js";
import { checkScriptsWithin, type ScriptVerdict } from "../kissvm/index.js";
import { decode } from "../protocol/reader.js";
import { readScriptTask } from "./script-task.js";

/** A check of scripts as it goes to a worker. */
export interface ScriptRequest {
  /** As `writeScriptTask` writes it. */
  readonly task: Uint8Array;
  readonly budget: number;
}

/** What comes back: an object in any case, as nothing at all would mean a cancellation. */
export interface ScriptReply {
  readonly verdict: ScriptVerdict | undefined;
}

serveTasks<ScriptRequest>(({ task, budget }): ScriptReply => {
  const { transaction, witness, block } = decode(readScriptTask, task);
  return { verdict: checkScriptsWithin(transaction, witness, block, budget) };
});
