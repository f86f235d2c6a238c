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
import { Wallet } from "../../host/wallet/wallet.js";
import { recordedChain } from "../chain/recorded.js";

const PHRASE = Array(24).fill("ABANDON").join(" ");
const SUBTREE = 64 * 64;

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
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
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
async function showing(wallet: Wallet, data: Uint8Array): Promise<TxPoW> {
  const signature = await wallet.sign(firstKey(wallet).publicKey, data);
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

  test("goes on in a subtree that a key in its first years has not reached", async () => {
    const { uses } = firstKey(await restore("a"));
    expect(uses % SUBTREE).toBe(0);
    expect(uses).toBeGreaterThanOrEqual(SUBTREE);
    expect(uses).toBeLessThan(63 * SUBTREE);
  });

  test("skips every use that shows in the chain", async () => {
    const elsewhere = await restore("a");
    elsewhere.caughtUp();
    const { publicKey } = firstKey(elsewhere);
    const high = 63 * SUBTREE + 64 + 5;
    elsewhere.raiseUse(publicKey, high);
    const seen = await showing(elsewhere, Uint8Array.of(7));
    const wallet = await restore("b");
    wallet.noteUses(seen);
    expect(firstKey(wallet).uses).toBe(high + 1);
    wallet.noteUses(seen);
    expect(firstKey(wallet).uses).toBe(high + 1);
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
    const wallet = await Wallet.open({ store, params: TEST_PARAMS, randomBytes: (length) => new Uint8Array(randomBytes(length)) });
    opened.push(wallet);
    expect(wallet.isCatchingUp).toBe(false);
    expect(firstKey(wallet).uses).toBe(0);
    await wallet.sign(firstKey(wallet).publicKey, Uint8Array.of(1));
  });
});
