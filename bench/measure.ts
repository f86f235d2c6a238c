import { add, configure, suite } from "benny";
import type { Contender } from "../host/cli/bench/measure.js";

const LEAST_SAMPLES = 2;

/** A way that runs in this thread, measured with benny. */
export function contender(name: string, work: () => unknown, perRun = 1): Contender {
  return { name, perRun, rate: (milliseconds) => runsPerSecond(work, milliseconds / 1000) };
}

/**
 * Runs of `work` per second of CPU time, as benny repeats it: what else the machine does in the meantime counts less than on a
 * clock on the wall.
 */
async function runsPerSecond(work: () => unknown, seconds: number): Promise<number> {
  let runs = 0;
  const before = process.cpuUsage();
  await quietly(() =>
    suite(
      "",
      configure({ cases: { minTime: seconds / LEAST_SAMPLES, maxTime: seconds, minSamples: LEAST_SAMPLES, delay: 0 } }),
      add("", () => {
        work();
        runs++;
      }),
    ),
  );
  const { user, system } = process.cpuUsage(before);
  return (runs * 1e6) / (user + system);
}

/** benny announces every suite on the standard output, where only results belong. */
async function quietly(work: () => Promise<unknown>): Promise<void> {
  const { log } = console;
  console.log = () => {};
  try {
    await work();
  } finally {
    console.log = log;
  }
}
