import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MinimoteNode } from "../../host/node/node.js";
import { toHex0x } from "../../host/protocol/bytes.js";
import { EMPTY_TRANSACTION } from "../../host/protocol/transaction.js";
import { EMPTY_WITNESS } from "../../host/protocol/witness.js";
import { treePublicKey } from "../../host/wallet/treekey.js";
import { ask, Nodes } from "../node/nodes.js";
import { answer, blocks, type CoinJson, coinsOf, noCoins, refusal, type TxnJson } from "./asking.js";

const nodes = new Nodes();
let node: MinimoteNode;
let mine = "";

beforeAll(async () => {
  node = await nodes.start("a", "solo", { mine: true, blockSeconds: 0.2 });
  await blocks(node, 6);
  mine = (await ask<{ miniaddress: string }>(node, "getaddress")).miniaddress;
  await ask(node, `send address:${mine} amount:1000 split:10 mine:true`);
  await coinsOf(node, `address:${mine} amount:100 coinage:3`, 10);
});

afterAll(() => nodes.stopAll());

async function ownCoin(): Promise<CoinJson> {
  const [coin] = await coinsOf(node, "sendable:true amount:100 checkmempool:true coinage:3");
  return coin as CoinJson;
}

interface Check {
  readonly burn: string;
  readonly signatures: number;
  readonly valid: unknown;
}

const VALID = { basic: true, signatures: true, mmrproofs: true, scripts: true };

