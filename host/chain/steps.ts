import type { Effect, Step, Steps } from "./types.js";

/** Runs work in steps to its end at once and gathers the effects. None of it may be done elsewhere. */
export function runSteps<Result>(steps: Steps<Result>): { readonly result: Result; readonly effects: readonly Effect[] } {
  const effects: Effect[] = [];
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { result: step.value, effects };
    effects.push(...effectsOf(step.value));
  }
}

/** The effects of a step, for a host that gave the chain nothing that is done elsewhere. */
export function effectsOf(step: Step): readonly Effect[] {
  if (step instanceof Promise) throw new Error("nobody waits here for work that is done elsewhere");
  return step;
}

/** A step without effects: only a point where others may have their turn. */
export const NOTHING: readonly Effect[] = [];
