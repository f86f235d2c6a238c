import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { javaDecimalText, targetWeight } from "../../host/chain/weight.js";
import type { MinimoteNode } from "../../host/node/node.js";
import { parseHex } from "../../host/protocol/bytes.js";
import { COMMANDS } from "../../host/rpc/commands/index.js";
import { runLine } from "../../host/rpc/run-line.js";
import { addressOf, ask, Nodes, recordingLogger } from "../node/nodes.js";
import { until } from "../until.js";

const nodes = new Nodes();
const log = recordingLogger();
let node: MinimoteNode;

const answer = async (line: string, mode: "read" | "write" = "write", at = node): Promise<Record<string, unknown>> =>
  JSON.parse(await runLine(line, COMMANDS, at, mode)) as Record<string, unknown>;
const response = <T>(line: string): Promise<T> => ask<T>(node, line);
const height = (): number => node.chain.tip?.number ?? 0;

beforeAll(async () => {
  node = await nodes.start("first", "solo", { mine: true, blockSeconds: 0.2 }, log);
  await until(() => height() >= 6);
});
afterAll(() => nodes.stopAll());

describe("the chain", () => {
  test("healthcheck compares tree and cascade", async () => {
    const { chain, cascade, maxima } = await response<{ chain: Record<string, string>; cascade: unknown; maxima: object }>("healthcheck");
    expect(Object.keys(chain)).toEqual(["tip", "root", "chainlength"]);
    expect(Number(chain.tip) - Number(chain.root)).toBe(Number(chain.chainlength));
    expect(cascade).toBe("nocacade");
    expect(maxima).toEqual({ hosts: 0, contacts: 0 });
    await until(() => node.chain.cascade.nodes.length > 0);
    expect((await response<{ cascade: object }>("healthcheck")).cascade).toMatchObject({ tipcorrect: true });
  }, 60_000);

  test("printtree draws the newest blocks", async () => {
    const { chain } = await response<{ chain: string }>("printtree depth:3");
    const line = /^( {3})?(-->)? (\d+) \[0\/\d+\] 0x[0-9A-F]{64} txns:0 {2}weight:[\d.]+\/[\d.]+ @ \w{3} .*$/;
    const lines = chain.split("\n").slice(1, -1);
    expect(lines).toHaveLength(3);
    for (const text of lines) expect(text).toMatch(line);
    const { cascade } = await response<{ cascade: string }>("printtree cascade:true depth:1");
    expect(cascade).toMatch(/^\n\[\d+\/\d+\] 0x[0-9A-F]{64} @ \d+ weight:[\d.]+ @ /);
    expect(await answer("printtree depth:abc")).toMatchObject({ status: false, error: 'For input string: "abc"' });
  });

  test("decimals are written as Java writes them", () => {
    const weight = (target: string): string => javaDecimalText(targetWeight(parseHex(target)));
    expect(weight(`0x${"FF".repeat(32)}`)).toBe("1");
    expect(weight("0x068DB8BAC710CB295E9E1B089A027525460AA64C2F837B4A2339C0EBEDFA43")).toBe("10000.00");
    const text = (unscaled: bigint, scale: number): string => javaDecimalText({ unscaled, scale });
    expect([text(1_000_000n, 2), text(0n, 0), text(5n, 3), text(12n, -3), text(1n, -3), text(1234567n, 0), text(1n, 8)]).toEqual([
      "10000.00",
      "0",
      "0.005",
      "1.2E+4",
      "1E+3",
      "1234567",
      "1E-8",
    ]);
  });

  test("printmmr and scanchain show the newest blocks", async () => {
    const mmr = await response<Record<string, unknown>>("printmmr");
    expect(Object.keys(mmr)).toEqual(["block", "entrynumber", "size", "entries", "maxrow", "maxentries", "root"]);
    expect(mmr.root).toMatchObject({ value: "1000000000" });
    await response("send address:0xFFEE amount:1 mine:true");
    await until(() => Array.from(node.chain.mempool.transactions()).length === 0);
    const { depth, blocks } = await response<{ depth: number; blocks: readonly { block: number; transactions: readonly object[] }[] }>(
      "scanchain depth:4",
    );
    expect([depth, blocks.length]).toEqual([4, 5]);
    const all = await response<{ blocks: readonly { transactions: readonly object[] }[] }>("scanchain depth:100");
    expect(all.blocks.flatMap(({ transactions }) => transactions)).toContainEqual({
      txpowid: expect.any(String),
      istransaction: true,
      transaction: expect.objectContaining({ outputs: expect.any(Array) }),
      isburntransaction: false,
    });
  });

  test("systemcheck lists the parts", async () => {
    const parts = await response<Record<string, unknown>>("systemcheck");
    expect(Object.keys(parts)).toEqual([
      "Main",
      "TxPowProcesssor",
      "TxPowMiner",
      "NIOManager",
      "P2PManager",
      "MDSManager",
      "MDSServices",
      "SendPollManager",
      "NotifyManager",
      "TimerProcessor",
      "RWLockInfo",
      "writelockthread",
      "writelockthreadstate",
      "Shutting Down",
    ]);
    expect(await response("systemcheck action:details processor:niomanager")).toEqual({ details: "Sent to Minima Log" });
    expect(log.events).toContain("part of the node");
  });
});

