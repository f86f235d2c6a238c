import { copyFileSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Feeder } from "./feeder.js";
import { JavaNode } from "./java-node.js";
import { bytesWritten, WatchedNode } from "./processes.js";
import { type Figure, figure, replayed } from "./scenarios.js";

const IDLE_MS = 20_000;

/** The reference node at the same work: start, sync from us, idle memory, and the same TxPoWs one by one over a socket. */
export async function reference(classpath: string, chainFolder: string, blocks: number, folder: string): Promise<Figure[]> {
  const synced = await syncing(classpath, chainFolder, blocks, folder);
  return [...synced, ...(await replaying(classpath, chainFolder, blocks, folder))];
}

/** It checks nothing of what comes in a sync but that the blocks follow one another. */
async function syncing(classpath: string, chainFolder: string, blocks: number, folder: string): Promise<Figure[]> {
  const data = join(folder, "served");
  mkdirSync(data, { recursive: true });
  copyFileSync(join(chainFolder, "chain.db"), join(data, "chain.db"));
  copyFileSync(join(folder, "first", "wallet.db"), join(data, "wallet.db"));
  const server = await WatchedNode.start(data, "--network", "main", "--nop2p", "--no-mine");
  await server.reaches(blocks);
  const started = performance.now();
  const javaData = join(folder, "java-sync");
  const java = await JavaNode.start(classpath, javaData, "-connect", `127.0.0.1:${server.port}`);
  try {
    await java.reaches(0);
    const ready = (performance.now() - started) / 1000;
    // It waits ten seconds before it connects.
    await server.hasConnections();
    const [connected, before] = [performance.now(), java.cpuSeconds()];
    await java.reaches(blocks);
    const [seconds, spent] = [(performance.now() - connected) / 1000, java.cpuSeconds() - before];
    const [idleFrom, written] = [java.cpuSeconds(), bytesWritten(java.process.pid)];
    await sleep(IDLE_MS);
    const [idleTo, wrote] = [java.cpuSeconds(), bytesWritten(java.process.pid)];
    return [
      figure("reference: first start, until RPC answers", ready, "s"),
      figure("reference: sync from the connection on, unchecked: blocks", blocks / seconds, "blocks/s"),
      figure("reference: CPU time of the sync", spent, "s"),
      figure("reference: RSS after the sync", java.rssMB(), "MB"),
      figure("reference: CPU when idle", ((idleTo - idleFrom) / IDLE_MS) * 100_000, "% of a core"),
      ...(written === undefined || wrote === undefined
        ? []
        : [figure("reference: written without blocks, an hour", ((wrote - written) / 1e6) * (3_600_000 / IDLE_MS), "MB")]),
      figure("reference: disk after the sync, a block", sizeOf(javaData) / 1000 / blocks, "kB"),
    ];
  } finally {
    await java.stop();
    await server.stop();
  }
}

/** Bytes of the files in a folder and below. */
function sizeOf(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.reduce((sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0), 0);
}

async function replaying(classpath: string, chainFolder: string, blocks: number, folder: string): Promise<Figure[]> {
  const java = await JavaNode.start(classpath, join(folder, "java-replay"));
  try {
    await java.reaches(0);
    const feeder = await Feeder.connect(java.port, chainFolder);
    return await replayed("reference", java, feeder, blocks);
  } finally {
    await java.stop();
  }
}
