import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MinimoteNode } from "../../host/node/node.js";
import { until } from "../until.js";
import { addressOf, ask, Nodes, recordingLogger } from "./nodes.js";

const nodes = new Nodes();
afterAll(() => nodes.stopAll());

const PACE = { blockSeconds: 0.2 };
let hub: MinimoteNode;
/** A wallet that was paid below the hub's tree, and has spent some of it. */
let phrase = "";
let owner = "";

interface Balance {
  readonly confirmed: string;
  readonly coins: string;
}

const minima = async (node: MinimoteNode): Promise<Balance> => (await ask<Balance[]>(node, "balance"))[0] as Balance;

beforeAll(async () => {
  hub = await nodes.start("hub", "solo", { mine: true, megaMMR: true, archive: true, ...PACE });
  const customer = await nodes.start("customer", "test", { connect: [addressOf(hub)], ...PACE });
  await until(() => (customer.chain.tip?.number ?? 0) >= 5);
  phrase = customer.wallet.revealPhrase();
  const { miniaddress } = await ask<{ miniaddress: string }>(customer, "getaddress");
  await ask(hub, `send address:${miniaddress} amount:10 mine:true`);
  await until(async () => (await minima(customer)).confirmed === "10");
  const { miniaddress: back } = await ask<{ miniaddress: string }>(hub, "getaddress");
  await ask(customer, `send address:${back} amount:3 mine:true`);
  await until(async () => (await minima(customer)).confirmed === "7");
  owner = customer.wallet
    .keys()
    .map(({ uses }) => uses)
    .join();
  await nodes.stop("customer");
  const paidAt = hub.chain.tip?.number ?? 0;
  await until(() => (hub.chain.tree?.root.number ?? 0) > paidAt + 3);
}, 240_000);

/** As whoever runs a node does when it asks for a restart. */
async function resyncAndRestart(node: MinimoteNode, name: string, command: string): Promise<MinimoteNode> {
  let wanted = false;
  node.events.once("restart", () => {
    wanted = true;
  });
  await ask(node, command);
  await until(() => wanted);
  await nodes.stop(name);
  return nodes.start(name, "test", { connect: [addressOf(hub)], ...PACE });
}

async function pays(node: MinimoteNode): Promise<void> {
  await until(() => !node.wallet.isCatchingUp);
  const before = Number((await minima(node)).confirmed);
  const { miniaddress } = await ask<{ miniaddress: string }>(hub, "newaddress");
  await ask(node, `send address:${miniaddress} amount:1 mine:true`);
  await until(async () => Number((await minima(node)).confirmed) === before - 1);
}

describe("a wallet is restored from its phrase", () => {
  test("with a MegaMMR: it has its coins at once, and pays when it has seen the chain", { timeout: 240_000 }, async () => {
    const node = await nodes.start("mega", "test", PACE);
    const before = node.wallet.keys()[0]?.publicKey;
    expect(await ask(node, "megammrsync action:mydetails")).toMatchObject({ size: node.wallet.scripts().length - 1 });
    const again = await resyncAndRestart(node, "mega", `megammrsync action:resync host:${addressOf(hub)} phrase:"${phrase}" keyuses:3000`);
    expect(again.wallet.revealPhrase()).toBe(phrase);
    expect(await minima(again)).toMatchObject({ confirmed: "7", coins: "1" });
    for (const { uses } of again.wallet.keys()) expect(uses).toBeGreaterThanOrEqual(3000);
    expect(readdirSync(again.config.dataDir).filter((file) => file.startsWith("replaced-")).length).toBe(1);
    expect(before).toBeDefined();
    await pays(again);
    await nodes.stop("mega");
    const third = await nodes.start("mega", "test", { connect: [addressOf(hub)], ...PACE });
    expect(await minima(third)).toMatchObject({ coins: "1" });
    await nodes.stop("mega");
  });

  test("with an archive: from the first block on; another wallet comes back with its uses", { timeout: 240_000 }, async () => {
    const node = await nodes.start("archived", "test", PACE);
    const own = node.wallet.revealPhrase();
    const uses = node.wallet.keys().map((key) => key.uses);
    const again = await resyncAndRestart(node, "archived", `archive action:resync host:${addressOf(hub)} phrase:"${phrase}"`);
    expect(Number((await minima(again)).confirmed)).toBeLessThanOrEqual(7);
    expect(again.store.txblocks.archiveBounds()?.low).toBe(1);
    expect(again.chain.tree?.root.number).toBeGreaterThan(1);
    await pays(again);
    const used = again.wallet.keys().map((key) => key.uses);
    const back = await resyncAndRestart(again, "archived", `megammrsync action:resync host:${addressOf(hub)} phrase:"${own}"`);
    expect(back.wallet.revealPhrase()).toBe(own);
    for (const [i, key] of back.wallet.keys().entries()) expect(key.uses).toBeGreaterThanOrEqual((uses[i] ?? 0) + 1000);
    const third = await resyncAndRestart(back, "archived", `megammrsync action:resync host:${addressOf(hub)} phrase:"${phrase}"`);
    for (const [i, key] of third.wallet.keys().entries()) expect(key.uses).toBeGreaterThanOrEqual((used[i] ?? 0) + 1000);
    await nodes.stop("archived");
  });
});

describe("a resync", () => {
  test("without a phrase keeps the wallet, its uses and the settings", { timeout: 240_000 }, async () => {
    const node = await nodes.start("customer", "test", PACE);
    await ask(node, `slavenode enable:true host:${addressOf(hub)}`);
    const again = await resyncAndRestart(node, "customer", `megammrsync action:resync host:${addressOf(hub)}`);
    // A key whose spends came without their signatures is taken for used further; none goes back.
    const before = owner.split(",").map(Number);
    const after = again.wallet.keys().map(({ uses }) => uses);
    expect(after).toHaveLength(before.length);
    for (const [i, uses] of after.entries()) expect(uses).toBeGreaterThanOrEqual(before[i] ?? Number.NaN);
    expect(await ask(again, "slavenode")).toMatchObject({ enabled: true });
    expect(again.chain.tip).not.toBeNull();
    await nodes.stop("customer");
  });

  test("that fails, or is broken off, changes nothing", { timeout: 120_000 }, async () => {
    const log = recordingLogger();
    const plain = await nodes.start("plain", "test", { connect: [addressOf(hub)], ...PACE }, log);
    await until(() => plain.chain.tip !== null);
    const key = plain.wallet.revealPhrase();
    const folder = join(plain.config.dataDir, "restore.new");
    await expect(ask(plain, `megammrsync action:resync host:${addressOf(plain)}`)).rejects.toThrow("nothing has changed");
    await expect(ask(plain, "archive action:resync host:127.0.0.1:1")).rejects.toThrow("nothing has changed");
    await expect(ask(plain, "archive action:resync host:nowhere")).rejects.toThrow("Invalid HOST");
    await expect(ask(plain, `archive action:resync host:${addressOf(hub)} phrase:"no words"`)).rejects.toThrow("phrase");
    expect(existsSync(folder)).toBe(false);
    const work = ask(plain, `archive action:resync host:${addressOf(hub)}`);
    const refused = expect(work).rejects.toThrow("nothing has changed");
    await expect(ask(plain, `archive action:resync host:${addressOf(hub)}`)).rejects.toThrow("under way");
    await nodes.stop("plain");
    await refused;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "chain.db"), "half of it");
    const again = await nodes.start("plain", "test", PACE);
    expect(existsSync(folder)).toBe(false);
    expect(again.wallet.revealPhrase()).toBe(key);
    expect(again.chain.tip).not.toBeNull();
  });
});
