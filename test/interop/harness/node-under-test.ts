import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { callRpc, type RpcAnswer, RpcConnectionError } from "../../../host/rpc/client.js";
import { waitFor } from "./poll.js";
import { referenceCommand } from "./reference.js";

const PROGRAM = fileURLToPath(new URL("../../../dist/host/cli/main.js", import.meta.url));
const RPC_OFFSET = 4;
/** Key pairs are made at the first start: that takes minutes where other work goes on. */
const START_MS = 300_000;
const STOP_MS = 30_000;

/** Whose program a node runs: ours, or the reference. */
export type Kind = "minimote" | "reference";

export interface NodeOptions {
  readonly kind: Kind;
  readonly name: string;
  readonly folder: string;
  readonly port: number;
  /** Makes a network of its own instead of joining one. */
  readonly founder: boolean;
  /** Ports of nodes on this machine to connect with. */
  readonly connect: readonly number[];
  /** Whether it takes part in peer discovery; `connect` is then where it begins. */
  readonly p2p: boolean;
  /** More arguments of the program. */
  readonly args: readonly string[];
}

/** A node of either kind in a process of its own, driven over RPC. */
export class NodeUnderTest {
  readonly options: NodeOptions;
  #child: ChildProcess | undefined;

  constructor(options: NodeOptions) {
    this.options = options;
  }

  get name(): string {
    return this.options.name;
  }

  get port(): number {
    return this.options.port;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts the process; resolves once RPC answers. */
  async start(): Promise<void> {
    const [program, args] = this.options.kind === "minimote" ? this.#ours() : this.#reference();
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    const log = createWriteStream(`${this.options.folder}.log`, { flags: "a" });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.once("exit", () => log.end());
    this.#child = child;
    await waitFor(`${this.name} to answer RPC`, START_MS, async () => {
      if (!this.running) throw new Error(`${this.name} ended at its start: see ${this.options.folder}.log`);
      return this.#tryCall("status");
    });
  }

  #ours(): [string, string[]] {
    if (!existsSync(PROGRAM)) throw new Error("run npm run build first");
    const { founder, folder, port, connect, p2p, args } = this.options;
    const place = ["--data", folder, "--listen", "127.0.0.1", "--port", String(port), "--log-level", "debug"];
    const peers = connect.flatMap((peer) => [p2p ? "--p2pnodes" : "--connect", `127.0.0.1:${peer}`]);
    const discovery = p2p ? ["--allowallip"] : ["--nop2p"];
    return [process.execPath, [PROGRAM, "node", "--network", founder ? "solo" : "test", ...place, ...discovery, ...peers, ...args]];
  }

  #reference(): [string, string[]] {
    const { founder, folder, port, connect, p2p, args } = this.options;
    const place = ["-data", folder, "-port", String(port), "-host", "127.0.0.1", "-rpcenable", "true", "-rpccrlf", "true"];
    const peers = connect.length === 0 ? [] : [p2p ? "-p2pnodes" : "-connect", connect.map((peer) => `127.0.0.1:${peer}`).join()];
    const alone = founder ? ["-solo"] : ["-test", "-nop2p"];
    const network = p2p ? ["-test", ...(founder ? ["-genesis"] : [])] : alone;
    return ["java", [...referenceCommand(), ...network, "-daemon", "-allowallip", "true", ...place, ...peers, ...args]];
  }

  /** Ends the process in order (SIGTERM) or at once (SIGKILL) and waits until it is gone. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.running) return;
    const gone = once(child, "exit");
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await gone;
    clearTimeout(late);
  }

  /** Runs a command. Throws with the node's own words when it fails. */
  async call<Response>(line: string): Promise<Response> {
    const answer = await this.#answer(line);
    if (!answer.status) throw new Error(`${this.name}: ${line}: ${answer.error ?? answer.message ?? "the command failed"}`);
    return answer.response as Response;
  }

  /** Runs a command; undefined when it fails, as commands do that wait for coins to settle. */
  async tryCall<Response>(line: string): Promise<Response | undefined> {
    const answer = await this.#answer(line);
    return answer.status ? (answer.response as Response) : undefined;
  }

  async #answer(line: string): Promise<RpcAnswer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await callRpc({ host: "127.0.0.1", port: this.port + RPC_OFFSET }, line);
      } catch (error) {
        if (!(error instanceof RpcConnectionError) || attempt === 3 || !this.running) throw error;
        await sleep(500);
      }
    }
  }

  async #tryCall(line: string): Promise<unknown> {
    try {
      return (await callRpc({ host: "127.0.0.1", port: this.port + RPC_OFFSET }, line, 5000)).response;
    } catch (error) {
      if (error instanceof RpcConnectionError) return undefined;
      throw error;
    }
  }
}
