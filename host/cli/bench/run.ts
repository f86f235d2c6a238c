import { loadBenny } from "./benny.js";
import { loadEngines } from "./engines.js";
import { type Effort, type GroupTimings, type LaterGroup, measure } from "./measure.js";
import { type Absentee, loadPackage, loadPeers } from "./peers.js";
import type { Field, Rival } from "./race.js";
import { type BenchReport, reportOf } from "./report.js";

export interface BenchRun {
  readonly effort: Effort;
  /** Who takes part from outside of this process. */
  readonly rivals?: readonly Rival[];
  /** What is measured. */
  readonly groups: (field: Field) => readonly LaterGroup[];
  /** If given, only groups with this in their names. */
  readonly only?: string;
  /** Told what is measured next. */
  readonly progress: (what: string) => void;
}

/** Measures group by group. Throws `BennyMissingError`. */
export async function runBench({ effort, rivals = [], groups, only = "", progress }: BenchRun): Promise<BenchReport> {
  await loadBenny();
  const absent: Absentee[] = [];
  const peers = await loadPeers(loadPackage);
  const engines = await loadEngines(loadPackage, absent);
  const measured: GroupTimings[] = [];
  for (const { name, make } of groups({ peers, engines, rivals })) {
    if (!name.toLowerCase().includes(only.toLowerCase())) continue;
    progress(name);
    measured.push(await measure(await make(name), effort));
  }
  return reportOf(measured, [...peers.absent, ...absent]);
}
