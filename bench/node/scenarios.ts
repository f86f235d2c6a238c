import { copyFileSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Feeder, TXPOWS } from "./feeder.js";
import type { GrowthMark } from "./grow.js";
import { bytesWritten, runProgram, WatchedNode } from "./processes.js";
import type { ReplayResult } from "./replay.js";
import type { ScriptsResult } from "./scripts.js";
import type { Sample } from "./watch.js";

/** One measured figure. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What it should at most be, if there is a goal. */
  readonly goal?: number;
}

/** How long idle nodes are looked at, and how long mining ones. */
const IDLE_SECONDS = 20;
const MINING_SECONDS = 40;
const STARTS = 3;
/** As often as the reference is asked. */
const FED_POLL_MS = 100;
const BLOCKS_PER_HOUR = 72;

/** A figure, with its goal if it has one. */
export const figure = (what: string, value: number, unit: string, goal?: number): Figure => ({
  what,
  value,
  unit,
  ...(goal === undefined ? {} : { goal }),
});

/** Makes a chain in a folder: how memory, disk and steps grow with blocks. */
export async function growing(folder: string, blocks: number): Promise<Figure[]> {
  mkdirSync(folder, { recursive: true });
  const marks = await runProgram<GrowthMark[]>("grow.js", [folder, String(blocks)]);
  return marks.flatMap(({ blocks, rssMB, heapMB, diskMB, worstStepMs }) => [
    figure(`a builder after ${blocks} blocks: RSS`, rssMB, "MB"),
    figure(`a builder after ${blocks} blocks: heap`, heapMB, "MB"),
    figure(`a builder after ${blocks} blocks: disk`, diskMB, "MB"),
    figure(`a builder after ${blocks} blocks: longest step`, worstStepMs, "ms", 50),
  ]);
}

/** Takes in the TxPoWs of a made chain one by one, as they come from peers. */
export async function replaying(folder: string): Promise<Figure[]> {
  const { blocks, seconds, cpuSeconds, worstStallMs, rssMB } = await runProgram<ReplayResult>("replay.js", [join(folder, TXPOWS)]);
  return [
    figure("replay: blocks", blocks / seconds, "blocks/s"),
    figure("replay: CPU time a block", (cpuSeconds * 1000) / blocks, "ms"),
    figure("replay: longest stall", worstStallMs, "ms", 50),
    figure("replay: RSS at the end", rssMB, "MB"),
  ];
}

/** Runs the worst scripts that the network allows. */
export async function scripting(): Promise<Figure[]> {
  const { worstStallMs, worst, longestCheckMs, worstStallHereMs, idleStallMs } = await runProgram<ScriptsResult>("scripts.js", []);
  return [
    figure(`longest stall (${worst})`, worstStallMs, "ms", 50),
    figure("longest check", longestCheckMs, "ms"),
    figure("longest stall in as much time without scripts", idleStallMs, "ms"),
    figure("longest stall without a worker", worstStallHereMs, "ms"),
  ];
}

/** A node under a feeder's eyes. */
interface FedNode {
  reaches(height: number): Promise<void>;
  /** Since its start. */
  cpuSeconds(): number | Promise<number>;
}

/** Has a node take in a chain's TxPoWs one by one over a socket, in full: work, signatures, scripts, proofs, then the block. */
export async function replayed(name: string, node: FedNode, feeder: Feeder, blocks: number): Promise<Figure[]> {
  try {
    await node.reaches(1);
    const [started, before] = [performance.now(), await node.cpuSeconds()];
    await feeder.feed();
    await node.reaches(blocks);
    const seconds = (performance.now() - started) / 1000;
    const spent = (await node.cpuSeconds()) - before;
    return [
      figure(`${name}: TxPoWs one by one over a socket: blocks`, blocks / seconds, "blocks/s"),
      figure(`${name}: CPU time a block`, (spent * 1000) / blocks, "ms"),
    ];
  } finally {
    feeder.close();
  }
}

/** The same of a node of ours. Its wallet is there already. */
export async function feeding(chainFolder: string, blocks: number, folder: string): Promise<Figure[]> {
  const data = join(folder, "fed");
  mkdirSync(data, { recursive: true });
  copyFileSync(join(folder, "first", "wallet.db"), join(data, "wallet.db"));
  const node = await WatchedNode.start(data, "--network", "main", "--nop2p", "--no-mine");
  try {
    await node.reaches(0);
    const feeder = await Feeder.connect(node.port, chainFolder);
    let last: Sample | undefined;
    const watched = {
      reaches: (height: number) => node.reaches(height, FED_POLL_MS),
      cpuSeconds: async () => {
        last = await node.sample();
        return last.cpuSeconds;
      },
    };
    const figures = await replayed("minimote", watched, feeder, blocks);
    const { worstStallMs = 0, rssMB = 0 } = last ?? {};
    return [...figures, figure("minimote: longest stall", worstStallMs, "ms", 50), figure("minimote: RSS at the end", rssMB, "MB")];
  } finally {
    await node.stop();
  }
}

/** The life of a node on a chain that is there: starts, idles, and serves the chain to a fresh node. */
export async function living(chainFolder: string, blocks: number, folder: string): Promise<Figure[]> {
  const data = join(folder, "first");
  return startingOn(chainFolder, blocks, data, (node) => syncing(node, blocks, data, folder));
}

