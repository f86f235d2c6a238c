import { copyFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MinimoteNode } from "../../host/node/node.js";
import { toHex0x } from "../../host/protocol/bytes.js";
import { encodeMx } from "../../host/protocol/mx.js";
import { simpleRow } from "../../host/wallet/scripts.js";
import { treePublicKey } from "../../host/wallet/treekey.js";
import { ask, Nodes } from "../node/nodes.js";
import { until } from "../until.js";
import { answer, blocks, type CoinJson, coinsOf, noCoins, refusal, type TxnJson } from "./asking.js";

const PHRASE =
  "ABANDON ABILITY ABLE ABOUT ABOVE ABSENT ABSORB ABSTRACT ABSURD ABUSE ACCESS ACCIDENT ACCOUNT ACCUSE ACHIEVE ACID ACOUSTIC ACQUIRE ACROSS ACT ACTION ACTOR ACTRESS ACTUAL";

const nodes = new Nodes();
let node: MinimoteNode;
let mine = "";

beforeAll(async () => {
  node = await nodes.start("a", "solo", { mine: true, blockSeconds: 0.2, phrase: PHRASE });
  await blocks(node, 6);
  mine = (await ask<{ address: string }>(node, "getaddress")).address;
  await ask(node, `send address:${mine} amount:1000 split:10 mine:true`);
  await coinsOf(node, `address:${mine} amount:100 coinage:3`, 10);
});

afterAll(() => nodes.stopAll());

interface Written {
  readonly txpow: string;
}

interface ShownTxPoW {
  readonly txpow: { readonly body: { readonly txn: TxnJson["transaction"]; readonly witness: TxnJson["witness"] } };
}

describe("a payment whose keys are offline", () => {
  test("is made online, signed elsewhere and posted", async () => {
    const cold = await nodes.start("cold", "solo", { phrase: PHRASE });
    const { address } = await ask<{ address: string }>(node, "newaddress");
    const unsigned = await ask<Written>(node, `sendnosign address:${address} amount:2.5 state:{"1":"7"} file:rent.txn`);
    expect(unsigned.txpow).toBe(join(node.config.dataDir, "files", "rent.txn"));
    const handed = join(cold.config.dataDir, "files", "rent.txn");
    await ask(cold, "txncreate id:x");
    await ask(cold, "txnexport id:x file:rent.txn");
    copyFileSync(unsigned.txpow, handed);

    const shown = (await ask<ShownTxPoW>(cold, "sendview file:rent.txn")).txpow.body;
    expect(shown.txn.outputs[0]).toMatchObject({ address, amount: "2.5" });
    expect(shown.witness.signatures).toEqual([]);
    await cold.wallet.whenFilled;
    await ask(cold, "vault action:passwordlock password:coldcold");
    expect(await refusal(cold, "sendsign file:rent.txn")).toBeTypeOf("string");
    const signed = await ask<Written>(cold, "sendsign file:rent.txn password:coldcold");
    expect(cold.wallet.isLocked).toBe(true);
    expect(basename(signed.txpow)).toMatch(/^signedtransaction-\d+\.txn$/);

    const back = join(node.config.dataDir, "files", "signed.txn");
    copyFileSync(signed.txpow, back);
    const posted = (await ask<ShownTxPoW>(node, "sendpost file:signed.txn")).txpow.body;
    expect(posted.witness.signatures).toHaveLength(1);
    await coinsOf(node, `address:${address} amount:2.5`);
    await nodes.stop("cold");
  });

  test("needs a file that is one", async () => {
    expect(await refusal(node, "sendview")).toBe("param not specified : file");
    expect(await refusal(node, "sendpost file:nosuch")).toMatch(/^File does not exist/);
    await ask(node, "txncreate id:y");
    await ask(node, "txnexport id:y file:y.txn");
    expect(await refusal(node, "sendview file:y.txn")).toBe("this is not the data of a TxPoW");
    await ask(node, "txndelete id:y");
  });
});

describe("a key that the owner keeps", () => {
  const seed = new Uint8Array(32).fill(9);
  let script = "";
  let address = "";

  beforeAll(async () => {
    const row = simpleRow(await treePublicKey(seed, 64), false);
    script = row.script;
    address = encodeMx(row.address);
    // Else its coins would be forgotten when their blocks leave the tree.
    await ask(node, `newscript trackall:true script:"${script}"`);
    await ask(node, `send address:${address} amount:20 split:2 mine:true`);
    await coinsOf(node, `address:${address} coinage:3`, 2);
  });

  const secret = (use: number): string => `privatekey:${toHex0x(seed)} keyuses:${use}`;

  test("signs what another machine made", async () => {
    const to = (await ask<{ address: string }>(node, "newaddress")).address;
    const made = await ask<{ txn: TxnJson; data: string }>(
      node,
      `createfrom fromaddress:${address} address:${to} amount:3 burn:0.5 script:"${script}"`,
    );
    expect(Object.keys(made)).toEqual(["txn", "data"]);
    expect(made.txn.transaction.outputs.map(({ amount }) => amount)).toEqual(["3", "6.5"]);
    const other = await nodes.start("other", "solo");
    const text = JSON.stringify(await answer(other, `signfrom data:${made.data} ${secret(0)}`));
    expect(text).not.toContain(toHex0x(seed));
    const signed = await ask<{ data: string }>(other, `signfrom data:${made.data} ${secret(0)}`);
    await nodes.stop("other");
    await ask(node, `postfrom data:${signed.data} mine:true`);
    await coinsOf(node, `address:${to} amount:3`);
    await coinsOf(node, `address:${address} amount:6.5 coinage:3`);
    expect(await ask(node, "txnlist")).toEqual([]);
  });

  test("sends in one go, of chosen coins, and merges", async () => {
    const to = (await ask<{ address: string }>(node, "newaddress")).address;
    await ask(node, `sendfrom fromaddress:${address} address:${to} amount:1 script:"${script}" ${secret(1)}`);
    await coinsOf(node, `address:${to} amount:1`);
    expect(await refusal(node, `sendfrom fromaddress:${address} address:${to} amount:1 script:"${script}" ${secret(1)}`)).toMatch(
      /^use 1 of this key was made before/,
    );
    expect(await refusal(node, `sendfrom fromaddress:${address} address:${to} amount:1000 script:"${script}" ${secret(2)}`)).toMatch(
      /^Not enough funds! Current balance : /,
    );
    const [coin] = await coinsOf(node, `address:${address} coinage:3`, 2);
    const rest = Number(coin?.amount) - 0.5;
    const made = await ask<{ data: string }>(
      node,
      `constructfrom coinlist:${coin?.coinid} script:"${script}" toaddress:${to} toamount:0.5 changeaddress:${address} changeamount:${rest}`,
    );
    const signed = await ask<{ data: string }>(node, `signfrom data:${made.data} ${secret(2)}`);
    await ask(node, `postfrom data:${signed.data} mine:true`);
    await coinsOf(node, `address:${to} amount:0.5`);
    await coinsOf(node, `address:${address} coinage:3`, 2);
    await ask(node, `consolidatefrom fromaddress:${address} script:"${script}" ${secret(3)}`);
    await coinsOf(node, `address:${address}`, 10);
  });
});

