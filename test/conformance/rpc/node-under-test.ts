import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defaultConfig, type NodeConfig } from "../../../host/node/config.js";
import { silentLogger } from "../../../host/node/logger.js";
import { MinimoteNode } from "../../../host/node/node.js";
import type { RunningServer } from "../../../host/rpc/http-server.js";
import { startRpcServer } from "../../../host/rpc/rpc-server.js";

const PATIENCE_MS = 60_000;
/** More blocks than this do not make a transaction go in that would not have. */
const EXTRA_BLOCKS = 10;

/** A node of ours on a network of its own, with its RPC server, in a temporary folder. It mines only when it is told to. */
export class NodeUnderTest {
  readonly node: MinimoteNode;
  readonly #server: RunningServer;
  readonly #folder: string;
  /** What is to be mined waits here while mining is held back. */
  readonly #held: (() => void)[] = [];
  #isHolding = false;
  #mining = 0;

  private constructor(node: MinimoteNode, server: RunningServer, folder: string) {
    this.node = node;
    this.#server = server;
    this.#folder = folder;
    const mine = node.miner.mine.bind(node.miner);
    node.miner.mine = async (template, _duty, signal) => {
      this.#mining++;
      try {
        if (this.#isHolding) await new Promise<void>((resolve) => this.#held.push(resolve));
        return await mine(template, 1, signal);
      } finally {
        this.#mining--;
      }
    };
  }

  static async start(options: Partial<NodeConfig>): Promise<NodeUnderTest> {
    const folder = mkdtempSync(join(tmpdir(), "minimote-session-"));
    const config: NodeConfig = {
      ...defaultConfig("solo"),
      dataDir: folder,
      listenHost: "127.0.0.1",
      port: 0,
      rpcPort: 0,
      blockSeconds: 0.05,
      mine: false,
      miningDuty: 1,
      ...options,
    };
    const node = await MinimoteNode.start(config, silentLogger);
    const server = await startRpcServer(node);
    if (server === null) throw new Error("the node has no RPC server");
    const started = new NodeUnderTest(node, server, folder);
    await node.wallet.whenFilled;
    return started;
  }

  get rpcPort(): number {
    return this.#server.port;
  }

  get port(): number {
    return this.node.network.listening?.port ?? 0;
  }

  get height(): number {
    return this.node.chain.tip?.number ?? 0;
  }

  /** From now on transactions wait for `releaseMining` before they are mined. */
  holdMining(): void {
    this.#isHolding = true;
  }

  releaseMining(): void {
    this.#isHolding = false;
    for (const go of this.#held.splice(0)) go();
  }

  /** Mines until the chain is so high and holds every transaction that was sent. */
  async mineTo(height: number): Promise<void> {
    await this.#until(() => this.#mining === 0);
    await sleep(20);
    const most = Math.max(height, this.height) + EXTRA_BLOCKS;
    while (this.height < height || (this.#hasWaiting() && this.height < most)) {
      const { node } = this;
      await node.submit(await node.mine(await node.build({})), null);
    }
  }

  #hasWaiting(): boolean {
    return !this.node.chain.mempool.transactions()[Symbol.iterator]().next().done;
  }

  async #until(condition: () => boolean): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (!condition()) {
      if (performance.now() > end) throw new Error("a transaction was not mined in time");
      await sleep(5);
    }
  }

  async stop(): Promise<void> {
    this.releaseMining();
    await this.#server.close();
    await this.node.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
