import { afterAll, describe, expect, test } from "vitest";
import type { MinimoteNode } from "../../host/node/node.js";
import { until } from "../until.js";
import { addressOf, ask, Nodes } from "./nodes.js";

const nodes = new Nodes();
afterAll(() => nodes.stopAll());

const PACE = { blockSeconds: 0.15 };
const height = (node: MinimoteNode): number => node.chain.tip?.number ?? 0;

interface Balance {
  readonly confirmed: string;
  readonly unconfirmed: string;
}

async function held(node: MinimoteNode): Promise<number> {
  const [minima] = await ask<Balance[]>(node, "balance");
  return Number(minima?.confirmed) + Number(minima?.unconfirmed);
}

describe("nodes that were apart", () => {
  test("agree on the heavier branch, twenty blocks deep; what was paid on the other one is paid again", { timeout: 480_000 }, async () => {
    const port = 21_400 + (process.pid % 90);
    const miner = await nodes.start("anna", "solo", { ...PACE, port, mine: true });
    const ben = await nodes.start("ben", "test", { ...PACE, connect: [addressOf(miner)] });
    await until(() => height(miner) >= 6 && ben.chain.tip?.key === miner.chain.tip?.key);
    await nodes.stop("ben");
    const { miniaddress } = await ask<{ miniaddress: string }>(miner, "newaddress");
    await ask(miner, `send address:${miniaddress} amount:5 mine:true`);
    const fork = height(miner);
    await until(() => height(miner) >= fork + 14);
    const paid = (await ask<unknown[]>(miner, `coins address:${miniaddress}`)).length;
    expect(paid).toBe(1);
    await nodes.stop("anna");

    const alone = await nodes.start("ben", "test", { ...PACE, mine: true });
    await until(() => height(alone) >= height(miner) + 6);
    await nodes.stop("ben");
    const tip = alone.chain.tip?.key;

    const back = await nodes.start("anna", "solo", { ...PACE, port });
    const other = await nodes.start("ben", "test", { ...PACE, connect: [addressOf(back)] });
    await until(() => back.chain.tip?.key === tip && other.chain.tip?.key === tip);
    await nodes.stop("ben");
    await nodes.stop("anna");

    // The payment is in no block now: its coins are free again, and whoever mines next may take it in.
    const again = await nodes.start("anna", "solo", { ...PACE, port, mine: true });
    await until(async () => (await ask<unknown[]>(again, `coins address:${miniaddress}`)).length === 1);
    expect(await held(again)).toBe(1_000_000_000);
    await nodes.stop("anna");
  });

  test("catch up after many more blocks than a tree holds, with what they were paid meanwhile", { timeout: 480_000 }, async () => {
    const hub = await nodes.start("hub", "solo", { ...PACE, mine: true });
    const sleeper = await nodes.start("sleeper", "test", { ...PACE, connect: [addressOf(hub)] });
    await until(() => height(sleeper) >= 5);
    const { miniaddress } = await ask<{ miniaddress: string }>(sleeper, "getaddress");
    const left = height(sleeper);
    await nodes.stop("sleeper");
    await ask(hub, `send address:${miniaddress} amount:12 mine:true`);
    await until(() => (hub.chain.tree?.root.number ?? 0) > left + 20);

    const awake = await nodes.start("sleeper", "test", { ...PACE, connect: [addressOf(hub)] });
    await until(() => height(awake) >= height(hub) - 1);
    expect(await held(awake)).toBe(12);
    await until(() => awake.store.txblocks.archiveBounds()?.low === 1);
    const next = height(awake);
    await until(() => height(awake) > next + 2);
    expect(awake.chain.tree?.root.number).toBeGreaterThan(left);
  });
});
