import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { downloadText } from "../../host/node/download.js";
import type { MinimoteNode } from "../../host/node/node.js";
import { toHex0x } from "../../host/protocol/bytes.js";
import { dataLeaf, textLeaf } from "../../host/protocol/mmr-node.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { COMMANDS } from "../../host/rpc/commands/index.js";
import { runLine } from "../../host/rpc/run-line.js";
import { ask, Nodes } from "../node/nodes.js";
import { until } from "../until.js";

const PHRASE = Array.from({ length: 24 }, () => "ABANDON").join(" ");
const nodes = new Nodes();
let node: MinimoteNode;

beforeAll(async () => {
  node = await nodes.start("tools", "solo", { phrase: PHRASE, mine: true });
  node.wallet.caughtUp();
  await until(() => (node.chain.tip?.number ?? 0) >= 5);
});
afterAll(() => nodes.stopAll());

const answer = async (line: string, mode: "read" | "write" = "write"): Promise<Record<string, unknown>> =>
  JSON.parse(await runLine(line, COMMANDS, node, mode)) as Record<string, unknown>;
const response = <T>(line: string): Promise<T> => ask<T>(node, line);

describe("runscript", () => {
  interface Run {
    readonly script: { readonly address: string };
    readonly clean: { readonly script: string };
    readonly trace: string;
    readonly variables: Record<string, string>;
    readonly parseok: boolean;
    readonly monotonic: boolean;
    readonly success: boolean;
  }

  test("runs with state, globals and signatures, and shows the age it took", async () => {
    const run = await answer('runscript script:"RETURN @COINAGE EQ 5" globals:{"@BLOCK":"105","@CREATED":"100"}');
    expect(run.params).toEqual({ script: "RETURN @COINAGE EQ 5", globals: { "@BLOCK": "105", "@CREATED": "100", "@COINAGE": "5" } });
    expect(run.response).toMatchObject({ parseok: true, monotonic: false, success: true });
    expect((run.response as Run).trace).toContain("INST[0] - Global [@COINAGE] : 5\n");
    expect(await response<Run>('runscript script:"RETURN SIGNEDBY(0xFF)" signatures:["0xFF"]')).toMatchObject({ success: true });
    expect(await response<Run>('runscript script:"RETURN STATE(1) EQ 0x01" state:{"1":"0x01"}')).toMatchObject({ success: true });
    expect(await response<Run>('runscript script:"RETURN PREVSTATE(0) EQ 1" prevstate:{"0":"1"}')).toMatchObject({ success: true });
    const { variables, clean } = await response<Run>('runscript script:"LET a=1 LET b = a+1"');
    expect(variables).toEqual({ a: "1", b: "2" });
    expect(clean.script).toBe("LET a=1 LET b=a+1");
  });

  test("runs scripts of the witness", async () => {
    const { script } = await response<Run>('runscript script:"RETURN TRUE"');
    const run = await response<Run>(`runscript script:"MAST ${script.address}" extrascripts:{"RETURN TRUE":""}`);
    expect(run.success).toBe(true);
  });

  test("says what is wrong with a script, and with what was given", async () => {
    expect(await response<Run>("runscript script:BAD")).toMatchObject({ parseok: false, success: false });
    expect(await answer('runscript script:"RETURN TRUE" state:{"1":5}')).toMatchObject({ status: false });
    expect(await answer('runscript script:"RETURN TRUE" state:{"300":"5"}')).toMatchObject({ status: false });
  });

  test("keeps the trace of a talkative script short, and goes on with others meanwhile", async () => {
    const script =
      "LET s=[0123456789ABCDEF] LET i=0 WHILE i LT 12 DO LET s=s+s LET i=i+1 ENDWHILE LET j=0 WHILE j LT 100 DO LET j=j+1 ENDWHILE";
    const { trace } = await response<Run>(`runscript script:"${script}"`);
    expect(trace.length).toBeLessThan(4_100_000);
    expect(trace).toContain("the rest is too long");
  });
});

