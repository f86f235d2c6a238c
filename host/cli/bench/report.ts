import { arch, cpus } from "node:os";
import type { GroupTimings } from "./measure.js";

/** What was measured, and on what. */
export interface BenchReport {
  readonly node: string;
  readonly machine: string;
  readonly groups: readonly GroupTimings[];
}

/** What was measured on this machine. */
export function reportOf(groups: readonly GroupTimings[]): BenchReport {
  return { node: process.versions.node, machine: `${arch()}, ${cpus()[0]?.model ?? "unknown processor"}`, groups };
}

const rate = (value: number): string => value.toLocaleString("en", { maximumSignificantDigits: 3 });

/** A table for people. */
export function tableOf({ node, machine, groups }: BenchReport): string {
  const lines = [`minimote on node ${node}, ${machine}`, "per second of CPU time, one thread: best round (middle round)"];
  for (const { name, unit, timings } of groups) {
    const width = Math.max(26, ...timings.map(({ name }) => name.length + 1));
    lines.push("", `${name}: ${unit} per second`);
    for (const [i, { name, best, median, ratio }] of timings.entries()) {
      const compared = i === 0 ? "" : `   the first is ${ratio.toFixed(1)} x`;
      lines.push(`  ${name.padEnd(width)}${rate(best).padStart(12)} ${`(${rate(median)})`.padStart(13)}${compared}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

const ROW = 22;
const LABEL = 210;
const WIDTH = 460;

/** The same as bars in a page that needs nothing else: each group to its own scale. */
export function pageOf({ node, machine, groups }: BenchReport): string {
  const charts = groups.map(({ name, unit, timings }) => {
    const most = Math.max(...timings.map(({ best }) => best));
    const bars = timings.map(({ name, best }, i) => {
      const y = i * ROW;
      const length = Math.max(1, (best / most) * WIDTH).toFixed(1);
      return (
        `<text x="${LABEL - 8}" y="${y + 15}" text-anchor="end">${escaped(name)}</text>` +
        `<rect x="${LABEL}" y="${y + 3}" width="${length}" height="${ROW - 6}" class="${i === 0 ? "ours" : "other"}"/>` +
        `<text x="${LABEL + Number(length) + 6}" y="${y + 15}">${rate(best)}</text>`
      );
    });
    const size = `width="${LABEL + WIDTH + 110}" height="${timings.length * ROW}"`;
    return `<h2>${escaped(name)}: ${escaped(unit)} per second</h2>\n<svg ${size} role="img">${bars.join("")}</svg>`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>minimote bench</title>
<style>body{font:14px system-ui,sans-serif;margin:2em}h2{font-size:15px;margin:1.4em 0 .3em}.ours{fill:#1a7f5a}.other{fill:#9aa5b1}</style>
<h1>minimote bench</h1>
<p>node ${escaped(node)}, ${escaped(machine)}. Per second of CPU time on one thread, best round.</p>
${charts.join("\n")}
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
