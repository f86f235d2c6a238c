import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultConfig } from "../../host/node/config.js";
import { silentLogger } from "../../host/node/logger.js";
import { MinimoteNode } from "../../host/node/node.js";
import { COMMANDS } from "../../host/rpc/commands/index.js";
import { runLine } from "../../host/rpc/run-line.js";
import { until } from "../until.js";

interface CoinJson {
  readonly coinid: string;
  readonly address: string;
  readonly amount: string;
  readonly state: Readonly<Record<string, string>>;
  readonly spent: boolean;
  readonly mmrentry: string;
  readonly created: string;
}
interface Told {
  readonly event: string;
  readonly data: {
    readonly txpow?: { readonly txpowid: string; readonly isblock: boolean };
    readonly mining?: boolean;
    readonly relevant?: boolean;
    readonly spent?: boolean;
    readonly txblockid?: string;
    readonly txblock?: string;
    readonly txpowid?: string;
    readonly coin?: CoinJson;
  };
}

let folder = "";
let node: MinimoteNode;
const told: Told[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "minimote-events-"));
  node = await MinimoteNode.start(
    {
      ...defaultConfig("solo"),
      dataDir: folder,
      listenHost: "127.0.0.1",
      port: 0,
      rpcPort: null,
      blockSeconds: 0.15,
      miningDuty: 1,
    },
    silentLogger,
  );
  node.notify.hub.subscribe({ wants: (event) => event !== "MINIMALOG", take: (_, json) => told.push(JSON.parse(json) as Told) });
});

afterAll(async () => {
  await node.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function run<T>(line: string): Promise<T> {
  const answer = JSON.parse(await runLine(line, COMMANDS, node, "write")) as { status: boolean; response: T };
  expect(answer).toMatchObject({ status: true });
  return answer.response;
}

const named = (event: string): Told[] => told.filter((item) => item.event === event);

describe("the events of a node", () => {
  test("tell of a payment from its mining to its settling, in the order of the reference", async () => {
    await until(() => (node.chain.tip?.number ?? 0) >= 5);
    const { address } = await run<{ address: string }>("newaddress");
    await run(`coinnotify action:add address:${address}`);
    const from = told.length;
    await run(`send address:${address} amount:25.5 state:{"7":"0xAB"} storestate:false mine:true`);
    await until(() => named("NOTIFYCOIN").length > 0);
    const payment = named("NEWTXPOW").find(({ data }) => data.relevant === true && told.findIndex((item) => item.data === data) >= from);
    const id = payment?.data.txpow?.txpowid;

    const coin = named("NOTIFYCOIN")[0]?.data;
    expect(Object.keys(coin ?? {})).toEqual(["address", "txblockid", "txblock", "spent", "coin"]);
    expect(coin?.coin).toMatchObject({
      address,
      amount: "25.5",
      spent: false,
      created: coin?.txblock,
      storestate: false,
      state: { "7": "0xAB" },
    });

    const news = named("NEWCOIN").filter(({ data }) => data.txblockid === coin?.txblockid);
    expect(news.map(({ data }) => data.spent)).toEqual([true, false, false]);
    expect(Object.keys(news[0]?.data ?? {})).toEqual(["relevant", "txblockid", "txblock", "spent", "coin"]);
    expect(news[0]?.data.coin?.spent).toBe(true);

    const place = (find: (item: Told) => boolean): number => told.findIndex((item, i) => i >= from && find(item));
    const order = [
      place(({ event, data }) => event === "MINING" && data.mining === false && data.txpow?.txpowid === id),
      place(({ event }) => event === "NEWTXPOW"),
      place(({ event, data }) => event === "NEWCOIN" && data.spent === true),
      place(({ event, data }) => event === "NEWCOIN" && data.spent === false),
      place(({ event }) => event === "NOTIFYCOIN"),
      place(({ event }) => event === "NEWBALANCE"),
    ];
    expect(order.every((at) => at >= 0)).toBe(true);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    const balance = order[5] as number;
    expect(told[balance]).toEqual({ event: "NEWBALANCE", data: {} });
    await until(() => told.slice(balance).some(({ event }) => event === "NEWBLOCK"));

    await until(() => named("NOTIFYCASCADECOIN").length > 0);
    const settled = named("NOTIFYCASCADECOIN")[0]?.data;
    expect(Object.keys(settled ?? {})).toEqual(["address", "txblockid", "txblock", "spent", "coin"]);
    expect(settled?.coin).toMatchObject({ coinid: coin?.coin?.coinid, mmrentry: "0", created: "0" });
    expect(named("NOTIFYCASCADETXN").some(({ data }) => data.txpowid === id && data.txblock === settled?.txblock)).toBe(true);
    const inCascade = told.findIndex(({ event, data }) => event === "NOTIFYCASCADEBLOCK" && data.txpow?.isblock === true);
    const [tipBefore, tipAfter] = [told.slice(0, inCascade).findLast(isTip), told.slice(inCascade).find(isTip)];
    expect(tipBefore).toBeDefined();
    expect(tipAfter).toBeDefined();
  }, 60_000);

  test("tell of each new tip once, and of mining in pairs", () => {
    const tips = named("NEWBLOCK").map(({ data }) => data.txpow?.txpowid);
    expect(new Set(tips).size).toBe(tips.length);
    expect(Object.keys(named("MINING")[0]?.data ?? {})).toEqual(["txpow", "mining"]);
    expect(named("MINING").some(({ data }) => data.mining === false && data.txpow?.isblock === true)).toBe(true);
  });
});

const isTip = ({ event }: Told): boolean => event === "NEWBLOCK";
