import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../host/cli/demo/node-process.js";
import { callRpc, RpcConnectionError } from "../../host/rpc/client.js";
import type { Order, Sample } from "./watch.js";

const PROGRAM = fileURLToPath(new URL("../../program/minimote.mjs", import.meta.url));
const WATCH = new URL("watch.js", import.meta.url).href;
const POLL_MS = 5;
const IDLE_CPU_SHARE = 0.02;
const LONGEST_SETTLING_MS = 30_000;

/** Runs a program of this folder in a process of its own and gives what it says at the end. */
export async function runProgram<Result>(file: string, args: readonly string[]): Promise<Result> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const result = new Promise<Result>((resolve, reject) => {
    child.once("message", (message) => resolve(message as Result));
    child.once("exit", (code) => reject(new Error(`${file} ended with ${code} and said nothing`)));
  });
  const value = await result;
  if (child.exitCode === null) await once(child, "exit");
  return value;
}

/** Bytes a process has had written to storage, as Linux counts them; undefined elsewhere. */
export function bytesWritten(pid: number | undefined): number | undefined {
  try {
    return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]);
  } catch {
    return undefined;
  }
}

/** A node in a process of its own, watched from inside. */
export class WatchedNode {
  readonly port: number;
  readonly rpcPort: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number, rpcPort: number) {
    this.#child = child;
    this.port = port;
    this.rpcPort = rpcPort;
  }

  static async start(dataDir: string, ...args: readonly string[]): Promise<WatchedNode> {
    const [port, rpcPort] = [await freePort(), await freePort()];
    const place = ["--data", dataDir, "--listen", "127.0.0.1", "--port", String(port), "--rpc-port", String(rpcPort)];
    const child = fork(PROGRAM, ["node", ...place, "--log-level", "warn", ...args], {
      execArgv: ["--import", WATCH],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    return new WatchedNode(child, port, rpcPort);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The number of the tip once RPC answers; undefined before. */
  async height(): Promise<number | undefined> {
    try {
      const { response } = await callRpc({ host: "127.0.0.1", port: this.rpcPort }, "status");
      const { chain } = response as { readonly chain: { readonly block: number } };
      return chain.block;
    } catch (error) {
      if (error instanceof RpcConnectionError && this.#child.exitCode === null) return undefined;
      throw error;
    }
  }

  /** Waits until RPC answers with a tip of this number or above, asking every few milliseconds. */
  async reaches(height: number, everyMs = POLL_MS): Promise<void> {
    for (;;) {
      const reached = await this.height();
      if (reached !== undefined && reached >= height) return;
      await sleep(everyMs);
    }
  }

  /** What the node answers to a command. Throws when it refuses. */
  async command(line: string): Promise<unknown> {
    const { status, response, error } = await callRpc({ host: "127.0.0.1", port: this.rpcPort }, line);
    if (!status) throw new Error(`${line.slice(0, 60)}: ${error}`);
    return response;
  }

  /** Waits for so many connections. */
  async hasConnections(count = 1): Promise<void> {
    for (;;) {
      const { network } = (await this.command("status")) as { readonly network: { readonly connected: number } };
      if (network.connected >= count) return;
      await sleep(POLL_MS);
    }
  }

  /** From now on stalls are counted in CPU time too, which makes the node larger and busier than it is. */
  countCpuTime(): void {
    this.#tell("count CPU time");
  }

  #tell(order: Order): void {
    this.#child.send(order);
  }

  async sample(): Promise<Sample> {
    this.#tell("sample");
    const [sample] = await once(this.#child, "message");
    return sample as Sample;
  }

  /** Waits until the node has nothing left to do, such as making keys; one that mines always has, so not for ever. */
  async settles(): Promise<void> {
    const end = performance.now() + LONGEST_SETTLING_MS;
    for (let before = (await this.sample()).cpuSeconds; performance.now() < end; ) {
      await sleep(1000);
      const { cpuSeconds } = await this.sample();
      if (cpuSeconds - before < IDLE_CPU_SHARE) return;
      before = cpuSeconds;
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await gone;
  }
}
