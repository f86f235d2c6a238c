import { existsSync, readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

/** What a watched process says of itself when it is asked. */
export interface Sample {
  readonly rssMB: number;
  readonly heapMB: number;
  readonly externalMB: number;
  /** CPU time since the start. */
  readonly cpuSeconds: number;
  /** The longest time the event loop was held since the question before. */
  readonly worstStallMs: number;
  /** The same in CPU time of the thread, if that was to be counted and the system does: other work on the machine does not matter. */
  readonly worstStallCpuMs: number;
}

/** What a watched process is told. */
export type Order = "sample" | "count CPU time";

/** Loaded into a node before it starts (`--import`): answers its parent process with samples. */
const RESOLUTION_MS = 2;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
const SCHEDULED = "/proc/thread-self/schedstat";
const threadCpuMs = (): number => Number(readFileSync(SCHEDULED, "latin1").split(" ", 1)[0]) / 1e6;
let worstStallCpuMs: number | undefined;

/** Costs memory and CPU time of its own. */
function countCpuTime(): void {
  if (worstStallCpuMs !== undefined || !existsSync(SCHEDULED)) return;
  worstStallCpuMs = 0;
  let last = threadCpuMs();
  setInterval(() => {
    const now = threadCpuMs();
    worstStallCpuMs = Math.max(worstStallCpuMs ?? 0, now - last);
    last = now;
  }, RESOLUTION_MS).unref();
}

function sample(): Sample {
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const worstStallMs = Math.max(0, delay.max / 1e6 - RESOLUTION_MS);
  const sample = {
    rssMB: rss / 1e6,
    heapMB: heapUsed / 1e6,
    externalMB: external / 1e6,
    cpuSeconds: (user + system) / 1e6,
    worstStallMs,
    worstStallCpuMs: worstStallCpuMs ?? worstStallMs,
  };
  delay.reset();
  if (worstStallCpuMs !== undefined) worstStallCpuMs = 0;
  return sample;
}

process.on("message", (order: Order) => {
  if (order === "sample") process.send?.(sample());
  else countCpuTime();
});
process.channel?.unref();
