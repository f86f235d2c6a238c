import { describe, expect, test } from "vitest";
import { WorkMeter } from "../../host/kissvm/index.js";
import { runScriptInSlices } from "../../host/kissvm/run.js";
import { SLICE_WORK } from "../../host/kissvm/work.js";
import { EMPTY } from "../kissvm/helpers.js";
import { WORST_SCRIPTS } from "./worst-scripts.js";

/** What any script may cost in all, in nominal nanoseconds. */
const TOTAL_CEILING = 5e9;
/** What it may cost between two points where it gives way. */
const SLICE_CEILING = SLICE_WORK + 50e6;
const MAX_SCRIPT_SIZE = 65536;

/** These costs are counted, not timed: they are the same on every machine (docs/decisions/0005-script-work.md). */
describe("the worst scripts stay below the ceilings", () => {
  for (const { name, script, environment } of WORST_SCRIPTS) {
    test(name, () => {
      expect(script.length).toBeLessThanOrEqual(MAX_SCRIPT_SIZE);
      const work = new WorkMeter(TOTAL_CEILING, SLICE_WORK);
      const slices = runScriptInSlices(script, { ...environment, work });
      let longest = 0;
      for (let before = 0, slice = slices.next(); ; slice = slices.next()) {
        longest = Math.max(longest, work.spent - before);
        before = work.spent;
        if (slice.done !== true) continue;
        expect(slice.value.instructions).toBeLessThanOrEqual(EMPTY.maxOperations + 31);
        expect(slice.value.instructions > 0 || !slice.value.parsed).toBe(true);
        break;
      }
      expect(longest).toBeLessThanOrEqual(SLICE_CEILING);
    });
  }
});