describe("a transaction built by hand", () => {
  test("is refused in the reference's words when it is not there", async () => {
    const missing = "Transaction not found : nosuch";
    for (const line of [
      "txnlist id:nosuch",
      "txninput id:nosuch coinid:0x00",
      "txnoutput id:nosuch amount:1 address:0xFF",
      "txnstate id:nosuch port:1 value:1",
      "txnsign id:nosuch publickey:auto",
      "txnpost id:nosuch",
      "txnbasics id:nosuch",
      "txncheck id:nosuch",
      "txnexport id:nosuch",
      "txnmmr id:nosuch",
      "txnclear id:nosuch",
      'txnscript id:nosuch scripts:{"RETURN TRUE":""}',
      "txnaddamount id:nosuch amount:1 address:0xFF",
    ])
      expect(await refusal(node, line), line).toBe(missing);
    expect(await refusal(node, "txncreate")).toBe("param not specified : id");
    expect(await refusal(node, "txnimport")).toBe("Must specify file or data");
    expect(await refusal(node, "txnimport data:0x00")).toBeTypeOf("string");
    expect(await ask(node, "txndelete id:nosuch")).toBe("Not found");
    expect(await ask(node, "txndelete id:all")).toBe("Deleted");
    expect(await ask(node, "txnlist")).toEqual([]);
  });

  test("takes inputs, outputs, state and scripts, is signed, checked and posted", async () => {
    const coin = await ownCoin();
    expect(await ask(node, "txncreate id:t1")).toEqual({
      id: "t1",
      transaction: {
        inputs: [],
        outputs: [],
        state: [],
        linkhash: "0x00",
        transactionid: expect.stringMatching(/^0xDECA2444/),
      },
      witness: { signatures: [], mmrproofs: [], scripts: [] },
      outputcoindata: [],
    });
    expect(await refusal(node, "txncreate id:t1")).toBe("Txn with this ID already exists : t1");
    expect(await refusal(node, "txninput id:t1 coinid:0x1234")).toBe("CoinID not found : 0x1234");
    await ask(node, `txninput id:t1 coinid:${coin.coinid}`);
    const first = await ask<TxnJson>(node, `txnoutput id:t1 amount:0.5 address:${mine}`);
    expect(first.transaction.outputs[0]?.coinid).not.toBe("0x00");
    await ask(node, `txnoutput id:t1 amount:99.5 address:${mine} storestate:false`);
    expect(await refusal(node, `txnoutput id:t1 amount:1 address:${mine} tokenid:0x1234`)).toBe("Token not found : 0x1234");
    await ask(node, "txnstate id:t1 port:4 value:7");
    await ask(node, "txnstate id:t1 port:4 value:0xABCD");
    const { transaction } = await ask<TxnJson>(node, "txnstate id:t1 port:3 value:[some text]");
    expect(transaction.state).toEqual([
      { port: 3, type: 4, data: "[some text]" },
      { port: 4, type: 1, data: "0xABCD" },
    ]);
    expect(await refusal(node, "txnstate id:t1 port:256 value:1")).toMatch(/State Variable port MUST be 0-255/);
    await ask(node, 'txnscript id:t1 scripts:{"RETURN TRUE":""}');
    expect(await ask(node, "txncheck id:t1")).toEqual({
      coins: [{ tokenid: "0x00", input: "100", output: "100", difference: "0" }],
      tokens: 1,
      inputs: 1,
      outputs: 2,
      burn: "0",
      validamounts: true,
      signatures: 0,
      valid: { basic: false, signatures: true, mmrproofs: true, scripts: false },
    });
    expect((await ask<TxnJson>(node, "txnbasics id:t1")).witness).toMatchObject({ mmrproofs: [{}], scripts: [{}, {}] });
    expect((await ask<TxnJson>(node, "txnmmr id:t1")).witness.mmrproofs).toHaveLength(2);
    expect((await ask<TxnJson>(node, "txnclear id:t1")).witness).toEqual({ signatures: [], mmrproofs: [], scripts: [] });
    await ask(node, "txnbasics id:t1");
    const { keys } = await ask<{ keys: string[]; txnpost: boolean }>(node, "txnsign id:t1 publickey:auto");
    expect(keys).toHaveLength(1);
    expect(await ask(node, "txnsign id:t1 publickey:auto")).toEqual({ keys: [], txnpost: false });
    expect(await ask<Check>(node, "txncheck id:t1")).toMatchObject({ signatures: 1, valid: VALID });
    const { data } = await ask<{ data: string }>(node, "txnexport id:t1");
    expect((await ask<TxnJson>(node, `txnimport id:t2 data:${data}`)).transaction.transactionid).toBe(transaction.transactionid);
    expect(Object.keys(await ask<TxnJson>(node, "txnlist id:t2 transactiononly:true"))).toEqual(["id", "transaction"]);
    await ask(node, "txnpost id:t1 mine:true txndelete:true");
    expect((await ask<TxnJson[]>(node, "txnlist")).map(({ id }) => id)).toEqual(["t2"]);
    await coinsOf(node, `coinid:${first.transaction.outputs[0]?.coinid}`);
    await ask(node, "txndelete id:t2");
  });

  test("takes an amount, with change and burn, and is posted while it is signed", async () => {
    const made = await ask<TxnJson>(node, `txnauto id:t3 amount:0.25 address:${mine} burn:0.05`);
    expect(made.transaction.outputs.map(({ amount }) => amount)[0]).toBe("0.25");
    expect((await ask<Check>(node, "txncheck id:t3")).burn).toBe("0.05");
    expect(await refusal(node, `txnauto id:t3 amount:0.25 address:${mine}`)).toBe("Txn with this ID already exists : t3");
    const signed = await answer(node, "txnsign id:t3 publickey:auto txnpostauto:false txnpostburn:0.01 txnpostmine:true txndelete:true");
    expect(signed).toMatchObject({ status: true });
    expect(Object.keys(signed.response as object)).toEqual([
      "keys",
      "txnpost",
      "txnpostauto",
      "txnpostburn",
      "txnpostmine",
      "txpow",
      "delete",
    ]);
    expect((signed.response as { txpow: { burn: number } }).txpow.burn).toBe(0.06);
    await coinsOf(node, `coinid:${made.transaction.outputs[0]?.coinid}`);
    expect(await refusal(node, `txnauto id:t9 amount:99999999999 address:${mine}`)).toMatch(/^Not enough funds! Current balance : /);
    expect(await refusal(node, "txnlist id:t9")).toBe("Transaction not found : t9");
  });

  test("spends a floating coin, whichever fits", async () => {
    const { address } = await ask<{ address: string }>(node, "newaddress");
    await ask(node, `send address:${address} amount:3 mine:true`);
    await coinsOf(node, `address:${address} coinage:3`);
    await ask(node, "txncreate id:f");
    const row = await ask<TxnJson>(node, `txninput id:f floating:true address:${address} amount:3`);
    expect(row.transaction.inputs[0]?.coinid).toBe("0x01");
    const out = await ask<TxnJson>(node, `txnoutput id:f amount:3 address:${mine}`);
    expect(out.transaction.outputs[0]?.coinid).toBe("0x00");
    await ask(node, "txnsign id:f publickey:auto");
    await ask(node, "txnpost id:f auto:true mine:true");
    await noCoins(node, `address:${address}`);
    await ask(node, "txndelete id:f");
  });

  test("is mined by one and sent by another", async () => {
    const made = await ask<TxnJson>(node, `txnauto id:m amount:1 address:${mine} sign:true`);
    const { txpowid, data } = await ask<{ txpowid: string; data: string }>(node, "txnmine id:m");
    expect((await ask<{ data: { txpowid: string } }>(node, `txnminepost data:${data}`)).data.txpowid).toBe(txpowid);
    await coinsOf(node, `coinid:${made.transaction.outputs[0]?.coinid}`);
    expect(await refusal(node, "txnminepost data:0x00")).toBe("this is not the data of a TxPoW");
    await ask(node, "txndelete id:m");
  });

  test("is refused where there are too many, or it is too large", async () => {
    for (let i = 0; i < 1000; i++) node.transactions.put({ id: `many${i}`, transaction: EMPTY_TRANSACTION, witness: EMPTY_WITNESS });
    expect(await refusal(node, "txncreate id:more")).toMatch(/txndelete/);
    expect(await refusal(node, "txnstate id:many7 port:1 value:1")).toBeUndefined();
    await ask(node, "txndelete id:all");
    await ask(node, "txncreate id:large");
    expect(await refusal(node, `txnscript id:large scripts:{"RETURN ${"1".repeat(1100000)}":""}`)).toBe("this transaction is too large");
    await ask(node, "txndelete id:large");
  });

  test("outlives a restart", async () => {
    let other = await nodes.start("b", "solo");
    await ask(other, "txncreate id:kept");
    await ask(other, "txnstate id:kept port:1 value:true");
    await ask(other, "txncreate id:gone");
    await ask(other, "txndelete id:gone");
    const before = await ask(other, "txnlist");
    await nodes.stop("b");
    other = await nodes.start("b", "solo");
    expect(await ask(other, "txnlist")).toEqual(before);
    await nodes.stop("b");
  });
});