describe("maths", () => {
  test("calculates", async () => {
    expect(await response("maths calculate:1/3")).toEqual({ result: "0.33333333333333333333333333333333333333333333" });
    expect(await response('maths calculate:"(2 + 3) * 4 - 0.5"')).toEqual({ result: "19.5" });
    expect(Object.keys(await response("maths calculate:1+1 logs:true"))).toEqual(["logs", "result"]);
    expect(await answer("maths calculate:1/0")).toMatchObject({ status: false });
    expect(await answer("maths")).toMatchObject({ error: "param not specified : calculate" });
  });
});

describe("mmrcreate and mmrproof", () => {
  interface Made {
    readonly nodes: readonly { readonly data: string; readonly value: string; readonly proof: string }[];
    readonly root: { readonly data: string; readonly value: string };
  }

  test("what was made is proven, anything else is not", async () => {
    const { nodes: leaves, root } = await response<Made>('mmrcreate nodes:["alice:10","bob:2.5","0x0102"]');
    expect(root.value).toBe("12.5");
    for (const { data, value, proof } of leaves) {
      const check = `root:"${root.data}:12.5" proof:${proof}`;
      expect(await response(`mmrproof data:"${data}:${value}" ${check}`)).toMatchObject({ input: data, finaldata: root, valid: true });
      expect(await response(`mmrproof data:"${data}:3" ${check}`)).toMatchObject({ valid: false });
    }
    expect(await response('mmrcreate nodes:["0x0102"]')).toMatchObject({ root: { data: toHex0x(dataLeaf(Uint8Array.of(1, 2)).hash) } });
    const leaf = textLeaf("0102", MiniNumber.parse("2.50"));
    expect(await response('mmrcreate nodes:["0102:2.50"]')).toMatchObject({ root: { data: toHex0x(leaf.hash), value: "2.5" } });
    expect(await answer('mmrcreate nodes:["a:b:1"]')).toMatchObject({ status: false });
    expect(await answer('mmrcreate nodes:["0xZZ"]')).toMatchObject({ status: false });
    expect(await answer("mmrproof data:x")).toMatchObject({ error: "MUST Specify data, root and proof" });
    expect(await answer("mmrcreate nodes:[]")).toMatchObject({ status: false });
    expect(await answer("mmrcreate nodes:x")).toMatchObject({ status: false });
    expect(await answer(`mmrcreate nodes:${JSON.stringify(Array.from({ length: 8193 }, () => "a"))}`)).toMatchObject({ status: false });
  });
});

describe("signatures", () => {
  test("a signature of the wallet is verified; keys and data must fit", async () => {
    const key = (await response<{ publickey: string }>("getaddress")).publickey;
    const signature = await response<string>(`sign data:0x0102 publickey:${key}`);
    expect(await response(`verify data:0x0102 publickey:${key} signature:${signature}`)).toBe("Signature valid");
    const bad = await answer(`verify data:0x0103 publickey:${key} signature:${signature}`);
    expect(bad).toMatchObject({ status: false, message: "Signature NOT valid" });
    expect(bad).not.toHaveProperty("error");
    expect(await answer(`verify data:0x0102 publickey:0x01 signature:${signature}`)).toMatchObject({
      error: `Signature publickey is different : ${key}`,
    });
    expect(await answer("sign data:zz publickey:0xFF")).toMatchObject({ error: "Invalid Data param specified : data zz" });
    expect(await answer("sign data:0x01 publickey:0xFF")).toMatchObject({ status: false });
    expect(await answer(`sign data:0x01 publickey:${key}`, "read")).toEqual({ status: false });
  });

  test("seedrandom gives the same secret every time", async () => {
    const secret = await response("seedrandom modifier:habobk");
    expect(await response("seedrandom modifier:habobk")).toEqual(secret);
    expect(await response("seedrandom modifier:other")).not.toEqual(secret);
    expect(await answer("seedrandom")).toMatchObject({ error: "param not specified : modifier" });
  });
});

