import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { MAIN_PARAMS, TEST_PARAMS } from "../../host/chain/params.js";
import { parseHex } from "../../host/protocol/bytes.js";
import { makeWealth } from "./coin-maker.js";
import { type CrowdSize, HASTE } from "./haste.js";
import { WatchedNode } from "./processes.js";
import { type Figure, figure } from "./scenarios.js";
import type { Sample } from "./watch.js";

const CROWD = fileURLToPath(new URL("crowd.js", import.meta.url));
const SOLO = ["--network", "solo", "--block-time", "1", "--mining-duty", "50%"];
const WATCH_SECONDS = 40;
const BLOCK_SECONDS = 50;
const DAY_SECONDS = 86_400;
const QUIET = ["--network", "main", "--nop2p"];
const ASKED = 5;
const MINED_BLOCKS = 12;

/** What a node with so many peers needs. */
interface WithPeers {
  readonly peers: number;
  readonly sample: Sample;
  readonly cpuMsPerBlock: number;
}

/** Memory and CPU time of a node as more and more peers connect, at `HASTE` times the pace of the network. */
export async function growingWithPeers(folder: string, counts: readonly number[]): Promise<Figure[]> {
  const node = await WatchedNode.start(join(folder, "popular"), ...SOLO);
  const crowd = fork(CROWD, [String(node.port)]);
  try {
    await node.reaches(3);
    await node.settles().catch(() => {});
    const results: WithPeers[] = [];
    for (const peers of counts) results.push(await withPeers(node, crowd, peers));
    const [first] = results;
    const last = results.at(-1);
    const figures = results.flatMap(({ peers, sample, cpuMsPerBlock }) => [
      figure(`${peers} peers: RSS`, sample.rssMB, "MB"),
      figure(`${peers} peers: heap`, sample.heapMB, "MB"),
      figure(`${peers} peers: CPU time a block, mining included`, cpuMsPerBlock, "ms"),
      figure(`${peers} peers: longest stall`, sample.worstStallMs, "ms", 50),
    ]);
    if (first === undefined || last === undefined || last.peers === first.peers) return figures;
    const more = last.peers - first.peers;
    const cpuMs = (last.cpuMsPerBlock - first.cpuMsPerBlock) / more;
    return [
      ...figures,
      figure("a peer: RSS", ((last.sample.rssMB - first.sample.rssMB) * 1000) / more, "kB"),
      figure("a peer: CPU time a block that it fetches", cpuMs, "ms"),
      figure("a peer: CPU time of a day on the network", (cpuMs / 1000) * (DAY_SECONDS / BLOCK_SECONDS), "s"),
    ];
  } finally {
    crowd.disconnect();
    await node.stop();
  }
}

async function withPeers(node: WatchedNode, crowd: ChildProcess, peers: number): Promise<WithPeers> {
  crowd.send({ peers } satisfies CrowdSize);
  await once(crowd, "message");
  await node.hasConnections(peers);
  await node.sample();
  await sleep((BLOCK_SECONDS / HASTE) * 5000);
  const [before, height] = [await node.sample(), await node.height()];
  await sleep(WATCH_SECONDS * 1000);
  const [sample, newHeight] = [await node.sample(), await node.height()];
  await node.hasConnections(peers);
  const blocks = (newHeight ?? 0) - (height ?? 0);
  return { peers, sample, cpuMsPerBlock: ((sample.cpuSeconds - before.cpuSeconds) * 1000) / blocks };
}

/** What questions about its coins and payments cost a node, as the number of coins grows; and blocks, all coins being carried at cuts. */
export async function growingWithCoins(folder: string, counts: readonly number[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const count of counts)
    for (const network of ["solo", "main"] as const) {
      const data = join(folder, `rich-${network}-${count}`);
      await makeRich(data, network, count);
      const title = `${count} coins, ${network === "solo" ? "carried over" : "in the tree"}`;
      figures.push(...(await asked(data, network, title)));
      if (network === "solo") figures.push(...(await mined(data, title)));
      rmSync(data, { recursive: true });
    }
  return figures;
}

