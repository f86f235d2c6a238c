import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../host/cli/demo/node-process.js";

const LONGEST_MS = 600_000;
const POLL_MS = 100;
const TICKS_PER_SECOND = 100;
/** Its RPC listens so far above its port (spec 09 §1.2). */
const RPC_OFFSET = 4;

/** The reference node in a process of its own. */
export class JavaNode {
  private constructor(
    readonly port: number,
    readonly process: ChildProcess,
  ) {}

  static async start(classpath: string, dataDir: string, ...args: readonly string[]): Promise<JavaNode> {
    const port = await freePort();
    const fixed = ["-daemon", "-data", dataDir, "-port", String(port), "-rpcenable", "-nop2p", "-allowallip"];
    return new JavaNode(port, spawn("java", ["-cp", classpath, "org.minima.Minima", ...fixed, ...args], { stdio: "ignore" }));
  }

  /** Waits until RPC answers with a tip of this number or above. Throws when the node ends or takes too long. */
  async reaches(height: number): Promise<void> {
    const end = performance.now() + LONGEST_MS;
    for (;;) {
      const reached = await this.#tip();
      if (reached !== undefined && reached >= height) return;
      if (performance.now() > end || this.process.exitCode !== null) throw new Error(`the reference node does not reach block ${height}`);
      await sleep(POLL_MS);
    }
  }

  /** Since its start. */
  cpuSeconds(): number {
    const [, after = ""] = readFileSync(`/proc/${this.process.pid}/stat`, "utf8").split(") ");
    const fields = after.split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  rssMB(): number {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.process.pid}/status`, "utf8"))?.[1]) / 1000;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const gone = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await gone;
  }

  /** Read off the socket: the reference ends the lines of its headers in a way that HTTP clients refuse. */
  async #tip(): Promise<number | undefined> {
    const socket = connect(this.port + RPC_OFFSET, "127.0.0.1");
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
}