describe("keys", () => {
  test("genkey follows from its phrase and leaves the wallet alone", async () => {
    await node.wallet.whenFilled;
    const before = node.wallet.keys().length;
    const made = await answer('keys action:genkey phrase:"PBPE EGKL NILK"');
    expect(made.response).toMatchObject({
      phrase: "PBPE EGKL NILK",
      privatekey: "0xAD41250C8E3DFCAE92E440BEBF5DEF844B83EEC70C7286C27DA2EC6BCFA2E197",
      modifier: 0,
      publickey: "0x0A17278EAB7BFFE0670ACCA2362B733897ED47754068B1A1AABFC82BC7553E80",
      miniaddress: "MxG0877FE2S2H1S7MB22R6W3H8B11KY5VB5BKYDT8DH9KY49BR546JVNH4A6DZT",
    });
    const { phrase } = await response<{ phrase: string }>("keys action:genkey");
    expect(phrase.split(" ")).toHaveLength(24);
    expect(node.wallet.keys().length).toBe(before);
  });

  test("checkkeys makes all keys again", async () => {
    await node.wallet.whenFilled;
    const allkeys = node.wallet.keys().length;
    expect(await response("keys action:checkkeys")).toEqual({ allkeys, correct: allkeys, wrong: 0 });
    expect(await answer("keys action:checkkeys", "read")).toMatchObject({ status: false });
    expect(await answer("keys action:foo")).toMatchObject({ error: "Unknown action : foo" });
  });
});

