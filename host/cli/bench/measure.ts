/** One way to do some work. */
export interface Contender {
  readonly name: string;
  /** How many units one run does. */
  readonly perRun: number;
  /** Runs per second, measured for so many milliseconds. */
  readonly rate: (milliseconds: number) => number | Promise<number>;
}

/** A way that runs in this thread, measured in CPU time. */
export function contender(name: string, run: () => unknown, perRun = 1): Contender {
  return { name, perRun, rate: (milliseconds) => runsPerSecond(run, milliseconds) };
}

/** The same work done in one or several ways: ours first. */
export interface Group {
  readonly name: string;
  /** What is counted. */
  readonly unit: string;
  readonly contenders: readonly Contender[];
}

export interface Timing {
  readonly name: string;
  /** Units per second of CPU time: the best and the middle round. */
  readonly best: number;
  readonly median: number;
  /** How many times as fast the first one is, by the best rounds. */
  readonly ratio: number;
}

export interface GroupTimings {
  readonly name: string;
  readonly unit: string;
  readonly timings: readonly Timing[];
}

/** How long each contender runs in a round, in milliseconds of CPU time, and how many rounds there are. */
export interface Effort {
  readonly roundMs: number;
  readonly rounds: number;
}

/** What runs fewer times a second is long enough to be measured once. */
const STEADY = 10;

/**
 * Times the contenders of a group in turn, round after round, in CPU time: what else the machine does, and how its clock drifts, then
 * hits all alike.
 */
export async function measure({ name, unit, contenders }: Group, { roundMs, rounds }: Effort): Promise<GroupTimings> {
  const rates: number[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, { rate }] of contenders.entries()) {
      const known = rates[i] ?? [];
      if (round === 0 || (known[0] ?? 0) > STEADY) known.push(await rate(roundMs));
    }
  const timings = contenders.map(({ name, perRun }, i) => {
    const sorted = (rates[i] ?? []).map((rate) => rate * perRun).sort((a, b) => a - b);
    return { name, best: sorted.at(-1) ?? 0, median: sorted[sorted.length >> 1] ?? 0 };
  });
  const first = timings[0]?.best ?? 0;
  return { name, unit, timings: timings.map((timing) => ({ ...timing, ratio: first / timing.best })) };
}

function runsPerSecond(run: () => unknown, milliseconds: number): number {
  const before = process.cpuUsage();
  for (let runs = 0, batch = 1; ; batch *= 2) {
    for (let i = 0; i < batch; i++) run();
    runs += batch;
    const { user, system } = process.cpuUsage(before);
    const spent = (user + system) / 1000;
    if (spent >= milliseconds) return (runs * 1000) / spent;
  }
}
