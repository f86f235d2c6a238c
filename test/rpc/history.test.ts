import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MinimoteNode } from "../../host/node/node.js";
import { COMMANDS } from "../../host/rpc/commands/index.js";
import { runLine } from "../../host/rpc/run-line.js";
import { ask, Nodes } from "../node/nodes.js";
import { until } from "../until.js";

interface TxPoWJson {
  readonly txpowid: string;
  readonly istransaction: boolean;
  readonly header: { readonly block: string };
  readonly body: { readonly txn: { readonly transactionid: string }; readonly witness: { readonly signatures: readonly object[] } };
}

interface History {
  readonly relevant: boolean;
  readonly txpows: readonly TxPoWJson[];
  readonly details: readonly Record<"inputs" | "outputs" | "difference", Record<string, string>>[];
  readonly size: number;
}

const nodes = new Nodes();
let node: MinimoteNode;
let sent: TxPoWJson;

const answer = async (line: string): Promise<Record<string, unknown>> =>
  JSON.parse(await runLine(line, COMMANDS, node, "write")) as Record<string, unknown>;
const response = <T>(line: string): Promise<T> => ask<T>(node, line);
const height = (): number => node.chain.tip?.number ?? 0;

beforeAll(async () => {
  node = await nodes.start("history", "solo", { mine: true, blockSeconds: 0.2 });
  await until(() => height() >= 5);
  sent = await response<TxPoWJson>("send address:0xFFEE amount:10 burn:0.5 mine:true");
  await until(() => node.chain.cascade.nodes.length > 8);
}, 90_000);
afterAll(() => nodes.stopAll());

describe("history", () => {
  test("shows what the wallet took part in, with what came and went", async () => {
    const { relevant, txpows, details, size } = await response<History>("history");
    expect([relevant, size, details.length]).toEqual([true, txpows.length, txpows.length]);
    const at = txpows.findIndex(({ txpowid }) => txpowid === sent.txpowid);
    expect(at).toBeGreaterThanOrEqual(0);
    expect(details[at]).toEqual({
      inputs: { "0x00": "1000000000" },
      outputs: { "0x00": "999999989.5" },
      difference: { "0x00": "-10.5" },
    });
  });

  test("is read in pages, within bounds", async () => {
    const all = await response<History>("history");
    const first = await response<History>("history max:1");
    const second = await response<History>("history max:1 offset:1");
    expect([first, second].flatMap(({ txpows }) => txpows.map(({ txpowid }) => txpowid))).toEqual(
      all.txpows.slice(0, 2).map(({ txpowid }) => txpowid),
    );
    expect(await response("history max:0")).toEqual({ relevant: true, txpows: [], details: [], size: 0 });
    const everything = await response<History>("history relevant:false max:20");
    expect([everything.relevant, everything.size]).toEqual([false, 20]);
    expect((await response<History>("history max:-1")).size).toBe(0);
    expect((await response<History>("history max:1000000 offset:1000000")).size).toBe(0);
  });

  test("counts", async () => {
    const { size } = await response<History>("history");
    expect(await response("history action:size")).toEqual({ size });
    const recent = await response<{ startmilli: number; size: number }>("history action:size relevant:false startmilli:1000");
    expect(recent.startmilli).toBe(1000);
    expect(recent.size).toBeGreaterThan(20);
    expect(await response("history action:transactions depth:3")).toMatchObject({ startblock: expect.any(Number), depth: 3 });
    expect(await response('history action:customsize where:"isrelevant=1 AND NOT timemilli<1000"')).toEqual({ size });
    expect(await response(`history action:customsize where:"txpowid='${sent.txpowid}'"`)).toEqual({ size: 1 });
    expect(await answer('history action:customsize where:"1=1"')).toMatchObject({ status: false });
    expect(await answer("history action:foo")).toMatchObject({ error: "Invalid action:foo" });
  });
});

describe("txpow", () => {
  test("finds blocks in the tree and below it, whole", async () => {
    const tip = height();
    const first = await response<TxPoWJson>("txpow block:2");
    expect(first.header.block).toBe("2");
    expect((await response<TxPoWJson>(`txpow block:${tip}`)).header.block).toBe(String(tip));
    expect(await response<TxPoWJson>(`txpow txpowid:${first.txpowid}`)).toEqual(first);
    expect(await answer("txpow block:999999")).toMatchObject({ error: "TxPoW not found @ height 999999" });
    expect(await answer("txpow block:1.5")).toMatchObject({ error: "TxPoW not found @ height 1.5" });
    expect(await answer("txpow txpowid:0x01")).toMatchObject({ error: "TxPoW not found : 0x01" });
  });

  test("tells what a settled block brought, by number and by id", async () => {
    const { blockid, block, found } = await response<{ found: boolean; blockid: string; block: string }>(`txpow onchain:${sent.txpowid}`);
    expect(found).toBe(true);
    const rows = await response<{ txns: readonly object[] }>(`txpow inblock:${block}`);
    expect(rows.txns).toContainEqual({ txpowid: sent.txpowid, blockid, block: Number(block), timemilli: expect.any(Number) });
    expect(await response(`txpow inblock:${blockid}`)).toEqual(rows);
    expect(await response("txpow inblock:999999")).toEqual({ txns: [] });
    expect(await response("txpow inblock:0x01")).toEqual({ txns: [] });
    const info = await response<{ storedays: number; onchaindb: { size: number; first: object; last: object } }>("txpow action:info");
    expect(info).toMatchObject({ storedays: 3, txpowdb: { size: expect.any(Number) } });
    expect(Object.keys(info.onchaindb.first)).toEqual(["found", "txpowid", "blockid", "block", "timemilli", "date"]);
    expect(info.onchaindb.size).toBeGreaterThan(0);
    expect(await answer("txpow action:foo")).toMatchObject({ error: "Invalid action : foo" });
  });

  test("finds what is relevant, and what an address took part in", async () => {
    const { address, miniaddress } = await response<{ address: string; miniaddress: string }>("newaddress");
    expect(await response(`txpow address:${address}`)).toEqual([]);
    const payment = await response<TxPoWJson>(`send address:${miniaddress} amount:1 mine:true`);
    await until(() => node.chain.blockOf(payment.txpowid.slice(2)) !== undefined);
    const found = await response<TxPoWJson[]>(`txpow address:${miniaddress}`);
    expect(found.map(({ txpowid }) => txpowid)).toContain(payment.txpowid);
    expect(found[0]?.body.witness.signatures.length).toBeGreaterThan(0);
    expect((await response<TxPoWJson[]>("txpow relevant:true max:1")).length).toBe(1);
    expect(await answer("txpow")).toMatchObject({ error: "Must Specify search params" });
  });
});

test("mempool counts what is in memory", async () => {
  const pool = await response<Record<string, unknown>>("mempool");
  expect(Object.keys(pool)).toEqual(["txpow", "total", "onchain", "cascade", "transactions", "blocks"]);
  expect(pool.total).toBe((pool.txpow as readonly object[]).length);
});
