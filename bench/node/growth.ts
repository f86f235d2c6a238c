import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type CrowdSize, HASTE } from "./haste.js";
import { WatchedNode } from "./processes.js";
import { type Figure, figure } from "./scenarios.js";
import type { Sample } from "./watch.js";

const CROWD = fileURLToPath(new URL("crowd.js", import.meta.url));
const SOLO = ["--network", "solo", "--block-time", "1", "--mining-duty", "50%"];
const WATCH_SECONDS = 40;
const BLOCK_SECONDS = 50;
const DAY_SECONDS = 86_400;
/** A transaction has 15 outputs at most: these, and the change. */
const OUTPUTS = 14;
const SPLIT = 2;
const LARGE_COINS = 250;
const LARGE = 1000;
const SMALL = 0.001;
const ASKED = 10;

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

/** What questions about its coins and payments cost a node, as the number of coins grows. */
export async function growingWithCoins(folder: string, counts: readonly number[]): Promise<Figure[]> {
  const data = join(folder, "rich");
  const figures: Figure[] = [];
  for (const count of counts) {
    const miner = await WatchedNode.start(data, ...SOLO);
    try {
      await miner.reaches(3);
      await makeCoins(miner, count);
    } finally {
      await miner.stop();
    }
    figures.push(...(await withCoins(data, count)));
  }
  return figures;
}

/** A node that does nothing else. */
async function withCoins(data: string, count: number): Promise<Figure[]> {
  const node = await WatchedNode.start(data, ...SOLO, "--no-mine");
  try {
    await node.reaches(3);
    await node.settles();
    const idle = await node.sample();
    const address = await ownAddress(node);
    const figures: Figure[] = [];
    for (const [what, command] of [
      ["balance", "balance"],
      ["a list of all", "coins relevant:true"],
      ["a payment made and signed", `send address:${address} amount:${SMALL} dryrun:true`],
    ] as const) {
      await node.command(command);
      const before = await node.sample();
      for (let i = 0; i < ASKED; i++) await node.command(command);
      const { cpuSeconds, worstStallMs } = await node.sample();
      figures.push(
        figure(`${count} coins: ${what}: CPU time`, ((cpuSeconds - before.cpuSeconds) * 1000) / ASKED, "ms"),
        figure(`${count} coins: ${what}: longest stall`, worstStallMs, "ms", 50),
      );
    }
    return [figure(`${count} coins: RSS`, idle.rssMB, "MB"), figure(`${count} coins: heap`, idle.heapMB, "MB"), ...figures];
  } finally {
    await node.stop();
  }
}

async function ownAddress(node: WatchedNode): Promise<string> {
  const { address } = (await node.command("getaddress")) as { readonly address: string };
  return address;
}

/** Splits coins until there are so many: large ones first, of which each then pays for small ones. */
async function makeCoins(node: WatchedNode, count: number): Promise<void> {
  const address = await ownAddress(node);
  const known = async (): Promise<number> => {
    const all = (await node.command("balance")) as readonly { readonly coins: string }[];
    return Number(all[0]?.coins);
  };
  const oneMoreBlock = async (): Promise<void> => node.reaches(((await node.height()) ?? 0) + 1);
  for (let coins = await known(); coins < count; coins = await known()) {
    const part = coins < LARGE_COINS ? LARGE : SMALL;
    const to = Array.from({ length: OUTPUTS / SPLIT }, () => `"${address}:${SPLIT * part}"`).join(",");
    // Until a coin is confirmed there may be none to spend.
    await node.command(`send multi:[${to}] split:${SPLIT}`).catch(oneMoreBlock);
  }
}
