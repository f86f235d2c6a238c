import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../host/cli/demo/node-process.js";
import { WatchedNode } from "./processes.js";
import type { Figure } from "./scenarios.js";

const LONGEST_MS = 600_000;
const IDLE_MS = 20_000;
const TICKS_PER_SECOND = 100;

/** The reference node as a peer: start-up, idle memory, and how long it takes to sync the same chain from us. */
export async function reference(classpath: string, chainFolder: string, blocks: number, folder: string): Promise<Figure[]> {
  const data = join(folder, "served");
  mkdirSync(data, { recursive: true });
  copyFileSync(join(chainFolder, "chain.db"), join(data, "chain.db"));
  copyFileSync(join(folder, "first", "wallet.db"), join(data, "wallet.db"));
  const server = await WatchedNode.start(data, "--network", "main", "--nop2p", "--no-mine");
  await server.reaches(blocks);
  const port = await freePort();
  const started = performance.now();
  const java = spawn(
    "java",
    ["-cp", classpath, "org.minima.Minima", "-daemon", "-data", join(folder, "java"), "-port", String(port), "-rpcenable", "-nop2p"].concat(
      ["-connect", `127.0.0.1:${server.port}`],
    ),
    { stdio: "ignore" },
  );
  try {
    const ready = await reaches(java, port + 4, 0, started);
    // It waits ten seconds before it connects.
    await server.isConnected();
    const connected = (performance.now() - started) / 1000;
    const cpuBefore = cpuSeconds(java);
    const synced = await reaches(java, port + 4, blocks, started);
    const cpuAfter = cpuSeconds(java);
    await sleep(IDLE_MS);
    const figures: Figure[] = [];
    if (ready !== undefined) figures.push({ what: "reference: first start, until RPC answers", value: ready, unit: "s" });
    if (ready !== undefined && synced !== undefined) {
      figures.push({ what: "reference: sync from the connection on: blocks", value: blocks / (synced - connected), unit: "blocks/s" });
      figures.push({ what: "reference: CPU time of the sync", value: cpuAfter - cpuBefore, unit: "s" });
    }
    figures.push({ what: "reference: CPU time in all", value: cpuSeconds(java), unit: "s" });
    figures.push({ what: "reference: RSS after the sync", value: rssMB(java), unit: "MB" });
    return figures;
  } finally {
    if (java.exitCode === null) {
      const gone = once(java, "exit");
      java.kill("SIGKILL");
      await gone;
    }
    await server.stop();
  }
}

/** Seconds since the start until the node's tip has this number; undefined when it takes too long. */
async function reaches(java: ChildProcess, rpcPort: number, height: number, started: number): Promise<number | undefined> {
  while (performance.now() - started < LONGEST_MS && java.exitCode === null) {
    const reached = await tip(rpcPort);
    if (reached !== undefined && reached >= height) return (performance.now() - started) / 1000;
    await sleep(100);
  }
  return undefined;
}

/** Read off the socket: the reference ends the lines of its headers in a way that HTTP clients refuse. */
async function tip(rpcPort: number): Promise<number | undefined> {
  const socket = connect(rpcPort, "127.0.0.1");
  try {
    await once(socket, "connect");
    socket.write("GET /status HTTP/1.1\r\n\r\n");
    const answer = await text(socket);
    const { response } = JSON.parse(answer.slice(answer.indexOf("{"))) as {
      readonly response?: { readonly chain?: { readonly block?: unknown } };
    };
    return Number(response?.chain?.block ?? 0);
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}

function cpuSeconds({ pid }: ChildProcess): number {
  const [, after = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const fields = after.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function rssMB({ pid }: ChildProcess): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1000;
}
