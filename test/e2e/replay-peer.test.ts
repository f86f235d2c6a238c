import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { Chain } from "../../host/chain/chain.js";
import { TEST_PARAMS } from "../../host/chain/params.js";
import { runSteps } from "../../host/chain/steps.js";
import type { NodeConfig } from "../../host/node/config.js";
import type { MinimoteNode } from "../../host/node/node.js";
import { MessageType } from "../../host/protocol/messages/message.js";
import type { TxBlock } from "../../host/protocol/txblock.js";
import { ChainStore } from "../../host/store/chain-store.js";
import { Client, stopAll } from "../net/harness.js";
import { Nodes } from "../node/nodes.js";
import { Knowledge, type Line, readCapture, type Side } from "./replay-peer/capture.js";
import { ReplayPeer } from "./replay-peer/replay-peer.js";

const FILES = [
  "01-fresh-sync-transactions-maxima.jsonl.gz",
  "02-reconnect-within-30-min-no-ibd.jsonl",
  "03-fresh-sync-long-chain.jsonl.gz",
  "04-reconnect-partial-ibd-pulse.jsonl.gz",
  "05-txblock-node.jsonl",
  "06-reconnect-long-offline.jsonl",
  "07-p2p-singleping-megammr.jsonl",
] as const;
type File = (typeof FILES)[number];

const captures = new Map<File, readonly Line[]>(FILES.map((file) => [file, readCapture(file)]));
/** All but the last recording are of one chain. */
const longChain = new Knowledge(FILES.slice(0, -1).map(linesOf));
const shortChain = new Knowledge([linesOf(FILES[6])]);

const folder = mkdtempSync(join(tmpdir(), "minimote-replay-peer-"));
let nodes = new Nodes();
let server: Server | undefined;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

afterEach(async () => {
  await stopAll();
  await nodes.stopAll();
  server?.close();
  nodes = new Nodes();
  vi.restoreAllMocks();
});

function linesOf(file: File): readonly Line[] {
  return captures.get(file) ?? [];
}

function knowledgeOf(file: File): Knowledge {
  return file === FILES[6] ? shortChain : longChain;
}

describe("a recorded conversation", () => {
  test.each(FILES)("%s: the node as the one that is dialled", async (file) => {
    const node = await startWith(file, "acceptor", {});
    const client = await Client.connect(portOf(node));
    await play(node, client, file, "dialler");
  });

  test.each(FILES)("%s: the node as the dialler", async (file) => {
    const { port, accepted } = await listen();
    const address = `127.0.0.1:${port}`;
    const node = await startWith(file, "dialler", file === FILES[4] ? { slaveNode: address } : { connect: [] });
    if (file !== FILES[4]) node.network.connect({ host: "127.0.0.1", port });
    await play(node, Client.adopt(await accepted), file, "acceptor");
  });
});

async function play(node: MinimoteNode, client: Client, file: File, side: Side): Promise<void> {
  const peer = new ReplayPeer({ node, client, side, lines: linesOf(file), knowledge: knowledgeOf(file) });
  const { said, checked } = await peer.play();
  expect(said).toBeGreaterThan(20);
  expect(checked).toBeGreaterThan(20);
  expect(client.closed).toBe(false);
}

/** A node that has the chain which one side of a recording had at its beginning, at the time of the recording. */
async function startWith(file: File, side: Side, changes: Partial<NodeConfig>): Promise<MinimoteNode> {
  const greeting = linesOf(file).find((line) => line.side === side && line.message.type === MessageType.GREETING)?.message;
  if (greeting?.type !== MessageType.GREETING) throw new Error("a recording begins with greetings");
  setClock(file);
  const dataDir = join(folder, `${side}-${file}`);
  const [tip] = greeting.payload.chain;
  if (tip !== undefined) storeChain(dataDir, knowledgeOf(file).chainTo(tip));
  return nodes.start("node", "test", { dataDir, blockSeconds: undefined, ...changes });
}

/** Stores a chain as a node does that gets the blocks one by one: its tree is cut when that of the recorded node was. */
function storeChain(dataDir: string, blocks: readonly TxBlock[]): void {
  mkdirSync(dataDir);
  const deps = { now: Date.now, isRelevant: () => false };
  const store = new ChainStore({ path: join(dataDir, "chain.db"), params: TEST_PARAMS, cacheKiB: 2048, ...deps });
  const chain = new Chain(TEST_PARAMS, { source: store.txpows, ...deps });
  for (const block of blocks) store.apply(runSteps(chain.syncBlocks([block], null)).effects);
  expect(chain.tip?.number).toBe(blocks.length);
  store.close();
}

/** The recorded conversations were in the present once. */
function setClock(file: File): void {
  const times = linesOf(file).flatMap(({ message }) =>
    message.type === MessageType.TXPOW ? [message.payload.header.time.toNumber()] : [],
  );
  const offset = Math.max(...times) - Date.now();
  const now = Date.now.bind(Date);
  vi.spyOn(Date, "now").mockImplementation(() => now() + offset);
}

function portOf(node: MinimoteNode): number {
  return node.network.listening?.port ?? 0;
}

async function listen(): Promise<{ readonly port: number; readonly accepted: Promise<Socket> }> {
  const listening = createServer();
  server = listening;
  const accepted = new Promise<Socket>((resolve) => listening.once("connection", resolve));
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const address = listening.address();
  return { port: typeof address === "object" && address !== null ? address.port : 0, accepted };
}
