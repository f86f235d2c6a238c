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
  /** The same in CPU time of the thread, where the system counts it: other work on the machine does not matter. */
  readonly worstStallCpuMs: number;
}

/** Loaded into a node before it starts (`--import`): answers every message of the parent process with a sample. */
const RESOLUTION_MS = 2;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
const SCHEDULED = "/proc/thread-self/schedstat";
const countsCpu = existsSync(SCHEDULED);
const threadCpuMs = (): number => (countsCpu ? Number(readFileSync(SCHEDULED, "latin1").split(" ", 1)[0]) / 1e6 : 0);
let last = threadCpuMs();
let worstStallCpuMs = 0;
setInterval(() => {
  const now = threadCpuMs();
  worstStallCpuMs = Math.max(worstStallCpuMs, now - last);
  last = now;
}, RESOLUTION_MS).unref();
process.on("message", () => {
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const worstStallMs = Math.max(0, delay.max / 1e6 - RESOLUTION_MS);
  delay.reset();
  process.send?.({
    rssMB: rss / 1e6,
    heapMB: heapUsed / 1e6,
    externalMB: external / 1e6,
    cpuSeconds: (user + system) / 1e6,
    worstStallMs,
    worstStallCpuMs: countsCpu ? worstStallCpuMs : worstStallMs,
  });
  worstStallCpuMs = 0;
});
process.channel?.unref();