/** Starts on a chain that is there, and idle time; then what more is to be done with the node. */
export async function startingOn(
  chainFolder: string,
  blocks: number,
  data: string,
  more: (node: WatchedNode) => Promise<Figure[]> = async () => [],
): Promise<Figure[]> {
  mkdirSync(data, { recursive: true });
  copyFileSync(join(chainFolder, "chain.db"), join(data, "chain.db"));
  const args = ["--network", "main", "--nop2p", "--no-mine"];
  const first = await WatchedNode.start(data, ...args);
  await first.reaches(blocks);
  await first.settles();
  await first.stop();
  const starts: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const started = performance.now();
    const node = await WatchedNode.start(data, ...args);
    await node.reaches(blocks);
    starts.push((performance.now() - started) / 1000);
    await node.stop();
  }
  const node = await WatchedNode.start(data, ...args);
  try {
    await node.reaches(blocks);
    const idle = await idling(node, `an idle node with ${blocks} busy blocks`);
    return [figure(`start on ${blocks} busy blocks, until RPC answers`, Math.min(...starts), "s", 0.5), ...idle, ...(await more(node))];
  } finally {
    await node.stop();
  }
}

async function idling(node: WatchedNode, name: string): Promise<Figure[]> {
  await node.settles();
  await sleep(8000);
  const before = await node.sample();
  const written = bytesWritten(node.pid);
  await sleep(IDLE_SECONDS * 1000);
  const after = await node.sample();
  const wrote = bytesWritten(node.pid);
  return [
    figure(`${name}: RSS`, after.rssMB, "MB", 90),
    figure(`${name}: heap`, after.heapMB, "MB"),
    figure(`${name}: external`, after.externalMB, "MB"),
    figure(`${name}: CPU`, ((after.cpuSeconds - before.cpuSeconds) / IDLE_SECONDS) * 100, "% of a core"),
    ...(written === undefined || wrote === undefined
      ? []
      : [figure(`${name}: written without blocks, an hour`, ((wrote - written) / 1e6) * (3600 / IDLE_SECONDS), "MB", 5)]),
  ];
}

/** A fresh node fetches the chain from another. Its wallet is there already. */
async function syncing(server: WatchedNode, blocks: number, serverData: string, folder: string): Promise<Figure[]> {
  const data = join(folder, "second");
  mkdirSync(data, { recursive: true });
  copyFileSync(join(serverData, "wallet.db"), join(data, "wallet.db"));
  await server.sample();
  const client = await WatchedNode.start(data, "--network", "main", "--nop2p", "--no-mine", "--connect", `127.0.0.1:${server.port}`);
  try {
    await server.hasConnections();
    // The start of the process is another figure.
    await client.sample();
    const started = performance.now();
    await client.reaches(blocks, 50);
    const seconds = (performance.now() - started) / 1000;
    const { worstStallMs, cpuSeconds, rssMB } = await client.sample();
    const { worstStallMs: servingStallMs } = await server.sample();
    return [
      figure("sync from the connection on: blocks", blocks / seconds, "blocks/s"),
      figure("sync: CPU time", cpuSeconds, "s"),
      figure("sync: longest stall of who syncs", worstStallMs, "ms", 50),
      figure("sync: longest stall of who serves", servingStallMs, "ms", 50),
      figure("sync: RSS at the end", rssMB, "MB"),
    ];
  } finally {
    await client.stop();
  }
}

/** A private network of one node that mines a block a second. */
export async function mining(folder: string): Promise<Figure[]> {
  const data = join(folder, "solo");
  const args = ["--network", "solo", "--block-time", "1", "--mining-duty", "50%"];
  const fresh = await WatchedNode.start(data, ...args);
  await fresh.reaches(2);
  await sleep(10_000);
  await fresh.stop();
  const started = performance.now();
  const node = await WatchedNode.start(data, ...args);
  try {
    await node.reaches(2);
    const seconds = (performance.now() - started) / 1000;
    await node.settles().catch(() => {});
    const [before, height, written] = [await node.sample(), await node.height(), bytesWritten(node.pid)];
    await sleep(MINING_SECONDS * 1000);
    const [after, newHeight, wrote] = [await node.sample(), await node.height(), bytesWritten(node.pid)];
    const blocks = (newHeight ?? 0) - (height ?? 0);
    return [
      figure("start on a private chain, until RPC answers", seconds, "s", 0.5),
      figure("mining a block a second: RSS", after.rssMB, "MB", 90),
      figure("mining a block a second: longest stall", after.worstStallMs, "ms", 50),
      figure("mining a block a second: CPU time a block", ((after.cpuSeconds - before.cpuSeconds) / blocks) * 1000, "ms"),
      ...(written === undefined || wrote === undefined
        ? []
        : [figure("written in an hour of 72 empty blocks", ((wrote - written) / blocks / 1e6) * BLOCKS_PER_HOUR, "MB", 5)]),
      figure("a private chain on disk, a block", diskOf(data) / 1000 / Math.max(1, newHeight ?? 0), "kB"),
    ];
  } finally {
    await node.stop();
  }
}

function diskOf(data: string): number {
  return statSync(join(data, "chain.db")).size;
}
