import { arch, availableParallelism, cpus } from "node:os";
import type { GroupTimings } from "./measure.js";
import type { Absentee } from "./peers.js";

/** What was measured, on what, and who could not take part. */
export interface BenchReport {
  readonly node: string;
  readonly machine: string;
  readonly cores: number;
  readonly groups: readonly GroupTimings[];
  readonly absent: readonly Absentee[];
}

/** What was measured on this machine. */
export function reportOf(groups: readonly GroupTimings[], absent: readonly Absentee[]): BenchReport {
  const machine = `${arch()}, ${cpus()[0]?.model ?? "unknown processor"}`;
  return { node: process.versions.node, machine, cores: availableParallelism(), groups, absent };
}

/** Three digits that count. */
export const rateText = (value: number): string => value.toLocaleString("en", { maximumSignificantDigits: 3 });

/** Who could not take part, and what to do about it. */
export function absentText({ name, reason }: Absentee): string {
  return `${name}: ${reason}`;
}

/** A table for people. */
export function tableOf({ node, machine, cores, groups, absent }: BenchReport): string {
  const lines = [
    `minimote on node ${node}, ${machine}, ${cores} ${cores === 1 ? "core" : "cores"}`,
    "per second of CPU time: best round (middle round); best round by the clock on the wall",
  ];
  for (const { name, unit, timings } of groups) {
    const width = Math.max(34, ...timings.map(({ name }) => name.length + 1));
    lines.push("", `${name}: ${unit} per second`);
    for (const [i, { name, best, median, wall, ratio }] of timings.entries()) {
      const compared = i === 0 ? "" : `   the first is ${ratio.toFixed(1)} x`;
      const rates = `${rateText(best).padStart(12)} ${`(${rateText(median)})`.padStart(13)}${rateText(wall.best).padStart(12)}`;
      lines.push(`  ${name.padEnd(width)}${rates}${compared}`);
    }
  }
  if (absent.length > 0) lines.push("", ...absent.map(absentText));
  return `${lines.join("\n")}\n`;
}
