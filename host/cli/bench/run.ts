import { loadBenny } from "./benny.js";
import { loadEngines } from "./engines.js";
import { type Effort, type Group, type GroupTimings, measure } from "./measure.js";
import { type Absentee, loadPackage, loadPeers } from "./peers.js";
import type { Field, Rival } from "./race.js";
import { type BenchReport, reportOf } from "./report.js";

export interface BenchRun {
  readonly effort: Effort;
  /** Who takes part from outside of this process. */
  readonly rivals?: readonly Rival[];
  /** What is measured. */
  readonly groups: (field: Field) => readonly (() => Promise<Group> | Group)[];
  /** Told what is measured next. */
  readonly progress: (what: string) => void;
}

/** Measures group by group. Throws `BennyMissingError`. */
export async function runBench({ effort, rivals = [], groups, progress }: BenchRun): Promise<BenchReport> {
  await loadBenny();
  const absent: Absentee[] = [];
  const peers = await loadPeers(loadPackage);
  const engines = await loadEngines(loadPackage, absent);
  const measured: GroupTimings[] = [];
  for (const make of groups({ peers, engines, rivals })) {
    const group = await make();
    progress(group.name);
    measured.push(await measure(group, effort));
  }
  return reportOf(measured, [...peers.absent, ...absent]);
}
