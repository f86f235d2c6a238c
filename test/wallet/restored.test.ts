import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TEST_PARAMS } from "../../host/chain/params.js";
import { EMPTY_TRANSACTION } from "../../host/protocol/transaction.js";
import type { TxPoW } from "../../host/protocol/txpow.js";
import { EMPTY_WITNESS } from "../../host/protocol/witness.js";
import { WalletDatabase } from "../../host/store/wallet-db.js";
import { freshUse, useBeyond } from "../../host/wallet/restored-use.js";
import { DEFAULT_SHAPE, maxUses } from "../../host/wallet/treekey.js";
import { Wallet } from "../../host/wallet/wallet.js";
import { recordedChain } from "../chain/recorded.js";

const PHRASE = Array(24).fill("ABANDON").join(" ");
const SUBTREE = 64 * 64;
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

let directory = "";
const opened: Wallet[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "restored-"));
});
afterEach(async () => {
  for (const wallet of opened.splice(0)) await wallet.close();
  rmSync(directory, { recursive: true });
});

async function restore(name: string): Promise<Wallet> {
  const store = new WalletDatabase({ path: join(directory, `${name}.db`), cacheKiB: 256 });
  const wallet = await Wallet.open({
    store,
    params: TEST_PARAMS,
    randomBytes: random,
    phrase: PHRASE,
  });
  opened.push(wallet);
  return wallet;
}

function firstKey(wallet: Wallet): { readonly publicKey: Uint8Array; readonly uses: number } {
  const [key] = wallet.keys();
  if (key === undefined) throw new Error("the wallet has no key");
  return key;
}

/** A TxPoW that shows a signature. */
async function showing(wallet: Wallet, data: Uint8Array, publicKey = firstKey(wallet).publicKey): Promise<TxPoW> {
  const signature = await wallet.sign(publicKey, data);
  const { genesis } = recordedChain("chain-1");
  const body = {
    ...(genesis.body as NonNullable<TxPoW["body"]>),
    transaction: EMPTY_TRANSACTION,
    witness: { ...EMPTY_WITNESS, signatures: [signature] },
  };
  return { header: genesis.header, body };
}

describe("a wallet restored from its phrase", () => {
  test("does not sign before it has seen the chain, and says so", async () => {
    const wallet = await restore("a");
    expect(wallet.isCatchingUp).toBe(true);
    await expect(wallet.sign(firstKey(wallet).publicKey, Uint8Array.of(1))).rejects.toThrow(/caught up with the chain/);
    wallet.caughtUp();
    await wallet.sign(firstKey(wallet).publicKey, Uint8Array.of(1));
  });

  test("goes on at a use drawn by lot that a key in its first years has not reached", async () => {
    const { uses } = firstKey(await restore("a"));
    expect(uses).toBeGreaterThanOrEqual(SUBTREE);
    expect(uses).toBeLessThan(48 * SUBTREE);
    const draws = Array.from({ length: 500 }, () => freshUse(DEFAULT_SHAPE, random));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(SUBTREE);
    expect(Math.max(...draws)).toBeLessThan(48 * SUBTREE);
    expect(new Set(draws.map((use) => use % SUBTREE)).size).toBeGreaterThan(400);
    expect(freshUse({ keys: 2, levels: 1 }, random)).toBe(0);
  });

  test("two that skip each other's uses do not use the key up", () => {
    let use = 0;
    for (let i = 0; i < 200; i++) {
      const next = useBeyond(use, DEFAULT_SHAPE, random);
      expect(next).toBeGreaterThan(use);
      use = next;
    }
    expect(use).toBeLessThan(maxUses(DEFAULT_SHAPE));
    expect(useBeyond(0, DEFAULT_SHAPE, random)).toBeGreaterThan(SUBTREE);
  });

  test("goes on well beyond every use that shows in the chain", async () => {
    const elsewhere = await restore("a");
    elsewhere.caughtUp();
    const { publicKey } = firstKey(elsewhere);
    const high = 50 * SUBTREE + 64 + 5;
    elsewhere.raiseUse(publicKey, high);
    const seen = await showing(elsewhere, Uint8Array.of(7));
    const wallet = await restore("b");
    wallet.noteUses(seen);
    const { uses } = firstKey(wallet);
    expect(uses).toBeGreaterThan(high + SUBTREE / 8);
    expect(uses).toBeLessThan(maxUses(DEFAULT_SHAPE));
    wallet.noteUses(seen);
    expect(firstKey(wallet).uses).toBe(uses);
  });

  test("also for keys that it makes only later", async () => {
    const elsewhere = await restore("a");
    elsewhere.caughtUp();
    const { publicKey } = await elsewhere.newAddress();
    const high = 55 * SUBTREE;
    elsewhere.raiseUse(publicKey, high);
    const seen = await showing(elsewhere, Uint8Array.of(7), publicKey);
    const wallet = await restore("b");
    wallet.noteUses(seen);
    const uses = async (): Promise<number | undefined> => {
      await wallet.newAddress();
      return wallet.keys().find((key) => Buffer.from(key.publicKey).equals(publicKey))?.uses;
    };
    let made = await uses();
    while (made === undefined) made = await uses();
    expect(made).toBeGreaterThan(high);
  });

  test("a stop while a key is made does not leave one that starts from its first use", async () => {
    const store = new WalletDatabase({ path: join(directory, "a.db"), cacheKiB: 256 });
    const addKey = store.addKey.bind(store);
    const raised: number[] = [];
    store.addKey = (key, script) => {
      raised.push(store.freeUse(key.publicKey));
      addKey(key, script);
    };
    const wallet = await Wallet.open({ store, params: TEST_PARAMS, randomBytes: random, phrase: PHRASE });
    opened.push(wallet);
    await wallet.whenFilled;
    expect(raised).toHaveLength(8);
    expect(Math.min(...raised)).toBeGreaterThanOrEqual(SUBTREE);
  });

  test("stays restored over a restart, also when it has caught up", async () => {
    const before = await restore("a");
    await before.whenFilled;
    await before.close();
    const wallet = await restore("a");
    expect(wallet.isCatchingUp).toBe(true);
    wallet.caughtUp();
    await wallet.close();
    const again = await restore("a");
    expect(again.isCatchingUp).toBe(false);
    const { publicKey } = await again.newAddress();
    const row = again.keys().find((key) => Buffer.from(key.publicKey).equals(publicKey));
    expect(row?.uses).toBeGreaterThanOrEqual(SUBTREE);
  });

  test("a new wallet signs at once, from the first use on", async () => {
    const store = new WalletDatabase({ path: join(directory, "new.db"), cacheKiB: 256 });
    const wallet = await Wallet.open({ store, params: TEST_PARAMS, randomBytes: random });
    opened.push(wallet);
    expect(wallet.isCatchingUp).toBe(false);
    expect(firstKey(wallet).uses).toBe(0);
    await wallet.sign(firstKey(wallet).publicKey, Uint8Array.of(1));
  });
});
