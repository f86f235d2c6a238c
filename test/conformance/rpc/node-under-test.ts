import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defaultConfig, type NodeConfig } from "../../../host/node/config.js";
import { silentLogger } from "../../../host/node/logger.js";
import { MinimoteNode } from "../../../host/node/node.js";
import type { TxPoW } from "../../../host/protocol/txpow.js";
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
  /** What is to be mined waits here while mining is held back, with the block it is to go into. */
  #held: { readonly block: number; readonly go: () => void }[] = [];
  #nextBlock = 0;
  /** Blocks that are mined whatever waits. */
  readonly #pulses = new WeakSet<TxPoW>();
  #isHolding = false;
  #underWay = 0;

  private constructor(node: MinimoteNode, server: RunningServer, folder: string) {
    this.node = node;
    this.#server = server;
    this.#folder = folder;
    const mine = node.miner.mine.bind(node.miner);
    node.miner.mine = (template, _duty, signal) =>
      this.#counted(async () => {
        if (this.#isHolding && !this.#pulses.has(template)) await this.#turn(this.#nextBlock);
        return mine(template, 1, signal);
      });
    const submit = node.submit.bind(node);
    node.submit = (txpow, from) => this.#counted(() => submit(txpow, from));
  }

  /** Does something that has to be over before the next block is mined, with what follows on it at once. */
  async #counted<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#underWay++;
    try {
      return await work();
    } finally {
      setImmediate(() => this.#underWay--);
    }
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

  /** From now on transactions wait for their block, until the chain is mined on; 0 for the next one. */
  holdMining(block = 0): void {
    this.#isHolding = true;
    this.#nextBlock = block;
  }

  releaseMining(): void {
    this.#isHolding = false;
    this.#release(() => true);
  }

  #turn(block: number): Promise<void> {
    return new Promise((resolve) => this.#held.push({ block, go: resolve }));
  }

  #release(isDue: (block: number) => boolean): void {
    const due = this.#held.filter(({ block }) => isDue(block));
    this.#held = this.#held.filter(({ block }) => !isDue(block));
    for (const { go } of due) go();
  }

  /** Mines until the chain is so high and holds every transaction whose turn it is. */
  async mineTo(height: number): Promise<void> {
    while (this.height < height) await this.#mineNext((block, next) => block <= next);
    for (let i = 0; this.#hasWaiting() && i < EXTRA_BLOCKS; i++) await this.#mineOne();
  }

  /** As `mineTo`, but transactions of which it is not known where they are to go stay where they are. */
  async mineAroundHeld(height: number): Promise<void> {
    while (this.height < height) await this.#mineNext((block, next) => block > 0 && block <= next);
  }

  async #mineNext(isDue: (block: number, next: number) => boolean): Promise<void> {
    const next = this.height + 1;
    this.#release((block) => isDue(block, next));
    await this.#settled();
    if (this.height < next) await this.#mineOne();
  }

  /** Waits until what was released is mined and taken in. */
  #settled(): Promise<void> {
    return this.#until(() => this.#underWay === this.#held.length);
  }

  async #mineOne(): Promise<void> {
    const { node } = this;
    const template = await node.build({});
    this.#pulses.add(template);
    await node.submit(await node.mine(template), null);
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
