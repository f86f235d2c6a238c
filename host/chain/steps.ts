import type { Effect, Steps } from "./types.js";

/** Runs work in steps to its end at once and gathers the effects. */
export function runSteps<Result>(steps: Steps<Result>): { readonly result: Result; readonly effects: readonly Effect[] } {
  const effects: Effect[] = [];
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { result: step.value, effects };
    effects.push(...step.value);
  }
}

/** A step without effects: only a point where others may have their turn. */
export const NOTHING: readonly Effect[] = [];
