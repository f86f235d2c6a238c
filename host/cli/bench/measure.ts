/** How often something was done in a second. */
export interface Rate {
  /** In a second of CPU time; of work on several threads, in a second in which each has a core. */
  readonly cpu: number;
  /** By the clock on the wall. */
  readonly wall: number;
}

/** One way to do some work. */
export interface Contender {
  readonly name: string;
  /** How many units one run does. */
  readonly perRun: number;
  /** Runs per second, measured for so many milliseconds. */
  readonly rate: (milliseconds: number) => Promise<Rate>;
}

/** The same work done in one or several ways: ours first. */
export interface Group {
  readonly name: string;
  /** What is counted. */
  readonly unit: string;
  readonly contenders: readonly Contender[];
  /** Gives up what the contenders hold. */
  readonly close?: () => Promise<void> | void;
}

/** A group that is made when its turn comes. */
export interface LaterGroup {
  readonly name: string;
  readonly make: (name: string) => Promise<Group> | Group;
}

export interface Timing {
  readonly name: string;
  /** Units per second of CPU time: the best and the middle round. */
  readonly best: number;
  readonly median: number;
  /** The best and the middle round by the clock on the wall. */
  readonly wall: { readonly best: number; readonly median: number };
  readonly rounds: number;
  /** How many times as fast the first one is, by the best rounds. */
  readonly ratio: number;
}

export interface GroupTimings {
  readonly name: string;
  readonly unit: string;
  readonly timings: readonly Timing[];
}

/** How long each contender runs in a round, in milliseconds, and how many rounds there are. */
export interface Effort {
  readonly roundMs: number;
  readonly rounds: number;
}

/** What runs fewer times a second is long enough to be measured once. */
const STEADY = 10;

/**
 * Times the contenders of a group in turn, round after round: what else the machine does, and how its clock drifts, then hits all
 * alike. Then closes the group.
 */
export async function measure({ name, unit, contenders, close }: Group, { roundMs, rounds }: Effort): Promise<GroupTimings> {
  try {
    const rates: Rate[][] = contenders.map(() => []);
    for (let round = 0; round < rounds; round++)
      for (const [i, { rate }] of contenders.entries()) {
        const known = rates[i] ?? [];
        if (round === 0 || (known[0]?.cpu ?? 0) > STEADY) known.push(await rate(roundMs));
      }
    const timings = contenders.map(({ name, perRun }, i) => {
      const known = rates[i] ?? [];
      const cpu = bestAndMedian(known.map((rate) => rate.cpu * perRun));
      return { name, ...cpu, wall: bestAndMedian(known.map((rate) => rate.wall * perRun)), rounds: known.length };
    });
    const first = timings[0]?.best ?? 0;
    return { name, unit, timings: timings.map((timing) => ({ ...timing, ratio: first / timing.best })) };
  } finally {
    await close?.();
  }
}

function bestAndMedian(values: readonly number[]): { readonly best: number; readonly median: number } {
  const sorted = values.toSorted((a, b) => a - b);
  return { best: sorted.at(-1) ?? 0, median: sorted[sorted.length >> 1] ?? 0 };
}
