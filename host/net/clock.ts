/** Stops a timer that has not fired. */
export type Cancel = () => void;

/** Time as the network sees it: the machine's, or a simulation's. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /** Calls back once, never before the current call stack has ended. */
  setTimeout(delayMs: number, callback: () => void): Cancel;
}

/** The machine's time. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (delayMs, callback) => {
    if (delayMs <= 0) {
      const immediate = setImmediate(callback);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Calls back again and again, `periodMs` after the last call has returned. */
export function every(clock: Clock, periodMs: number, callback: () => void): Cancel {
  let cancel: Cancel = () => {};
  const arm = (): void => {
    cancel = clock.setTimeout(periodMs, () => {
      arm();
      callback();
    });
  };
  arm();
  return () => cancel();
}
