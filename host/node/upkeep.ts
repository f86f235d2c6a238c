import { setImmediate as nextTurn } from "node:timers/promises";

/** Work that is done again and again as long as a node runs. */
export interface UpkeepTasks {
  /** Lets transactions leave that nobody put into a block. */
  readonly expire: () => void;
  /** Deletes what is no longer needed from disk. */
  readonly prune: () => void;
  /** Notes that the wallet is in use. */
  readonly noteAlive: () => void;
  /** Saves some of the blocks that have settled, if there are at least so many. Tells whether there are more. */
  readonly saveSettled: (least: number) => boolean;
}

const EXPIRE_EVERY_MS = 30 * 60 * 1000;
const ALIVE_EVERY_MS = 10 * 60 * 1000;
/** A few blocks at a time, not each by itself: less is written. */
const SAVE_SETTLED_EVERY_MS = 5 * 60 * 1000;
/** During and after a sync there are so many that memory is worth it. */
const MANY_SETTLED = 128;
const SAVE_MANY_EVERY_MS = 15 * 1000;
const PRUNE_FIRST_MS = 10 * 60 * 1000;
const PRUNE_EVERY_MS = 12 * 3600 * 1000;

/** Begins with it; call what it gives to end it. Its timers do not keep the process alive. */
export function startUpkeep({ expire, prune, noteAlive, saveSettled }: UpkeepTasks): () => void {
  let ended = false;
  const save = async (least: number): Promise<void> => {
    while (!ended && saveSettled(least)) await nextTurn();
  };
  const timers = [
    setInterval(expire, EXPIRE_EVERY_MS),
    setTimeout(prune, PRUNE_FIRST_MS),
    setInterval(prune, PRUNE_EVERY_MS),
    setInterval(noteAlive, ALIVE_EVERY_MS),
    setInterval(() => void save(1), SAVE_SETTLED_EVERY_MS),
    setInterval(() => void save(MANY_SETTLED), SAVE_MANY_EVERY_MS),
  ];
  for (const timer of timers) timer.unref();
  return () => {
    ended = true;
    for (const timer of timers) clearTimeout(timer);
  };
}