describe("logs", () => {
  test("switches make the node log more, until they are off again", async () => {
    const off = { scripts: false, mining: false, maxima: false, blocks: false };
    expect(await response("logs")).toMatchObject(off);
    expect(log.events).not.toContain("block added");
    const on = await response<object>("logs blocks:true mining:true txpowdb:true");
    expect(Object.keys(on)).toEqual(["scripts", "mining", "maxima", "blocks", "txpowdb", "networking", "ibd", "peerschecker"]);
    expect(on).toMatchObject({ blocks: true, mining: true, txpowdb: true, ibd: false });
    await until(() => ["block added", "mining begins", "mining ends", "TxPoW stored"].every((event) => log.events.includes(event)));
    await response("logs blocks:false mining:false txpowdb:false");
    const count = log.events.filter((event) => event === "block added").length;
    const now = height();
    await until(() => height() > now);
    expect(log.events.filter((event) => event === "block added").length).toBe(count);
  });

  test("trace logs steps of the chain", async () => {
    expect(await answer("trace")).toMatchObject({ error: "Must specify enable" });
    expect(await response("trace enable:true filter:block")).toEqual({ enabled: true, filter: "block", shownetwork: false });
    await until(() => log.events.includes("trace"));
    expect(await response("trace enable:false")).toEqual({ enabled: false, filter: "", shownetwork: false });
  });
});

