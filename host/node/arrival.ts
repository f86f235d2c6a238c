import type { Arrival, Steps } from "../chain/types.js";

/** Calls `taken` once a TxPoW that came in has been taken, and before anything that follows from it is done. */
export function* announcingArrival(steps: Steps<Arrival>, isKnown: () => boolean, taken: () => void): Steps<Arrival> {
  let waiting = !isKnown();
  const check = (): void => {
    if (!waiting || !isKnown()) return;
    waiting = false;
    taken();
  };
  let step = steps.next();
  while (step.done !== true) {
    check();
    yield step.value;
    step = steps.next();
  }
  check();
  return step.value;
}
