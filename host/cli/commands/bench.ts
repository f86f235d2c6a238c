import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { Effort } from "../bench/measure.js";
import { Progress } from "../progress.js";

const EFFORT: Effort = { roundMs: 100, rounds: 5 };
const QUICK: Effort = { roundMs: 30, rounds: 3 };

interface BenchOptions {
  json?: boolean;
  html?: string;
  quick?: boolean;
  only?: string;
}

/** `minimote bench`: what this machine can do. */
export function registerBenchCommand(program: Command): void {
  program
    .command("bench")
    .description("measure this machine: hashes, mining, keys, signatures, proofs, scripts, SQLite")
    .option("--json", "print JSON")
    .option("--html <file>", "also write a page with bars")
    .option("--quick", "shorter and less exact")
    .option("--only <text>", "only what has this in its name: sha3, mining, keygen, sign, verify, mmr, script, sqlite")
    .addHelpText(
      "after",
      `
Rates are per second of CPU time, measured with benny in turns. hash-wasm, @noble/hashes, @noble/post-quantum and wasmtime take part
where they are installed beside minimote: npm i hash-wasm @noble/hashes @noble/post-quantum wasmtime

Example:
  $ minimote bench --html bench.html`,
    )
    .action(bench);
}

async function bench({ json, html, quick, only }: BenchOptions): Promise<void> {
  const { BennyMissingError } = await import("../bench/benny.js");
  const { pageOf } = await import("../bench/chart.js");
  const { allGroups } = await import("../bench/groups.js");
  const { tableOf } = await import("../bench/report.js");
  const { runBench } = await import("../bench/run.js");
  const progress = new Progress(process.stderr, "starting");
  try {
    const effort = quick === true ? QUICK : EFFORT;
    const report = await runBench({
      effort,
      groups: allGroups,
      ...(only === undefined ? {} : { only }),
      progress: (what) => progress.update(what),
    });
    progress.stop();
    if (report.groups.length === 0) {
      console.error(`Nothing that is measured has ${only} in its name.`);
      process.exitCode = 1;
      return;
    }
    process.stdout.write(json === true ? `${JSON.stringify(report, null, 2)}\n` : tableOf(report));
    if (html !== undefined) writeFileSync(html, pageOf(report));
  } catch (error) {
    if (!(error instanceof BennyMissingError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  } finally {
    progress.stop();
  }
}
