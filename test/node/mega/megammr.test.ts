import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../host/net/clock.js";
import { OneShotClient, OneShotError } from "../../../host/net/one-shot.js";
import { TcpTransport } from "../../../host/net/transports/tcp/tcp-transport.js";
import { readMegaFile } from "../../../host/node/mega/mega-file.js";
import { type Bytes, parseHex } from "../../../host/protocol/bytes.js";
import { until } from "../../until.js";
import { addressOf, ask, Nodes } from "../nodes.js";

const nodes = new Nodes();
afterAll(() => nodes.stopAll());

interface CoinJson {
  readonly amount: string;
  readonly created: string;
}

describe("a hub with a MegaMMR", () => {
  test("knows coins below the tree, also after a restart, and proves them to who asks", { timeout: 180_000 }, async () => {
    const changes = { mine: true, megaMMR: true, blockSeconds: 0.15 };
    const hub = await nodes.start("hub", "solo", changes);
    await until(() => (hub.chain.tip?.number ?? 0) >= 5);
    // A script that is not the wallet's: cuts do not carry its coins.
    const foreign = "0x".padEnd(66, "A7");
    await ask(hub, `send address:${foreign} amount:7 mine:true`);
    await until(() => (hub.chain.tree?.root.number ?? 0) > 20);
    expect(await ask<CoinJson[]>(hub, `coins address:${foreign}`)).toEqual([]);
    expect(await ask<CoinJson[]>(hub, `coins address:${foreign} megammr:true`)).toMatchObject([{ amount: "7" }]);
    expect(await ask<CoinJson[]>(hub, "coins tokenid:0x00 megammr:true")).toHaveLength(2);
    expect(await ask(hub, `balance address:${foreign} megammr:true`)).toMatchObject([{ confirmed: "7", coins: "1" }]);
    expect(await ask(hub, "balance megammr:true")).toMatchObject([{ coins: "1" }]);
    const port = hub.network.listening?.port ?? 0;
    await nodes.stop("hub");

    const again = await nodes.start("hub", "solo", { ...changes, mine: false, port });
    expect(await ask<CoinJson[]>(again, `coins address:${foreign} megammr:true`)).toMatchObject([{ amount: "7" }]);
    expect(await ask(again, "megammr")).toMatchObject({ enabled: true, complete: true, coins: 2 });

    const [below] = await ask<{ coinid: string }[]>(again, `coins address:${foreign} megammr:true`);
    const { data } = await ask<{ data: string }>(again, `coinexport coinid:${below?.coinid}`);
    expect(await ask(again, `coincheck data:${data}`)).toMatchObject({ valid: true, coin: { amount: "7", spent: false } });
    await ask(again, "txncreate id:below");
    await ask(again, `txninput id:below coinid:${below?.coinid}`);
    expect(await ask(again, "txnmmr id:below")).toMatchObject({ witness: { mmrproofs: [{}] } });
    expect(await ask(again, "txncheck id:below")).toMatchObject({ valid: { mmrproofs: true } });

    const transport = new TcpTransport({
      clock: systemClock,
      listen: { host: "127.0.0.1", port: 0 },
      connectTimeoutMs: 5000,
      messageMemory: 1 << 26,
    });
    const client = new OneShotClient({ clock: systemClock, transport, ibdBytes: 1 << 26 });
    const answer = await client.megaMMR({ host: "127.0.0.1", port }, { addresses: [parseHex(foreign)], publicKeys: [] });
    expect(answer.ibd.count).toBe(again.chain.tree?.length);
    const rest = answer.rest();
    let step = rest.next();
    while (step.done !== true) step = rest.next();
    expect(step.value.coinProofs.map(({ coin }) => coin.amount.toString())).toEqual(["7"]);
    const none = await nodes.start("plain", "test");
    const plain = { host: "127.0.0.1", port: none.network.listening?.port ?? 0 };
    await expect(client.megaMMR(plain, { addresses: [], publicKeys: [] })).rejects.toThrow(OneShotError);
    expect(await ask(none, "megammr")).toMatchObject({ enabled: false, coins: 0 });
    await transport.close();
  });

  test("moves to another hub by a file, which is checked", { timeout: 180_000 }, async () => {
    const changes = { megaMMR: true, blockSeconds: 0.15 };
    const hub = await nodes.start("exporter", "solo", { ...changes, mine: true });
    await until(() => (hub.chain.tip?.number ?? 0) >= 5);
    const { miniaddress } = await ask<{ miniaddress: string }>(hub, "newaddress");
    await ask(hub, `send address:${miniaddress} amount:7 mine:true`);
    await expect(ask(hub, "megammr action:export")).rejects.toThrow("not complete");
    await until(() => (hub.chain.tree?.root.number ?? 0) > 20);
    const file = join(hub.config.dataDir, "all.megammr");
    expect(await ask(hub, `megammr action:export file:${file}`)).toMatchObject({ backup: file });

    const other = await nodes.start("importer", "test", changes);
    expect(await ask(other, `megammr action:integrity file:${file}`)).toMatchObject({ cascadetip: expect.any(Number) });
    expect(other.chain.tip).toBeNull();
    const damaged = join(hub.config.dataDir, "damaged.megammr");
    const bytes = readFileSync(file);
    const nodeHashes: Bytes[] = [];
    const coinIds: Bytes[] = [];
    const { ibd } = await readMegaFile(file, {
      nodes: (page) => nodeHashes.push(...page.map(({ data }) => data.hash)),
      coins: (page) => coinIds.push(...page.map(({ coinid }) => coinid)),
    });
    const lastRoot = [...ibd.blocks].at(-1)?.txpow.header.mmr;
    if (lastRoot === undefined) throw new Error("the file has a chain");
    for (const part of [...nodeHashes, ...coinIds, lastRoot]) {
      const at = bytes.indexOf(part);
      expect(at).toBeGreaterThan(0);
      const copy = Buffer.from(bytes);
      copy[at + 20] = (copy[at + 20] as number) ^ 0x11;
      writeFileSync(damaged, copy);
      await expect(ask(other, `megammr action:import file:${damaged}`)).rejects.toThrow(/image of the file|chain that is not valid/);
    }
    await expect(ask(other, "megammr action:import file:nosuch")).rejects.toThrow("doesn't exist");
    await ask(other, `megammr action:import file:${file}`);
    await nodes.stop("importer");
    const filled = await nodes.start("importer", "test", { ...changes, connect: [addressOf(hub)] });
    expect(await ask(filled, "megammr")).toMatchObject({ complete: true });
    await until(() => filled.chain.tip?.key === hub.chain.tip?.key);
    const before = filled.chain.tree?.root.number ?? 0;
    await until(() => (filled.chain.tree?.root.number ?? 0) > before);
    const found = await ask<CoinJson[]>(filled, `coins address:${miniaddress} megammr:true`);
    expect(found.map(({ amount }) => amount)).toEqual(["7"]);
    expect(await ask(filled, "megammr")).toMatchObject({ complete: true });
  });
});
