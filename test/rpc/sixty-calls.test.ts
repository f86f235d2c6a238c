import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultConfig } from "../../host/node/config.js";
import { silentLogger } from "../../host/node/logger.js";
import { MinimoteNode } from "../../host/node/node.js";
import { isJsonObject, parseJson } from "../../host/protocol/json.js";
import type { RunningServer } from "../../host/rpc/http-server.js";
import { startRpcServer } from "../../host/rpc/rpc-server.js";
import { compareJson } from "../conformance/rpc/compare-json.js";
import { IdMap } from "../conformance/rpc/id-map.js";
import { until } from "../until.js";

/** Answers of the reference (spec 09, appendix A), shortened: what follows `status` and `pending`. */
const ANSWERS = parseJson(readFileSync(new URL("reference-answers.json", import.meta.url), "utf8"));

let folder = "";
let node: MinimoteNode;
let server: RunningServer | null = null;
let calls = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "minimote-sixty-"));
  const config = { ...defaultConfig("solo"), dataDir: folder, listenHost: "127.0.0.1", port: 0, rpcPort: 0, blockSeconds: 0.25 };
  node = await MinimoteNode.start({ ...config, miningDuty: 1 }, silentLogger);
  server = await startRpcServer(node);
  await until(() => (node.chain.tip?.number ?? 0) >= 6 && node.wallet.isFilled);
});

afterAll(async () => {
  await server?.close();
  await node.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends a command as a script would: short ones in the path, others as a body. */
async function ask(line: string): Promise<string> {
  const url = `http://127.0.0.1:${server?.port ?? 0}/`;
  const answer = line.length < 60 ? await fetch(url + encodeURIComponent(line)) : await fetch(url, { method: "POST", body: line });
  return answer.text();
}

interface Fields {
  readonly [key: string]: Fields & string;
}

/** Calls a command, compares the answer with that of the reference in shape, and gives the response. */
async function call(line: string, sample = line): Promise<Fields> {
  calls++;
  const text = await ask(line);
  const ours = parseJson(text);
  const expected = isJsonObject(ANSWERS) ? ANSWERS.get(sample) : undefined;
  if (!isJsonObject(ours) || !isJsonObject(expected)) throw new Error(`${sample}: no object`);
  const [name = ""] = line.split(" ");
  const hasParams = line !== name;
  const keys = ["command", ...(hasParams ? ["params"] : []), "status", "pending", ...expected.keys()];
  expect([...ours.keys()], text.slice(0, 300)).toEqual(keys);
  expect([ours.get("command"), ours.get("status"), ours.get("pending")]).toEqual([name, true, false]);
  const rest = new Map(Array.from(ours).slice(hasParams ? 4 : 3));
  const rules = { ids: new IdMap(), exact: false, consistent: false, shapeOnly: true };
  expect(compareJson(expected, rest, rules).differences, line).toEqual([]);
  return (JSON.parse(text) as { response: Fields }).response;
}

const list = (fields: Fields): Fields[] => fields as unknown as Fields[];

test("a script of 60 calls that was written for the reference gets answers of the same shape", { timeout: 110_000 }, async () => {
  await call("status");
  await call("block");
  await call("balance");
  await call("coins");
  await call("keys");
  await call('keys action:genkey phrase:"ONE TWO THREE"', "keys genkey");
  const { address, publickey } = await call("newaddress");
  await call("getaddress");
  await call("scripts");
  await call(`scripts address:${address}`, "scripts address");
  await call(`checkaddress address:${address}`, "checkaddress");
  const watched = await call('newscript script:"RETURN STATE(0) EQ 7" trackall:true', "newscript");
  await call('runscript script:"RETURN TRUE"', "runscript");
  await call("hash data:hello", "hash");
  await call("random size:16", "random");
  await call("convert from:hex to:mx data:0x0123456789ABCDEF0123456789ABCDEF", "convert");
  await call("maths calculate:1/3", "maths");
  await call("seedrandom modifier:abc", "seedrandom");
  await call('mmrcreate nodes:["one","two"]', "mmrcreate");
  await call("timemilli minutesback:5", "timemilli");
  const signature = await call(`sign data:0x0102 publickey:${publickey}`, "sign");
  await call(`verify data:0x0102 publickey:${publickey} signature:${signature}`, "verify");

  await call(`send address:${address} amount:1 split:2 dryrun:true`, "send dryrun");
  await call(`send multi:["${address}:10","${watched.address}:2"] burn:0.1 mine:true`, "send");
  await until(async () => list((JSON.parse(await ask(`coins address:${address}`)) as { response: Fields }).response).length === 1);
  await call("balance simple:true", "balance simple");
  const [relevant] = list(await call("txpow relevant:true max:1", "txpow relevant"));
  await call(`txpow txpowid:${relevant?.txpowid}`, "txpow txpowid");
  await until(async () => (await ask(`txpow onchain:${relevant?.txpowid}`)).includes('"found":true'));
  await call(`txpow onchain:${relevant?.txpowid}`, "txpow onchain");
  await call("txpow block:1", "txpow block");
  await call("history max:2", "history");
  await call("history action:size", "history size");
  await call("history action:transactions", "history transactions");

  const start = node.chain.tip?.number ?? 0;
  await until(() => (node.chain.tip?.number ?? 0) > start + 3);
  await call(`tokencreate name:beans amount:1000 decimals:2 signtoken:${publickey} mine:true`, "tokencreate");
  await until(async () => (await ask("tokens")).includes("beans"));
  const tokenid = list(await call("tokens"))[1]?.tokenid;
  await call(`tokens tokenid:${tokenid}`, "tokens tokenid");
  const { data } = await call(`tokens action:export tokenid:${tokenid}`, "tokens export");
  await call(`tokens action:import data:${data}`, "tokens import");
  await call(`tokenvalidate tokenid:${tokenid}`, "tokenvalidate");
  await call("balance tokendetails:true", "balance tokendetails");

  const [coin] = list(await call("coins sendable:true tokenid:0x00", "coins"));
  const exported = await call(`coinexport coinid:${coin?.coinid}`, "coinexport");
  await call(`coincheck data:${exported.data}`, "coincheck");
  await call(`cointrack enable:true coinid:${coin?.coinid}`, "cointrack");
  await call(`coinnotify action:check address:${address}`, "coinnotify");

  await call("txncreate id:mine", "txncreate");
  await call(`txninput id:mine coinid:${coin?.coinid}`, "txninput");
  await call(`txnoutput id:mine amount:1 address:${watched.address}`, "txnoutput");
  await call("txnstate id:mine port:4 value:0xABCD", "txnstate");
  await call("txnbasics id:mine", "txnbasics");
  await call("txnsign id:mine publickey:auto", "txnsign");
  await call("txncheck id:mine", "txncheck");
  const txn = await call("txnexport id:mine showtxn:true", "txnexport");
  await call(`txnimport id:copy data:${txn.data}`, "txnimport");
  await call("txnlist id:copy transactiononly:true", "txnlist");
  await call("txndelete id:copy", "txndelete");

  await call("network");
  await call("burn");
  await call("mempool");
  await call("healthcheck");
  await call("printtree depth:3", "printtree");
  await call("vault action:seed", "vault");
  await call("webhooks");
  expect(calls).toBeGreaterThanOrEqual(60);
});
