import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { callRpc, type RpcAnswer, RpcConnectionError } from "../../rpc/client.js";

/** This program itself, as it was started: as files, or as one. */
const PROGRAM = process.argv[1] ?? "";

export interface NodeProcessOptions {
  readonly name: string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly port: number;
  readonly rpcPort: number;
  /** More arguments of `minimote node`. */
  readonly args: readonly string[];
}

/** A `minimote node` in a process of its own. */
export class NodeProcess {
  readonly options: NodeProcessOptions;
  #child: ChildProcess | undefined;

  constructor(options: NodeProcessOptions) {
    this.options = options;
  }

  get name(): string {
    return this.options.name;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    const { dataDir, port, rpcPort, args, logFile } = this.options;
    const child = spawn(
      process.execPath,
      [PROGRAM, "node", "--data", dataDir, "--listen", "127.0.0.1", "--port", String(port), "--rpc-port", String(rpcPort), ...args],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    const log = createWriteStream(logFile, { flags: "a" });
    child.stdout.pipe(log);
    child.stderr.pipe(log);
    this.#child = child;
  }

  /** Ends the process with a signal and waits until it is gone. */
  async kill(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
  }

  /** Runs a command; throws with the node's own words when it fails. */
  async call<Response>(line: string): Promise<Response> {
    const answer = await this.#answer(line);
    if (!answer.status) throw new Error(`${this.name}: ${answer.error ?? answer.message ?? "the command failed"}`);
    return answer.response as Response;
  }

  async #answer(line: string): Promise<RpcAnswer> {
    for (;;) {
      try {
        return await callRpc({ host: "127.0.0.1", port: this.options.rpcPort }, line);
      } catch (error) {
        if (!(error instanceof RpcConnectionError)) throw error;
        if (this.#child === undefined || this.#child.exitCode !== null)
          throw new Error(`${this.name} stopped unexpectedly: see ${this.options.logFile}`);
        await sleep(200);
      }
    }
  }
}

/** A port nobody listens on right now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
