import { basename, dirname, join } from "node:path";
import type { Command } from "commander";
import { isRecording, isSyncRecording, type Recording, readJsonFile } from "../replay/recording.js";
import { type OnProgress, ReplayError, type ReplaySummary, replayRecording, replaySync } from "../replay/replay.js";

/** How often progress is shown: on a terminal, and in a log. */
const REDRAW_MS = 100;
const LOG_MS = 10_000;

/** `minimote replay`: validates recorded chains. */
export function registerReplayCommand(program: Command): void {
  program
    .command("replay")
    .description("validate recorded chains in full: work, parents, MMR, proofs, signatures, scripts, magic, difficulty")
    .argument("<files...>", "recordings, .json or .json.gz: TxPoWs in order of arrival, or the blocks of one sync")
    .addHelpText(
      "after",
      `
Prints tip, height, weight and MMR root of each chain. A wrong block is named with the rule it breaks, and the exit code is 1.

Example:
  $ minimote replay chain-1.json.gz sync-1.json.gz`,
    )
    .action((files: readonly string[]) => {
      const results = files.map((path) => replayFile(path, process.stdout, process.stderr));
      process.exitCode = results.every(Boolean) ? 0 : 1;
    });
}

/** Replays one file and reports. Gives whether all of it is good. */
export function replayFile(path: string, out: NodeJS.WritableStream, err: NodeJS.WritableStream & { isTTY?: boolean }): boolean {
  const progress = new ProgressLine(basename(path), err);
  const started = performance.now();
  try {
    const summary = replay(path, (done, total, height) => progress.show(done, total, height));
    progress.clear();
    out.write(report(path, summary, (performance.now() - started) / 1000));
    return true;
  } catch (error) {
    progress.clear();
    out.write(`${path}\n  FAILED      ${explain(error)}\n`);
    return false;
  }
}

function replay(path: string, onProgress: OnProgress): ReplaySummary {
  const data = readJsonFile(path);
  if (isSyncRecording(data)) return replaySync(data, readRecording(join(dirname(path), basename(data.chain))), onProgress);
  if (isRecording(data)) return replayRecording(data, onProgress);
  throw new ReplayError("this is no recording: it needs a genesis and events, or a chain and ibdblocks");
}

function readRecording(path: string): Recording {
  const data = readJsonFile(path);
  if (!isRecording(data)) throw new ReplayError(`${path} is no recorded chain`);
  return data;
}

function report(path: string, summary: ReplaySummary, seconds: number): string {
  const { blocks, transactions, tip, height, weight, mmrRoot, total, compared } = summary;
  const lines = [
    ["blocks", `${blocks} validated, ${transactions} transactions`],
    ["tip", tip],
    ["height", String(height)],
    ["weight", String(weight)],
    ["MMR root", mmrRoot],
    ["total", `${total} Minima`],
    ["speed", `${(blocks / Math.max(seconds, 0.001)).toFixed(0)} blocks/s (${seconds.toFixed(2)} s)`],
    ["recording", compared.length === 0 ? "says nothing of its end" : `agrees: ${compared.join(", ")}`],
  ] as const;
  return `${path}\n${lines.map(([name, value]) => `  ${name.padEnd(10)}  ${value}\n`).join("")}`;
}

function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** One line that is redrawn on a terminal; in a log, a line now and then. */
class ProgressLine {
  readonly #name: string;
  readonly #err: NodeJS.WritableStream & { isTTY?: boolean };
  #last = performance.now();
  #drawn = false;

  constructor(name: string, err: NodeJS.WritableStream & { isTTY?: boolean }) {
    this.#name = name;
    this.#err = err;
  }

  show(done: number, total: number, height: number): void {
    const now = performance.now();
    if (now - this.#last < (this.#err.isTTY === true ? REDRAW_MS : LOG_MS)) return;
    this.#last = now;
    const text = `${this.#name}: ${done}/${total} (${Math.floor((100 * done) / Math.max(1, total))}%), height ${height}`;
    this.#err.write(this.#err.isTTY === true ? `\r\x1b[K${text}` : `${text}\n`);
    this.#drawn = true;
  }

  clear(): void {
    if (this.#drawn && this.#err.isTTY === true) this.#err.write("\r\x1b[K");
    this.#drawn = false;
  }
}