describe("coins of several owners", () => {
  test("are locked to keys, spent with a file that goes round, and the rest stays locked", async () => {
    const other = await nodes.start("partner", "solo");
    const keys = [
      (await ask<{ publickey: string }>(node, "multisig action:getkey")).publickey,
      (await ask<{ publickey: string }>(other, "multisigread action:getkey")).publickey,
    ];
    expect(await ask(node, "multisig action:list")).toEqual([]);
    const locked = `multisig action:create id:club amount:10 required:2 publickeys:["${keys.join('","')}"] mine:true`;
    expect(await refusal(node, locked.replace("required:2", "required:3"))).toBe("Cannot have LESS keys than required!");
    expect(Object.keys(await ask<object>(node, locked))).toEqual(["send", "id"]);
    await coinsOf(node, "relevant:true amount:10 coinage:3");
    expect(await ask(node, "multisig action:list id:club")).toHaveLength(1);
    expect(await refusal(node, `multisig action:spend id:nosuch amount:4 address:${mine}`)).toMatch(/^MultiSig with id not found : 0x/);

    const made = await ask<{ command: string; status: boolean }[]>(
      node,
      `multisig action:spend id:club amount:4 address:${mine} file:club.txn`,
    );
    expect(made.every(({ status }) => status)).toBe(true);
    expect(made[0]?.command).toBe("txncreate");
    expect(made.at(-1)?.command).toBe("txndelete");
    await ask(node, "multisig action:sign file:club.txn");
    await ask(other, "txncreate id:x");
    await ask(other, "txnexport id:x file:club.txn");
    copyFileSync(join(node.config.dataDir, "files", "signed_club.txn"), join(other.config.dataDir, "files", "club.txn"));
    const signed = await ask<{ command: string }[]>(other, "multisig action:sign file:club.txn");
    expect(signed.map(({ command }) => command)).toEqual(["txnsign", "txnexport", "txndelete"]);
    copyFileSync(join(other.config.dataDir, "files", "signed_club.txn"), join(node.config.dataDir, "files", "both.txn"));
    const [viewed] = await ask<{ response: TxnJson }[]>(node, "multisigread action:view file:both.txn");
    expect(viewed?.response.witness.signatures).toHaveLength(2);
    await ask(node, "multisig action:post file:both.txn");
    await coinsOf(node, "relevant:true amount:6");
    expect((await ask<CoinJson[]>(node, "multisig action:list id:club")).map(({ amount }) => amount)).toEqual(["6"]);
    expect(await refusal(node, "multisig action:foo")).toBe("Invalid action : foo");
    await nodes.stop("partner");
  });
});

describe("a payment that waits", () => {
  test("is made as soon as it can be, and can be taken back", async () => {
    expect(await ask(node, "sendpoll action:list")).toEqual({ commands: [], total: 0 });
    expect(await refusal(node, "sendpoll")).toBe("Must be a valid send command..");
    const to = (await ask<{ address: string }>(node, "newaddress")).address;
    expect(await ask(node, `sendpoll address:${to} amount:0.75`)).toEqual({ command: `send address:${to} amount:0.75` });
    const { commands, total } = await ask<{ commands: { uid: string; command: string }[]; total: number }>(node, "sendpoll action:list");
    expect(total).toBe(1);
    expect(commands[0]).toEqual({ uid: expect.stringMatching(/^0x[0-9A-F]{32}$/), command: `send address:${to} amount:0.75` });
    await coinsOf(node, `address:${to} amount:0.75`);
    await until(() => node.retries.list().length === 0);
    expect(await ask(node, "sendpoll action:list")).toEqual({ commands: [], total: 0 });

    await ask(node, `sendpoll address:${to} amount:999999999999 password:verysecret`);
    const waiting = await ask<{ commands: { uid: string }[] }>(node, "sendpoll action:list");
    expect(JSON.stringify(waiting)).not.toContain("verysecret");
    await ask(node, `sendpoll action:remove uid:${waiting.commands[0]?.uid}`);
    expect(await ask(node, "sendpoll action:list")).toEqual({ commands: [], total: 0 });
    await noCoins(node, `address:${to} amount:999`);
  });
});
