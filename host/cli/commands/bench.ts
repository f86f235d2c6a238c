import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { Effort, GroupTimings } from "../bench/measure.js";

const EFFORT: Effort = { roundMs: 150, rounds: 5 };
const QUICK: Effort = { roundMs: 40, rounds: 3 };

interface BenchOptions {
  json?: boolean;
  html?: string;
  quick?: boolean;
}

/** `minimote bench`: what this machine can do. */
export function registerBenchCommand(program: Command): void {
  program
    .command("bench")
    .description("measure this machine: hashes, mining, keys, signatures, proofs, scripts, SQLite")
    .option("--json", "print JSON")
    .option("--html <file>", "also write a page with bars")
    .option("--quick", "shorter and less exact")
    .addHelpText(
      "after",
      `
Rates are per second of CPU time on one thread. hash-wasm, @noble/hashes and wasmtime are shown where they are installed.

Example:
  $ minimote bench --html bench.html`,
    )
    .action(bench);
}

async function bench({ json, html, quick }: BenchOptions): Promise<void> {
  const { measure } = await import("../bench/measure.js");
  const { coreGroups, scriptGroup, withCommits } = await import("../bench/groups.js");
  const { engineGroup } = await import("../bench/engines.js");
  const { pageOf, reportOf, tableOf } = await import("../bench/report.js");
  const effort = quick === true ? QUICK : EFFORT;
  const groups: GroupTimings[] = [];
  for (const group of [...(await coreGroups()), scriptGroup(), await engineGroup()]) groups.push(await measure(group, effort));
  groups.push(await withCommits((group) => measure(group, effort)));
  const report = reportOf(groups);
  process.stdout.write(json === true ? `${JSON.stringify(report, null, 2)}\n` : tableOf(report));
  if (html !== undefined) writeFileSync(html, pageOf(report));
}
