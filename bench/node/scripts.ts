import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { CheckScripts } from "../../host/chain/types.js";
import { checkScriptsHere } from "../../host/chain/validation/script-check.js";
import { MAX_CHECK_WORK } from "../../host/kissvm/index.js";
import { ChainDriver } from "../../host/node/chain-driver.js";
import { ScriptThreads } from "../../host/node/script-threads.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { spendOf, WORST_SCRIPTS } from "../../test/fuzz/worst-scripts.js";

/** How long the worst scripts held the event loop. */
export interface ScriptsResult {
  readonly worstStallMs: number;
  readonly worst: string;
  readonly longestCheckMs: number;
  /** Where all is done on the main thread. */
  readonly worstStallHereMs: number;
  /** In as much time without any work: what the machine itself is good for. */
  readonly idleStallMs: number;
}

/** Before and after a check, so that what else is there to do is done. */
const PAUSE_MS = 5;
const BLOCK = { number: MiniNumber.of(1000), time: MiniNumber.of(1_700_000_000_000), maxOperations: 1024 };

/** Run in a process of its own: checks the worst scripts as a node does. */
const threads = new ScriptThreads();
const driver = new ChainDriver({ persist: () => {}, publish: () => {}, monotonic: () => performance.now() });
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

interface Measured {
  readonly worst: string;
  readonly stallMs: number;
  readonly checkMs: number;
}

async function measure(checkScripts: CheckScripts): Promise<Measured> {
  let measured: Measured = { worst: "", stallMs: 0, checkMs: 0 };
  for (const worst of WORST_SCRIPTS) {
    const check = { ...spendOf(worst), block: BLOCK, budget: MAX_CHECK_WORK };
    await sleep(PAUSE_MS);
    delay.reset();
    const started = performance.now();
    await driver.run(() => checkScripts(check));
    const checkMs = Math.max(performance.now() - started, measured.checkMs);
    await sleep(PAUSE_MS);
    const stallMs = delay.max / 1e6;
    measured = stallMs > measured.stallMs ? { worst: worst.name, stallMs, checkMs } : { ...measured, checkMs };
  }
  return measured;
}

/** Nothing happens, but the loop turns. */
async function idle(milliseconds: number): Promise<number> {
  delay.reset();
  const end = performance.now() + milliseconds;
  while (performance.now() < end) await sleep(PAUSE_MS);
  return delay.max / 1e6;
}

try {
  const started = performance.now();
  const there = await measure(threads.check);
  const idleStallMs = await idle(performance.now() - started);
  const here = await measure(checkScriptsHere);
  process.send?.({
    worstStallMs: there.stallMs,
    worst: there.worst,
    longestCheckMs: there.checkMs,
    worstStallHereMs: here.stallMs,
    idleStallMs,
  } satisfies ScriptsResult);
} finally {
  await threads.close();
}