describe("signing by several", () => {
  test("goes by export and import, through files as well", async () => {
    const other = await nodes.start("c", "solo");
    const keyHere = (await ask<{ publickey: string }>(node, "newaddress")).publickey;
    const keyThere = (await ask<{ publickey: string }>(other, "newaddress")).publickey;
    const { address } = await ask<{ address: string }>(node, `newscript trackall:true script:"RETURN MULTISIG(2 ${keyHere} ${keyThere})"`);
    await ask(node, `send address:${address} amount:7 mine:true`);
    const [coin] = await coinsOf(node, `address:${address} coinage:3`);
    await ask(node, "txncreate id:both");
    await ask(node, `txninput id:both coinid:${coin?.coinid} scriptmmr:true`);
    await ask(node, `txnoutput id:both amount:7 address:${mine}`);
    expect(await ask(node, "txnsign id:both publickey:auto")).toEqual({ keys: [], nonsimple: [address], txnpost: false });
    expect(await refusal(node, `txnsign id:both publickey:${keyThere}`)).toBe(`Public Key not found : ${keyThere}`);
    const { data } = await ask<{ data: string }>(node, "txnexport id:both");
    await ask(other, `txnimport data:${data}`);
    expect(await ask(other, `txnsign id:both publickey:${keyThere}`)).toEqual({ keys: [keyThere], txnpost: false });
    const { file } = await ask<{ file: string; size: string }>(other, "txnexport id:both file:both.txn");
    expect(file).toBe(join(other.config.dataDir, "files", "both.txn"));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await ask<Check>(node, "txncheck id:both")).toMatchObject({ valid: { scripts: false } });
    await ask(node, `txnimport file:${file}`);
    await ask(node, `txnsign id:both publickey:${keyHere}`);
    expect(await ask<Check>(node, "txncheck id:both")).toMatchObject({ signatures: 2, valid: VALID });
    await ask(node, "txnpost id:both mine:true txndelete:true");
    await noCoins(node, `address:${address}`);
    await nodes.stop("c");
  });

  test("works with a key that no node holds, and never twice with one use", async () => {
    const seed = new Uint8Array(32).fill(7);
    const publickey = toHex0x(await treePublicKey(seed, 64));
    const { address } = await ask<{ address: string }>(node, `newscript trackall:true script:"RETURN SIGNEDBY(${publickey})"`);
    await ask(node, `send address:${address} amount:4 split:2 mine:true`);
    const coins = await coinsOf(node, `address:${address} coinage:3`, 2);
    for (const [i, coin] of coins.entries()) {
      await ask(node, `txncreate id:x${i}`);
      await ask(node, `txninput id:x${i} coinid:${coin.coinid} scriptmmr:true`);
      await ask(node, `txnoutput id:x${i} amount:2 address:${mine}`);
    }
    const sign = (id: string, use: number): string => `txnsign id:${id} publickey:custom privatekey:${toHex0x(seed)} keyuses:${use}`;
    const text = JSON.stringify(await answer(node, sign("x0", 5)));
    expect(text).toContain('"keys":[]');
    expect(text).not.toContain(toHex0x(seed));
    expect(await ask<Check>(node, "txncheck id:x0")).toMatchObject({ signatures: 1, valid: VALID });
    expect(await refusal(node, sign("x1", 5))).toMatch(/^use 5 of this key was made before/);
    expect(await refusal(node, sign("x1", 4))).toMatch(/the next one is 6$/);
    await ask(node, "txnclear id:x0");
    expect(await refusal(node, sign("x0", 5))).toBeUndefined();
    expect(await refusal(node, sign("x1", 6))).toBeUndefined();
    await ask(node, "txnpost id:x1 mine:true");
    expect(await refusal(node, "txnsign id:x1 publickey:custom privatekey:0xSECRET keyuses:9")).not.toMatch(/SECRET/);
    expect(await refusal(node, "txnsign id:x1 publickey:custom keyuses:1")).toBe("param not specified : privatekey");
    await ask(node, "txndelete id:all");
  });

  test("keeps a locked wallet locked but for the one command", async () => {
    await node.wallet.whenFilled;
    await ask(node, `txnauto id:l amount:1 address:${mine}`);
    expect(await refusal(node, `send address:${mine} amount:1 password:x`)).toBe("WalletDB NOT Locked! Password Invalid");
    await ask(node, "vault action:passwordlock password:secret99");
    expect(await refusal(node, "txnsign id:l publickey:auto")).toBeTypeOf("string");
    expect(await refusal(node, "txnsign id:l publickey:auto password:wrong")).toBe("Incorrect password!");
    expect(await refusal(node, "txnsign id:l publickey:auto password:secret99")).toBeUndefined();
    expect(await ask<Check>(node, "txncheck id:l")).toMatchObject({ signatures: 1, valid: VALID });
    expect(node.wallet.isLocked).toBe(true);
    expect(await ask(node, "vault")).toMatchObject({ phrase: "", locked: true });
    expect(await refusal(node, `send address:${mine} amount:1 password:secret99 mine:true`)).toBeUndefined();
    expect(await refusal(node, `send address:${mine} amount:1`)).toBeTypeOf("string");
    await ask(node, "vault action:passwordunlock password:secret99");
    await ask(node, "txndelete id:l");
  });
});

