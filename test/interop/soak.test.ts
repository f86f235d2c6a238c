import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, onTestFailed, test } from "vitest";
import { splitCoins } from "./harness/grow.js";
import { Lab } from "./harness/lab.js";
import type { NodeUnderTest } from "./harness/node-under-test.js";
import { hasReference } from "./harness/reference.js";
import { addressOf, BLOCK_MS, connectionsOf, spend, type Tip, tipOf, waitForBalance, waitForOneTip } from "./harness/views.js";

const MINUTES = Number(process.env.MINIMA_INTEROP_MINUTES ?? 3);
const LOOK_EVERY_MS = 5000;
const PAY_EVERY_MS = 15_000;
/** How long the six may differ: announcements, and competing blocks that the next block decides between. */
const LONGEST_APART_MS = 3 * BLOCK_MS;
const SET_UP_MS = 10 * 60_000;

const lab = new Lab();
afterAll(() => lab.close(), 60_000);

describe.runIf(hasReference)("interop: a network of both", () => {
  test(`7: three of each keep one tip for ${MINUTES} minutes`, { timeout: SET_UP_MS + (MINUTES + 15) * 60_000 }, async () => {
    onTestFailed(() => lab.keep());
    const nodes = await network();
    const report = await watch(nodes);
    console.log(report);
    expect(report.samples).toBeGreaterThan(0);
    expect(report.longestApartSeconds * 1000).toBeLessThan(LONGEST_APART_MS);
    await waitForOneTip(nodes, 2 * BLOCK_MS, report.firstBlock + 1);
    for (const node of nodes) expect(await connectionsOf(node), node.name).not.toHaveLength(0);
  });
});

/** A ring of both kinds in turn, so that blocks and payments travel through both; with coins everywhere. */
async function network(): Promise<NodeUnderTest[]> {
  const founder = await lab.start("reference", { founder: true });
  const nodes = [founder];
  for (const kind of ["minimote", "reference", "minimote", "reference", "minimote"] as const) {
    const connect = [nodes.at(-1), ...(nodes.length === 5 ? [founder] : [])].filter((node) => node !== undefined);
    nodes.push(await lab.start(kind, { connect, args: kind === "minimote" ? ["--mining-duty", "20%"] : [] }));
  }
  await splitCoins(founder);
  const addresses = await Promise.all(nodes.slice(1).map(addressOf));
  for (const address of addresses) await spend(founder, `send address:${address} amount:1000 split:5 mine:true`);
  for (const node of nodes.slice(1)) await waitForBalance(node, "1000");
  return nodes;
}

interface Report {
  samples: number;
  firstBlock: number;
  lastBlock: number;
  payments: number;
  /** Looks at which all had the same tip, of all. */
  agreedPercent: number;
  longestApartSeconds: number;
}

/** Looks at all tips again and again, while the nodes pay each other in turn. */
async function watch(nodes: readonly NodeUnderTest[]): Promise<Report> {
  const addresses = await Promise.all(nodes.map(addressOf));
  const started = Date.now();
  const tips: (readonly Tip[])[] = [];
  let [agreed, agreedAt, longestApart, payments, payer, payAt] = [0, started, 0, 0, 0, started];
  while (Date.now() - started < MINUTES * 60_000) {
    const now = await Promise.all(nodes.map(tipOf));
    tips.push(now);
    if (new Set(now.map(({ id }) => id)).size === 1) {
      agreed++;
      agreedAt = Date.now();
    } else longestApart = Math.max(longestApart, Date.now() - agreedAt);
    if (Date.now() >= payAt) {
      payAt += PAY_EVERY_MS;
      payer = (payer + 1) % nodes.length;
      const sent = await nodes[payer]?.tryCall(`send address:${addresses[(payer + 1) % nodes.length]} amount:0.1`);
      if (sent !== undefined) payments++;
    }
    await sleep(LOOK_EVERY_MS);
  }
  const heights = tips.map((now) => now[0]?.number ?? 0);
  return {
    samples: tips.length,
    firstBlock: heights[0] ?? 0,
    lastBlock: heights.at(-1) ?? 0,
    payments,
    agreedPercent: Math.round((100 * agreed) / tips.length),
    longestApartSeconds: Math.round(longestApart / 1000),
  };
}
