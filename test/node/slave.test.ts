import { afterAll, describe, expect, test } from "vitest";
import { until } from "../until.js";
import { addressOf, ask, Nodes } from "./nodes.js";

const nodes = new Nodes();
afterAll(() => nodes.stopAll());

interface CoinJson {
  readonly amount: string;
}

describe("a node that follows the TxBlocks of another", () => {
  test("is at its tip, is paid, pays, and mines for it", { timeout: 120_000 }, async () => {
    const master = await nodes.start("master", "solo", { mine: true });
    await until(() => (master.chain.tip?.number ?? 0) >= 5);
    const slave = await nodes.start("slave", "test", { mine: true, slaveNode: addressOf(master) });
    let mined = 0;
    slave.events.on("mining", ({ mining }) => {
      if (!mining) mined++;
    });
    expect(slave.network.listening).toBeUndefined();
    await until(() => slave.chain.tip !== null && slave.chain.tip.key === master.chain.tip?.key);
    const start = slave.chain.tip?.number ?? 0;
    await until(() => (slave.chain.tip?.number ?? 0) > start + 5);
    expect(mined).toBeGreaterThan(0);

    const coins = (owner: typeof slave, address: string): Promise<CoinJson[]> => ask(owner, `coins address:${address}`);
    const waitForCoin = async (owner: typeof slave, address: string): Promise<void> => {
      await until(async () => (await coins(owner, address)).length > 0);
    };
    const { miniaddress: slaves } = await ask<{ miniaddress: string }>(slave, "newaddress");
    await ask(master, `send address:${slaves} amount:10 mine:true`);
    await waitForCoin(slave, slaves);
    const from = slave.chain.tip?.number ?? 0;
    await until(() => (slave.chain.tip?.number ?? 0) > from + 4);
    const { miniaddress: masters } = await ask<{ miniaddress: string }>(master, "newaddress");
    await ask(slave, `send address:${masters} amount:4 mine:true`);
    await waitForCoin(master, masters);
    expect((await coins(master, masters))[0]?.amount).toBe("4");
    expect(slave.network.peers().length).toBe(1);
  });

  test("is told so once, and finds its master again after stops of both", { timeout: 120_000 }, async () => {
    const master = await nodes.start("second-master", "solo", { mine: true });
    const port = master.network.listening?.port ?? 0;
    const node = await nodes.start("told", "test");
    expect(await ask(node, "slavenode")).toEqual({ enabled: false, master: "" });
    expect(await ask(node, `slavenode enable:true host:${addressOf(master)}`)).toMatchObject({
      enabled: true,
      message: "RESTART REQUIRED",
    });
    await expect(ask(node, "slavenode enable:true host:nowhere")).rejects.toThrow("Invalid host");
    await nodes.stop("told");
    await nodes.stop("second-master");
    const back = await nodes.start("second-master", "solo", { mine: true, port });
    const slave = await nodes.start("told", "test");
    expect(slave.master).toBe(`127.0.0.1:${port}`);
    await until(() => slave.chain.tip !== null && slave.chain.tip.key === back.chain.tip?.key);
    await ask(slave, "slavenode enable:false");
    await nodes.stop("told");
    expect((await nodes.start("told", "test")).master).toBeUndefined();
  });
});
