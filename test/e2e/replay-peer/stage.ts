import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { Chain } from "../../../host/chain/chain.js";
import { TEST_PARAMS } from "../../../host/chain/params.js";
import { runSteps } from "../../../host/chain/steps.js";
import type { NodeConfig } from "../../../host/node/config.js";
import type { MinimoteNode } from "../../../host/node/node.js";
import { MessageType } from "../../../host/protocol/messages/message.js";
import type { TxBlock } from "../../../host/protocol/txblock.js";
import { ChainStore } from "../../../host/store/chain-store.js";
import { Client, stopAll } from "../../net/harness.js";
import { Nodes } from "../../node/nodes.js";
import { Knowledge, type Line, readCapture, type Side } from "./capture.js";
import { ReplayPeer } from "./replay-peer.js";

export const CAPTURES = [
  "01-fresh-sync-transactions-maxima.jsonl.gz",
  "02-reconnect-within-30-min-no-ibd.jsonl",
  "03-fresh-sync-long-chain.jsonl.gz",
  "04-reconnect-partial-ibd-pulse.jsonl.gz",
  "05-txblock-node.jsonl",
  "06-reconnect-long-offline.jsonl",
  "07-p2p-singleping-megammr.jsonl",
] as const;
export type CaptureFile = (typeof CAPTURES)[number];

const TXBLOCK_NODE: CaptureFile = "05-txblock-node.jsonl";
/** The other recordings are all of one chain. */
const OTHER_CHAIN: CaptureFile = "07-p2p-singleping-megammr.jsonl";

/** A node, and a peer that has a recorded conversation with it. */
export interface Scene {
  readonly node: MinimoteNode;
  readonly client: Client;
  readonly peer: ReplayPeer;
}

/** Sets up recorded conversations: whole nodes with the chain and the clock that a recorded node had. */
export class Stage {
  readonly #folder = mkdtempSync(join(tmpdir(), "minimote-replay-peer-"));
  readonly #captures = new Map<CaptureFile, readonly Line[]>(CAPTURES.map((file) => [file, readCapture(file)]));
  readonly #longChain = new Knowledge(CAPTURES.filter((file) => file !== OTHER_CHAIN).map((file) => this.#lines(file)));
  readonly #otherChain = new Knowledge([this.#lines(OTHER_CHAIN)]);
  #nodes = new Nodes();
  #server: Server | undefined;
  #chains = 0;

  /** The node is the one that was dialled; the peer dials it. */
  async asAcceptor(file: CaptureFile): Promise<Scene> {
    const node = await this.#startNode(file, "acceptor", {});
    return this.#scene(file, "dialler", node, await Client.connect(portOf(node)));
  }

  /** The node is the one that dialled, and dials the peer. */
  async asDialler(file: CaptureFile): Promise<Scene> {
    const { port, accepted } = await this.#listen();
    const node = await this.#startNode(file, "dialler", file === TXBLOCK_NODE ? { slaveNode: `127.0.0.1:${port}` } : {});
    if (file !== TXBLOCK_NODE) node.network.connect({ host: "127.0.0.1", port });
    return this.#scene(file, "acceptor", node, Client.adopt(await accepted));
  }

  /** Ends what runs; the next conversation may begin. */
  async clear(): Promise<void> {
    await stopAll();
    await this.#nodes.stopAll();
    this.#server?.close();
    this.#nodes = new Nodes();
    vi.restoreAllMocks();
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #scene(file: CaptureFile, side: Side, node: MinimoteNode, client: Client): Scene {
    const peer = new ReplayPeer({ node, client, side, lines: this.#lines(file), knowledge: this.#knowledge(file) });
    return { node, client, peer };
  }

  #lines(file: CaptureFile): readonly Line[] {
    return this.#captures.get(file) ?? [];
  }

  #knowledge(file: CaptureFile): Knowledge {
    return file === OTHER_CHAIN ? this.#otherChain : this.#longChain;
  }

  /** A node that has the chain which one side of a recording had at its beginning. */
  async #startNode(file: CaptureFile, side: Side, changes: Partial<NodeConfig>): Promise<MinimoteNode> {
    const greeting = this.#lines(file).find((line) => line.side === side && line.message.type === MessageType.GREETING)?.message;
    if (greeting?.type !== MessageType.GREETING) throw new Error("a recording begins with greetings");
    this.#setClock(file);
    const dataDir = join(this.#folder, String(this.#chains++));
    const [tip] = greeting.payload.chain;
    if (tip !== undefined) storeChain(dataDir, this.#knowledge(file).chainTo(tip));
    return this.#nodes.start("node", "test", { dataDir, blockSeconds: undefined, ...changes });
  }

  /** The recorded conversations were in the present once. */
  #setClock(file: CaptureFile): void {
    const times = this.#lines(file).flatMap(({ message }) =>
      message.type === MessageType.TXPOW ? [message.payload.header.time.toNumber()] : [],
    );
    const offset = Math.max(...times) - Date.now();
    const now = Date.now.bind(Date);
    vi.spyOn(Date, "now").mockImplementation(() => now() + offset);
  }

  async #listen(): Promise<{ readonly port: number; readonly accepted: Promise<Socket> }> {
    const server = createServer();
    this.#server = server;
    const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    return { port: typeof address === "object" && address !== null ? address.port : 0, accepted };
  }
}

/** Stores a chain as a node does that gets the blocks one by one: its tree is cut when that of the recorded node was. */
function storeChain(dataDir: string, blocks: readonly TxBlock[]): void {
  mkdirSync(dataDir);
  const deps = { now: Date.now, isRelevant: () => false };
  const store = new ChainStore({ path: join(dataDir, "chain.db"), params: TEST_PARAMS, cacheKiB: 2048, ...deps });
  const chain = new Chain(TEST_PARAMS, { source: store.txpows, ...deps });
  for (const block of blocks) store.apply(runSteps(chain.syncBlocks([block], null)).effects);
  store.close();
  if (chain.tip?.number !== blocks.length) throw new Error(`the recorded chain ends at ${chain.tip?.number}, not at ${blocks.length}`);
}

export function portOf(node: MinimoteNode): number {
  return node.network.listening?.port ?? 0;
}
