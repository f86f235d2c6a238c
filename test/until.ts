import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 10;
/** A little less than a test has: the failure then tells what was waited for. */
const PATIENCE_MS = 110_000;

/** Waits until something has come to be, however long a busy machine takes; throws when it does not at all. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !(await condition()); await sleep(POLL_MS))
    if (performance.now() > end) throw new Error("waited in vain");
}
