import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultConfig } from "../../host/node/config.js";
import { silentLogger } from "../../host/node/logger.js";
import { MinimoteNode } from "../../host/node/node.js";
import { askNode, callRpc, type RpcAnswer } from "../../host/rpc/client.js";
import type { RunningServer } from "../../host/rpc/http-server.js";
import { startRpcServer } from "../../host/rpc/rpc-server.js";
import { until } from "../until.js";

let folder = "";
let node: MinimoteNode;
let server: RunningServer | null = null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "minimote-rpc-"));
  const config = {
    ...defaultConfig("solo"),
    dataDir: folder,
    listenHost: "127.0.0.1",
    port: 0,
    rpcPort: 0,
    blockSeconds: 0.3,
    miningDuty: 1,
  };
  node = await MinimoteNode.start(config, silentLogger);
  server = await startRpcServer(node);
  await until(async () => Number((await response<{ block: string }>("block")).block) >= 6);
});

afterAll(async () => {
  await server?.close();
  await node.stop();
  rmSync(folder, { recursive: true, force: true });
});

const call = (line: string): Promise<RpcAnswer> => callRpc({ host: "127.0.0.1", port: server?.port ?? 0 }, line);

async function response<T>(line: string): Promise<T> {
  const answer = await call(line);
  expect(answer).toMatchObject({ status: true });
  return answer.response as T;
}

interface CoinJson {
  readonly coinid: string;
  readonly amount: string;
  readonly tokenid: string;
  readonly state: readonly { readonly port: number; readonly data: string }[];
}

describe("a node over RPC", () => {
  test("shows its state", async () => {
    const status = await response<{ minima: string; locked: boolean; chain: { block: number } }>("status");
    expect(status).toMatchObject({ minima: "1000000000", locked: false });
    expect(status.chain.block).toBeGreaterThanOrEqual(6);
    expect(await response("balance")).toMatchObject([{ token: "Minima", tokenid: "0x00", coins: "1", total: "1000000000" }]);
  });

  test("sends with state and burn; the coin and the TxPoW are found", async () => {
    const { address, miniaddress } = await response<{ address: string; miniaddress: string }>("newaddress");
    await response(`send address:${miniaddress} amount:12.5 burn:0.25 state:{"3":"[hello]","0":"0xFF"} mine:true`);
    await until(async () => (await response<CoinJson[]>(`coins address:${address}`)).length === 1);
    const [coin] = await response<CoinJson[]>(`coins address:${address}`);
    expect(coin?.amount).toBe("12.5");
    expect(coin?.state.map(({ port, data }) => [port, data])).toEqual([
      [0, "0xFF"],
      [3, "[hello]"],
    ]);
    expect((await response<{ minima: string }>("status")).minima).toBe("999999999.75");
    const [sent] = await response<{ txpowid: string }[]>("txpow relevant:true max:1");
    await until(async () => (await response<{ found: boolean }>(`txpow onchain:${sent?.txpowid}`)).found);
  });

  test("makes a token, sends some, and merges coins", async () => {
    await until(async () => (await response<CoinJson[]>("coins sendable:true coinage:3 tokenid:0x00 relevant:true")).length >= 1);
    await response("tokencreate name:beans amount:1000 decimals:2 mine:true");
    await until(async () => (await response<unknown[]>("tokens")).length === 2);
    const [, token] = await response<{ tokenid: string; name: { name: string }; total: string }[]>("tokens");
    expect(token).toMatchObject({ name: { name: "beans" }, total: "1000" });
    await until(async () => (await response<CoinJson[]>(`coins relevant:true tokenid:${token?.tokenid} coinage:3`)).length === 1);
    const { miniaddress } = await response<{ miniaddress: string }>("getaddress");
    await response(`send address:${miniaddress} amount:12.25 tokenid:${token?.tokenid} mine:true`);
    await until(async () => (await response<CoinJson[]>(`coins relevant:true tokenid:${token?.tokenid}`)).length === 2);
    const balances = await response<{ tokenid: string; coins: string }[]>("balance");
    expect(balances.find(({ tokenid }) => tokenid === token?.tokenid)?.coins).toBe("2");
  });

  test("answers as the reference does where nothing depends on the chain", async () => {
    expect(await response("hash data:abc")).toEqual({
      input: "abc",
      data: "0x616263",
      type: "sha3",
      hash: "0x3A985DA74FE225B2045C172D6BD390BD855F086E3E9D525B46BFE24511431532",
    });
    expect(await response("convert from:string to:hex data:ihcohe")).toEqual({ conversion: "0x6968636F6865" });
    const { keycode } = await response<{ keycode: string }>("random size:16");
    expect(keycode).toMatch(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){4}$/);
    expect(await call("checkaddress address:0xFF")).toMatchObject({
      status: false,
      error: "Invalid Length for 0x address should be 66 chars long : 4",
    });
  });

  test("refuses in the reference's words", async () => {
    expect(await call("nosuch")).toEqual({ command: "nosuch", status: false, pending: false, error: "Command not found" });
    expect(await call("hash")).toMatchObject({ command: "hash", status: false, error: "param not specified : data" });
    expect(await call("hash foo:x")).toMatchObject({ command: "hash foo:x", error: "Invalid parameter : foo" });
    const { miniaddress } = await response<{ miniaddress: string }>("getaddress");
    const tooMuch = await call(`send address:${miniaddress} amount:1000000000`);
    expect(tooMuch.status).toBe(false);
    expect(tooMuch.message ?? tooMuch.error).toMatch(/Insufficient funds|No Coins/);
  });

  test("locks and unlocks the wallet, and never echoes a secret", async () => {
    await node.wallet.whenFilled;
    const { phrase } = await response<{ phrase: string }>("vault");
    expect(phrase.split(" ")).toHaveLength(24);
    const locked = JSON.stringify(await call("vault action:passwordlock password:topsecret confirm:topsecret"));
    expect(locked).toContain("All private keys wiped");
    expect(locked).not.toContain("topsecret");
    const { miniaddress } = await response<{ miniaddress: string }>("getaddress");
    expect(await call(`send address:${miniaddress} amount:1`)).toMatchObject({ status: false });
    expect(await call("vault action:passwordunlock password:wrong")).toMatchObject({ status: false, error: "Incorrect password!" });
    expect(await call("vault action:passwordunlock password:topsecret")).toMatchObject({ status: true });
  });

  test("several commands give a list, and stop at the first that fails", async () => {
    const target = { host: "127.0.0.1", port: server?.port ?? 0 };
    const answers = JSON.parse(await askNode(target, "block;nosuch;block")) as RpcAnswer[];
    expect(answers.map(({ status }) => status)).toEqual([true, false]);
    expect(JSON.parse(await askNode(target, ";;"))).toEqual([]);
  });
});
