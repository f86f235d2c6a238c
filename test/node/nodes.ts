import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultConfig, type NetworkName, type NodeConfig } from "../../host/node/config.js";
import { type Logger, silentLogger } from "../../host/node/logger.js";
import { MinimoteNode } from "../../host/node/node.js";
import { COMMANDS } from "../../host/rpc/commands/index.js";
import { runLine } from "../../host/rpc/run-line.js";

/** Nodes of one test, each with a folder of its own that outlives its stops. */
export class Nodes {
  readonly #folder = mkdtempSync(join(tmpdir(), "minimote-nodes-"));
  readonly #running = new Map<string, MinimoteNode>();

  /** Starts a node on loopback, again with what it had under this name. */
  async start(name: string, network: NetworkName, changes: Partial<NodeConfig> = {}, log: Logger = silentLogger): Promise<MinimoteNode> {
    const config: NodeConfig = {
      ...defaultConfig(network),
      dataDir: join(this.#folder, name),
      listenHost: "127.0.0.1",
      port: 0,
      p2p: false,
      mine: false,
      miningDuty: 1,
      blockSeconds: 0.3,
      ...changes,
    };
    const node = await MinimoteNode.start(config, log);
    this.#running.set(name, node);
    return node;
  }

  async stop(name: string): Promise<void> {
    const node = this.#running.get(name);
    this.#running.delete(name);
    await node?.stop();
  }

  async stopAll(): Promise<void> {
    for (const name of [...this.#running.keys()]) await this.stop(name);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What a command of a node answers; throws when it refuses. */
export async function ask<T>(node: MinimoteNode, line: string): Promise<T> {
  const answer = JSON.parse(await runLine(line, COMMANDS, node, "write")) as { status: boolean; response: T };
  if (!answer.status) throw new Error(`${line}: ${JSON.stringify(answer)}`);
  return answer.response;
}

/** Where a running node is reached. */
export function addressOf(node: MinimoteNode): string {
  return `127.0.0.1:${node.network.listening?.port}`;
}

/** A logger that keeps the events. */
export function recordingLogger(): Logger & { readonly events: string[] } {
  const events: string[] = [];
  const note = (event: string): void => {
    events.push(event);
  };
  return { debug: () => {}, info: note, warn: note, error: note, events };
}