describe("locks", () => {
  test("are taken by one at a time", async () => {
    expect(await ask(node, "txnlock")).toEqual({ locked: false });
    expect(await ask(node, "txnlock action:lock")).toEqual({ success: true, locked: true });
    expect(await ask(node, "txnlock action:lock timeout:60")).toEqual({ success: false, locked: true });
    const waiting = ask(node, "txnlock action:lock timeout:5000");
    expect(await ask(node, "txnlock action:unlock")).toEqual({ success: true, locked: false });
    expect(await waiting).toEqual({ success: true, locked: true });
    await ask(node, "txnlock action:unlock unlockdelay:20");
    expect(await ask(node, "txnlock")).toEqual({ locked: false });
  });

  test("keep transactions from sharing coins", async () => {
    expect(await ask(node, "txncoinlock")).toEqual({ coinslocked: false });
    expect(await ask(node, "txncoinlock action:lock")).toEqual({ coinslocked: true });
    const a = await ask<TxnJson>(node, `txnauto id:c1 amount:0.001 address:${mine}`);
    const b = await ask<TxnJson>(node, `txnauto id:c2 amount:0.001 address:${mine}`);
    expect(a.transaction.inputs[0]?.coinid).not.toBe(b.transaction.inputs[0]?.coinid);
    expect(await ask(node, "txncoinlock action:unlock")).toEqual({ coinslocked: false });
    await ask(node, "txndelete id:all");
  });
});

test("who may only read cannot see, change or post them", async () => {
  await ask(node, `txnauto id:secret amount:1 address:${mine} sign:true`);
  for (const line of [
    "txnlist",
    "txnexport id:secret",
    "txnpost id:secret",
    `txnoutput id:secret amount:1 address:${mine}`,
    "txnimport id:secret data:0x00",
    "txndelete id:all",
    "txnlock action:lock",
    "coinimport data:0x00",
    "sendpost file:x",
  ])
    expect(await answer(node, line, "read"), line).toEqual({ status: false });
  expect(await refusal(node, "multisigread action:view file:x", "read")).toBe("Files need write access");
  await ask(node, "txndelete id:secret");
});

test("files stay where they belong", async () => {
  await ask(node, "txncreate id:file");
  for (const name of ["../x", "a/b", ".hidden", join(node.config.dataDir, "wallet.db"), join(node.config.dataDir, "files", "..", "x")])
    expect(await refusal(node, `txnexport id:file file:${name}`), name).toBeTypeOf("string");
  expect(await refusal(node, "txnimport file:nosuch")).toMatch(/^File does not exist : /);
  expect(existsSync(join(node.config.dataDir, "x"))).toBe(false);
  await ask(node, "txndelete id:file");
});
