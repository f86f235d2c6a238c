import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MinimoteNode } from "../../host/node/node.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { COMMANDS } from "../../host/rpc/commands/index.js";
import { runLine } from "../../host/rpc/run-line.js";
import { planSend } from "../../host/wallet/send.js";
import { ask, Nodes } from "../node/nodes.js";
import { until } from "../until.js";

interface CoinJson {
  readonly coinid: string;
  readonly amount: string;
  readonly address: string;
  readonly created: string;
  readonly age: string;
}

const nodes = new Nodes();
let node: MinimoteNode;
let address = "";

const answer = async (line: string): Promise<Record<string, unknown>> =>
  JSON.parse(await runLine(line, COMMANDS, node, "write")) as Record<string, unknown>;
const coins = (line: string): Promise<CoinJson[]> => ask<CoinJson[]>(node, `coins ${line}`);

beforeAll(async () => {
  node = await nodes.start("coins", "solo", { mine: true, blockSeconds: 0.2 });
  await until(() => (node.chain.tip?.number ?? 0) >= 5);
  ({ address } = await ask<{ address: string }>(node, "newaddress"));
  await ask(node, `send multi:["${address}:1","${address}:2","${address}:4"] mine:true`);
  while ((await coins(`address:${address}`)).length < 3) await new Promise((resolve) => setTimeout(resolve, 50));
});
afterAll(() => nodes.stopAll());

describe("coins", () => {
  test("totalamount shows what a payment would take", async () => {
    const amounts = async (total: string): Promise<string[]> =>
      (await coins(`address:${address} tokenid:0x00 totalamount:${total}`)).map(({ amount }) => amount);
    expect(await amounts("1.5")).toEqual(["2"]);
    expect(await amounts("3")).toEqual(["4"]);
    expect(await amounts("5")).toEqual(["4", "2", "1"]);
    expect(await coins("address:0xFFEE totalamount:1")).toEqual([]);
  });

  test("filters are joined", async () => {
    expect((await coins(`address:${address} amount:2`)).map(({ amount }) => amount)).toEqual(["2"]);
    const [coin] = await coins(`address:${address}`);
    expect((await coins(`coinid:${coin?.coinid}`)).length).toBe(1);
    expect(await coins(`coinid:${coin?.coinid} tokenid:0x01`)).toEqual([]);
    const all = await coins("relevant:false");
    expect(all.length).toBeGreaterThanOrEqual(4);
    const ascending = await coins("order:asc");
    const created = ascending.map((item) => Number(item.created));
    expect(created).toEqual(created.toSorted((a, b) => a - b));
    const height = node.chain.tip?.number ?? 0;
    expect(await coins(`depth:${height - Number(coin?.created) + 5}`)).not.toEqual([]);
    await until(() => (node.chain.tip?.number ?? 0) > Number(coin?.created) + 2);
    expect(await coins("depth:1")).toEqual([]);
    expect(await coins("coinage:100000")).toEqual([]);
    expect(await answer("coins address:zz")).toMatchObject({ status: false });
    expect(await answer("coins amount:abc")).toMatchObject({ status: false });
  });

  test("checkmempool leaves out coins of payments on their way", async () => {
    const recipients = [{ address: new Uint8Array(32).fill(1), amount: MiniNumber.of(1) }];
    const paying = node.payments.pay((context) => planSend({ recipients }, context));
    const { txpow } = await paying;
    const ids = txpow.body?.transaction.inputs.map(({ coinid }) => Buffer.from(coinid).toString("hex").toUpperCase()) ?? [];
    expect(ids).toHaveLength(1);
    const found = await coins("relevant:true checkmempool:true");
    expect(found.some(({ coinid }) => ids.includes(coinid.slice(2)))).toBe(false);
    await (await paying).sent;
  });
});

test("payments asked for at the same time take different coins", async () => {
  await until(async () => (await coins("sendable:true tokenid:0x00 coinage:3 checkmempool:true")).length >= 3);
  const sent = await Promise.all(["0.5", "0.6", "0.7"].map((amount) => answer(`send address:${address} amount:${amount}`)));
  const inputs = sent.flatMap(({ response }) => {
    const { body } = response as { readonly body: { readonly txn: { readonly inputs: readonly CoinJson[] } } };
    return body.txn.inputs.map(({ coinid }) => coinid);
  });
  expect(inputs).toHaveLength(3);
  expect(new Set(inputs).size).toBe(3);
});

test("status tells more when asked", async () => {
  const complete = await ask<{ powmode: string; devices: string; memory: { files: object } }>(node, "status complete:true");
  expect(Object.keys(complete).slice(0, 6)).toEqual(["version", "uptime", "locked", "powmode", "devices", "length"]);
  expect(Number(complete.devices)).toBeGreaterThanOrEqual(1);
  expect(complete.memory.files).toHaveProperty("allfiles");
});

test("status, mempool and burn answer without a chain, too", async () => {
  const empty = await nodes.start("empty", "test");
  expect(await ask(empty, "status")).toMatchObject({
    length: 0,
    weight: "0",
    chain: { block: 0, time: "NO BLOCKS YET", hash: "0x00", length: 0, branches: 0, cascade: { start: -1, length: 0, weight: "0" } },
  });
  expect(await ask(empty, "coins")).toEqual([]);
  expect(await ask(empty, "mempool")).toMatchObject({ total: 0 });
  expect(await ask(empty, "burn")).toMatchObject({ "1block": { txns: 0 } });
  for (const line of ["block", "balance", "healthcheck", "printmmr", "scanchain", "history action:transactions", "hashtest"])
    expect(JSON.parse(await runLine(line, COMMANDS, empty, "write"))).toMatchObject({ status: false, error: expect.any(String) });
});
