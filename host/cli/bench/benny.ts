import type { Contender, Rate } from "./measure.js";

const LEAST_SAMPLES = 2;

/** The library that repeats the work is not there. */
export class BennyMissingError extends Error {
  constructor() {
    super("minimote bench is built on benny, which is not here: npm i benny (or benny.cjs beside minimote.mjs)");
  }
}

type Benny = Pick<typeof import("benny"), "add" | "configure" | "suite">;

/** Loads benny, an optional dependency: nothing but benchmarks needs it. Throws `BennyMissingError`. */
export async function loadBenny(): Promise<Benny> {
  try {
    const { default: benny } = await import("benny");
    return benny;
  } catch {
    throw new BennyMissingError();
  }
}

/** A way to do the work in this process, as benny repeats it. */
export function contender(name: string, run: () => unknown, perRun = 1): Contender {
  return counted(name, perRun, (count) => () => {
    run();
    count();
  });
}

/** The same of work that ends later. */
export function laterContender(name: string, run: () => Promise<unknown>, perRun = 1): Contender {
  return counted(name, perRun, (count) => () => async () => {
    await run();
    count();
  });
}

function counted(name: string, perRun: number, work: (count: () => void) => () => unknown): Contender {
  return {
    name,
    perRun,
    rate: (milliseconds) => {
      let runs = 0;
      const count = (): void => {
        runs++;
      };
      return inSuite(milliseconds / 1000, () => runs, work(count));
    },
  };
}

/**
 * One short suite: benny gives what was done by the clock on the wall, and the process what CPU time all runs took, those included
 * that benny finds its measure with. Threads of this process count.
 */
async function inSuite(seconds: number, runs: () => number, work: () => unknown): Promise<Rate> {
  const { add, configure, suite } = await loadBenny();
  const before = process.cpuUsage();
  const { results } = await quietly(() =>
    suite(
      "",
      configure({ cases: { minTime: seconds / LEAST_SAMPLES, maxTime: seconds, minSamples: LEAST_SAMPLES, delay: 0 } }),
      add("", work),
    ),
  );
  const { user, system } = process.cpuUsage(before);
  return { cpu: (runs() * 1e6) / (user + system), wall: results[0]?.details === undefined ? 0 : 1 / results[0].details.mean };
}

/** benny announces every suite on the standard output, where only results belong. */
async function quietly<Result>(work: () => Promise<Result>): Promise<Result> {
  const { log } = console;
  console.log = () => {};
  try {
    return await work();
  } finally {
    console.log = log;
  }
}