describe("other nodes", () => {
  test("are listed with the version they greeted with", async () => {
    const other = await nodes.start("other", "test", { connect: [addressOf(node)] });
    await until(() => node.network.peers().some(({ valid }) => valid));
    const { connections } = await response<{ connections: readonly object[] }>("network");
    expect(connections[0]).toMatchObject({ welcome: "Minima v1.0.45-TEST", incoming: true, valid: true });
    await nodes.stop("other");
    expect(other.network.peers()).toEqual([]);
  });

  test("ping asks who they are", async () => {
    const [host, port] = addressOf(node).split(":");
    const pong = await response<{ valid: boolean; extradata: object }>(`ping host:${host}:${port}`);
    expect(pong).toMatchObject({ host, port: Number(port), valid: true, version: "1.0.45-TEST" });
    expect(Object.keys(pong.extradata)).toEqual([
      "welcome",
      "topblock",
      "tophash",
      "50block",
      "50hash",
      "connections",
      "peers-list",
      "clients",
    ]);
    expect(await response("ping host:127.0.0.1:1")).toEqual({ host: "127.0.0.1", port: 1, valid: false });
    expect(await answer("ping host:127.0.0.1:x")).toMatchObject({ error: "Invalid port : x" });
    expect(await answer("ping host:abc")).toMatchObject({ status: false });
  });

  test("message reaches them; network traffic is logged and can be counted anew", async () => {
    const otherLog = recordingLogger();
    const other = await nodes.start("second", "test", { connect: [addressOf(node)] }, otherLog);
    await until(() => node.network.peers().some(({ valid }) => valid));
    expect(await response("network action:loggingon")).toBe("Full Network logging ON");
    expect(await answer('message data:"hello there"')).toMatchObject({ status: true, message: "Message sent to all" });
    await until(() => otherLog.events.includes("message from a peer") && log.events.includes("message written"));
    expect(await response("network action:loggingoff")).toBe("Full Network logging OFF");
    const uid = node.network.peers()[0]?.uid;
    expect(await answer(`message data:x uid:${uid}`)).toMatchObject({ message: `Message sent to ${uid}` });
    expect(await answer("message data:x uid:nobody")).toMatchObject({ message: "Message sent to nobody" });
    expect(await answer("message")).toMatchObject({ error: "No data specified" });
    expect(await response("network action:reset")).toBe("Traffic counter restarted..");
    await nodes.stop("second");
    expect(other.config.network).toBe("test");
  });

  test("peers are off on a network of one's own", async () => {
    expect(await response("peers")).toEqual({ "peers-list": "", havepeers: true, p2penabled: false, message: "P2P System NOT enabled" });
    expect(await response("peers action:addpeers peerslist:1.2.3.4:9001")).toMatchObject({ p2penabled: false });
    expect(await answer("p2pstate")).toMatchObject({ error: "P2P System NOT enabled" });
  });

  test("peers are listed, added, saved and loaded", async () => {
    const third = await nodes.start("third", "test", { p2p: true, allowAllIPs: true });
    const known = await nodes.start("known", "test", { p2p: true, allowAllIPs: true });
    const address = addressOf(known);
    expect(await ask(third, "peers")).toEqual({ peerslist: "", size: 0, havepeers: false, p2penabled: true });
    expect(await ask(third, `peers action:addpeers peerslist:${address},nonsense`)).toEqual({
      valid: `[${address}]`,
      invalid: "[nonsense]",
      message: "Valid peers added to checking queue..",
    });
    writeFileSync(join(third.config.dataDir, "mine.txt"), `${address}\n`);
    expect(await ask(third, "peers action:fetch file:mine.txt")).toMatchObject({ peers: address, location: "mine.txt" });
    expect(await ask(third, "peers action:forcecheck")).toMatchObject({ message: "Peers check started.. will start ASAP", logs: false });
    const published = await ask<{ peers: string; file: string }>(third, "peers action:publish");
    expect(readFileSync(published.file, "utf8")).toBe(published.peers);
    expect(await answer("p2pstate", "write", third)).toHaveProperty("p2p-state.isAcceptingInLinks");
    for (const file of ["wallet.db", "../x.txt", "/tmp/x.txt", ".txt"])
      expect(await answer(`peers action:publish file:${file}`, "write", third)).toMatchObject({ status: false });
    expect(await answer("peers action:fetch file:nosuch.txt", "write", third)).toMatchObject({ status: false });
    expect(await answer("peers action:foo", "write", third)).toMatchObject({ error: "Invalid action : foo" });
    expect(await answer("peers action:publish", "read", third)).toMatchObject({ status: false });
    await nodes.stop("third");
    await nodes.stop("known");
  });
});

test("readers look, and change nothing", async () => {
  for (const line of ["logs", "network", "peers", "ping host:127.0.0.1:1", "systemcheck", "history", "printtree"])
    expect(await answer(line, "read")).toMatchObject({ status: true });
  for (const line of [
    "logs blocks:true",
    "trace enable:true",
    "network action:reset",
    "network action:restart",
    "network action:loggingon",
    "connect host:127.0.0.1:1",
    "disconnect uid:all",
    "message data:x",
    "tokens action:import data:0x00",
  ])
    expect(await answer(line, "read")).toMatchObject({ status: false, error: "This user may only look" });
  expect(await answer("connect")).toMatchObject({ error: "No host specified" });
  expect(await answer("connect host:abc")).toMatchObject({ error: "Must specify host:port" });
  expect(await answer("disconnect")).toMatchObject({ error: "No uid specified" });
});

test("texts", async () => {
  expect(await response("tutorial")).toContain("SIGNEDBY");
  expect(await response("whitepaper")).toHaveProperty("whitepaper");
  expect(await answer("test")).toEqual({ command: "test", status: true, pending: false });
  expect(Object.keys(await response<object>("help command:hash"))).toEqual(["command", "help", "fullhelp"]);
  expect(await answer("help command:nosuch")).toMatchObject({ error: "Command not found : nosuch" });
});