/** A wallet and a chain that gave it coins. */
async function makeRich(data: string, network: "solo" | "main", coins: number): Promise<void> {
  const maker = await WatchedNode.start(data, ...(network === "main" ? QUIET : SOLO), "--no-mine");
  await maker.reaches(0);
  const { address } = (await maker.command("getaddress")) as { readonly address: string };
  await maker.settles();
  await maker.stop();
  for (const end of ["", "-wal", "-shm"]) rmSync(join(data, `chain.db${end}`), { force: true });
  const params = network === "main" ? MAIN_PARAMS : TEST_PARAMS;
  makeWealth({ path: join(data, "chain.db"), params, address: parseHex(address), coins, empty: network === "main" ? 5 : 40 });
}

/** A node that does nothing else. */
async function asked(data: string, network: "solo" | "main", title: string): Promise<Figure[]> {
  const started = performance.now();
  const node = await WatchedNode.start(data, ...(network === "main" ? QUIET : SOLO), "--no-mine");
  try {
    await node.reaches(3);
    const startSeconds = (performance.now() - started) / 1000;
    await node.settles();
    const idle = await node.sample();
    node.countCpuTime();
    const { address } = (await node.command("getaddress")) as { readonly address: string };
    const [coin] = (await node.command("coins relevant:true order:asc totalamount:0.001")) as readonly { readonly coinid: string }[];
    const figures = [
      figure(`${title}: start`, startSeconds, "s"),
      figure(`${title}: RSS`, idle.rssMB, "MB"),
      figure(`${title}: heap`, idle.heapMB, "MB"),
    ];
    for (const [what, command] of [
      ["the first balance", undefined],
      ["balance", "balance"],
      ["a list of all", "coins relevant:true"],
      ["tokens", "tokens"],
      ["export of a coin", `coinexport coinid:${coin?.coinid}`],
      ["a payment of one coin", `send address:${address} amount:0.001 dryrun:true`],
      ["a payment of 20 coins", `send address:${address} amount:0.14 dryrun:true`],
      ["a payment of too many coins", `send address:${address} amount:3 dryrun:true`],
      ["consolidation", "consolidate tokenid:0x00 dryrun:true"],
      ["a transaction by hand", `txnauto id:I address:${address} amount:0.001`],
    ] as const) {
      if (command !== undefined) await node.command(command.replace("id:I", "id:first")).catch(() => {});
      const before = await node.sample();
      const times = command === undefined ? 1 : ASKED;
      for (let i = 0; i < times; i++) await node.command((command ?? "balance").replace("id:I", `id:${i}`)).catch(() => {});
      const { cpuSeconds, worstStallCpuMs } = await node.sample();
      figures.push(
        figure(`${title}: ${what}: CPU time`, ((cpuSeconds - before.cpuSeconds) * 1000) / times, "ms"),
        figure(`${title}: ${what}: longest stall in CPU time`, worstStallCpuMs, "ms", 50),
      );
    }
    return [...figures, figure(`${title}: RSS afterwards`, (await node.sample()).rssMB, "MB")];
  } finally {
    await node.stop();
  }
}

/** A node that mines on a tree that is cut every three blocks. */
async function mined(data: string, title: string): Promise<Figure[]> {
  const node = await WatchedNode.start(data, ...SOLO);
  try {
    await node.reaches(3);
    await node.settles().catch(() => {});
    node.countCpuTime();
    const [before, height] = [await node.sample(), await node.height()];
    await node.reaches((height ?? 0) + MINED_BLOCKS, 100);
    const after = await node.sample();
    return [
      figure(
        `${title}: a block, mining and a third of a cut included: CPU time`,
        ((after.cpuSeconds - before.cpuSeconds) * 1000) / MINED_BLOCKS,
        "ms",
      ),
      figure(`${title}: blocks and cuts: longest stall in CPU time`, after.worstStallCpuMs, "ms", 50),
      figure(`${title}: RSS when mining`, after.rssMB, "MB"),
    ];
  } finally {
    await node.stop();
  }
}
