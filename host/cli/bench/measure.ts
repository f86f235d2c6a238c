/** One way to do some work. */
export interface Contender {
  readonly name: string;
  /** How many units one run does. */
  readonly perRun: number;
  readonly run: () => unknown;
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

/**
 * Times the contenders of a group in turn, round after round, in CPU time: what else the machine does, and how its clock drifts, then
 * hits all alike.
 */
export function measure({ name, unit, contenders }: Group, { roundMs, rounds }: Effort): GroupTimings {
  const rates: number[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, contender] of contenders.entries()) rates[i]?.push(ratePerSecond(contender, roundMs));
  const bests = rates.map((list) => Math.max(...list));
  const timings = contenders.map(({ name }, i) => {
    const sorted = [...(rates[i] ?? [])].sort((a, b) => a - b);
    const best = bests[i] ?? 0;
    return { name, best, median: sorted[sorted.length >> 1] ?? 0, ratio: (bests[0] ?? 0) / best };
  });
  return { name, unit, timings };
}

function ratePerSecond({ run, perRun }: Contender, milliseconds: number): number {
  const before = process.cpuUsage();
  for (let runs = 0, batch = 1; ; batch *= 2) {
    for (let i = 0; i < batch; i++) run();
    runs += batch;
    const { user, system } = process.cpuUsage(before);
    const spent = (user + system) / 1000;
    if (spent >= milliseconds) return (runs * perRun * 1000) / spent;
  }
}
