import { ScriptError } from "../errors.js";
import { stateAt, stateTextAt } from "../transaction-view.js";
import { FALSE, TRUE } from "../value.js";
import { STEP_COST } from "../work.js";
import { integerAt, type ScriptFunction } from "./script-function.js";

export const STATE: ScriptFunction = {
  types: ["NUMBER"],
  minimum: 1,
  run: (values, context) => stateAt(context.transaction.state, integerAt(values, 0)),
};

export const PREVSTATE: ScriptFunction = {
  types: ["NUMBER"],
  minimum: 1,
  run: (values, context) => stateAt(context.previousState, integerAt(values, 0)),
};

/** Compares text forms, port by port, up to the first that differs (spec 05 §7.7). */
export const SAMESTATE: ScriptFunction = {
  types: ["NUMBER", "NUMBER"],
  minimum: 2,
  run(values, context) {
    const first = integerAt(values, 0);
    const last = integerAt(values, 1);
    if (first < 0 || last < first) throw new ScriptError(`SAMESTATE from ${first} to ${last}`);
    for (let port = first; port <= last; port++) {
      context.spend(STEP_COST);
      const previous = stateTextAt(context.previousState, port);
      const current = stateTextAt(context.transaction.state, port);
      if (previous !== current) {
        context.note(() => `SAMESTATE FAIL [${port}] PREV:${previous} / CURRENT:${current}`);
        return FALSE;
      }
    }
    return TRUE;
  },
};