describe("hash, random and convert", () => {
  test("a file is hashed, and readers see none", async () => {
    writeFileSync(join(node.config.dataDir, "hello.txt"), "abc");
    expect(await response("hash file:hello.txt")).toEqual({
      file: "hello.txt",
      path: join(node.config.dataDir, "hello.txt"),
      size: 3,
      type: "sha3",
      hash: "0x3A985DA74FE225B2045C172D6BD390BD855F086E3E9D525B46BFE24511431532",
    });
    expect(await answer("hash file:nosuchfile")).toMatchObject({ error: expect.stringMatching(/^File doesn't exist : \/.*nosuchfile$/) });
    expect(await answer("hash file:hello.txt", "read")).toMatchObject({ status: false });
  });

  test("JSON is converted in its printed form; sizes may have a fraction", async () => {
    expect(await response('convert from:string to:hex data:{"x":1}')).toEqual({ conversion: "0x7B2278223A317D" });
    expect(await answer("convert from:hex data:0x01")).toMatchObject({ error: "param not specified : to" });
    expect(await answer("convert from:foo to:hex data:1")).toMatchObject({ error: "Invalid FROM type : foo" });
    expect(await response("random size:1.7")).toMatchObject({ size: "1.7", random: expect.stringMatching(/^0x..$/) });
    expect(await answer("random size:-1")).toMatchObject({ status: false });
  });

  test("hashtest tells a speed", async () => {
    const { hashes, speed } = await response<{ hashes: number; speed: string }>("hashtest amount:20000");
    expect(hashes).toBe(20_000);
    expect(speed).toMatch(/^[0-9.]+ MH\/s$/);
    expect(await response("hashtest amount:-5")).toEqual({ hashes: -5, millitime: 1, speed: "-0.005 MH/s" });
    expect(await response("hashtest amount:0")).toEqual({ hashes: 0, millitime: 1, speed: "0 MH/s" });
    expect(await answer("hashtest amount:200000000")).toMatchObject({ status: false });
  });
});

describe("burn", () => {
  test("tells of the last blocks", async () => {
    const sent = await response<{ txpowid: string }>("send address:0xFFEE amount:1 burn:0.5 mine:true");
    await until(() => node.chain.blockOf(sent.txpowid.slice(2)) !== undefined);
    const burns = await response<Record<string, Record<string, number>>>("burn");
    expect(Object.keys(burns)).toEqual(["1block", "10block", "50block"]);
    expect(Object.keys(burns["50block"] ?? {})).toEqual(["txns", "max", "med", "avg", "min"]);
    expect(burns["50block"]).toMatchObject({ max: 0.5 });
    expect(burns["50block"]?.txns).toBeGreaterThanOrEqual(1);
  });
});

describe("tokens", () => {
  let page: Server;
  let body = "";

  beforeAll(async () => {
    page = createServer((request, reply) => {
      if (request.url === "/elsewhere") reply.writeHead(302, { location: "/token.txt" }).end();
      else reply.end(body);
    });
    await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => new Promise((resolve) => page.close(resolve)));

  const url = (path: string): string => `http://127.0.0.1:${(page.address() as AddressInfo).port}${path}`;

  test("a signed token is validated, exported and imported", async () => {
    const key = (await response<{ publickey: string }>("getaddress")).publickey;
    const coins = "coins tokenid:0x00 relevant:true sendable:true coinage:4 checkmempool:true";
    await until(async () => (await response<object[]>(coins)).length > 0);
    await response(`tokencreate name:signed amount:10 signtoken:${key} webvalidate:${url("/token.txt")} mine:true`);
    interface Row {
      readonly tokenid: string;
    }
    let rows: Row[] = [];
    await until(async () => {
      rows = await response<Row[]>("tokens");
      return rows.length >= 2;
    });
    const tokenid = rows[1]?.tokenid ?? "";
    body = `\n${tokenid}\n`;
    expect(await response(`tokenvalidate tokenid:${tokenid}`)).toMatchObject({
      signature: { signed: true, signedby: key, valid: true },
      web: { webvalidate: true, valid: false, reason: expect.stringContaining("public internet") },
    });
    const { data } = await response<{ data: string }>(`tokens action:export tokenid:${tokenid}`);
    const other = await nodes.start("other", "solo", { allowAllIPs: true });
    expect(await ask(other, `tokens action:import data:${data}`)).toMatchObject({ token: { tokenid } });
    expect(await ask(other, `tokens tokenid:${tokenid}`)).toMatchObject({ tokenid });
    expect(await ask(other, `tokenvalidate tokenid:${tokenid}`)).toMatchObject({ web: { webvalidate: true, valid: true } });
    body = "something else";
    expect(await ask(other, `tokenvalidate tokenid:${tokenid}`)).toMatchObject({
      web: { valid: false, reason: "Data in file does not match tokenid : something else" },
    });
    await nodes.stop("other");
  });

  test("unknown tokens are named", async () => {
    expect(await answer("tokenvalidate tokenid:0x00")).toMatchObject({ error: "The Main Minima Token 0x00 has no signature" });
    expect(await answer("tokenvalidate tokenid:0x01")).toMatchObject({ error: "Token not found : 0x01" });
    expect(await answer("tokens action:export tokenid:0x01")).toMatchObject({ error: "Token not found : 0x01" });
    expect(await answer("tokens action:import data:0x01")).toMatchObject({ status: false });
  });

  test("downloads follow few redirects, and end when they are too long", async () => {
    const limits = { timeoutMs: 5000, maxBytes: 100, publicOnly: false };
    body = "hello";
    expect(await downloadText(url("/elsewhere"), limits)).toBe("hello");
    body = "x".repeat(101);
    await expect(downloadText(url("/"), limits)).rejects.toThrow("too long");
    await expect(downloadText("file:///etc/hostname", limits)).rejects.toThrow("only http and https");
    await expect(downloadText("no address", limits)).rejects.toThrow("no address");
    for (const host of ["127.0.0.1", "localhost", "[::1]", "10.1.2.3", "[::ffff:127.0.0.1]", "169.254.169.254"])
      await expect(downloadText(`http://${host}/`, { ...limits, publicOnly: true })).rejects.toThrow("public internet");
  });
});
