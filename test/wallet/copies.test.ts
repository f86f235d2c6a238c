import { randomBytes } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TEST_PARAMS } from "../../host/chain/params.js";
import { placeOf } from "../../host/node/place.js";
import { EMPTY_TRANSACTION } from "../../host/protocol/transaction.js";
import type { TxPoW } from "../../host/protocol/txpow.js";
import { EMPTY_WITNESS } from "../../host/protocol/witness.js";
import { WalletDatabase } from "../../host/store/wallet-db.js";
import { isOtherFile, isOtherMachine } from "../../host/wallet/caution.js";
import { copyUse, pauseUse, useBeyond, useOf } from "../../host/wallet/restored-use.js";
import { DEFAULT_SHAPE, maxUses } from "../../host/wallet/treekey.js";
import { Wallet } from "../../host/wallet/wallet.js";
import type { Place } from "../../host/wallet/wallet-store.js";
import { recordedChain } from "../chain/recorded.js";

const MINUTE = 60 * 1000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 10, 21);
const HOME: Place = { machine: "m1", board: "b1", inode: "11", born: "100" };
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

let directory = "";
let now = START;
const opened: Wallet[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "copies-"));
  now = START;
});
afterEach(async () => {
  for (const wallet of opened.splice(0)) await wallet.close();
  rmSync(directory, { recursive: true });
});

async function open(name: string, place: Place = HOME, phrase?: string): Promise<Wallet> {
  const store = new WalletDatabase({ path: join(directory, name), cacheKiB: 256 });
  const wallet = await Wallet.open({
    store,
    params: TEST_PARAMS,
    randomBytes: random,
    place,
    now: () => now,
    ...(phrase === undefined ? {} : { phrase }),
  });
  opened.push(wallet);
  return wallet;
}

async function close(wallet: Wallet): Promise<void> {
  opened.splice(opened.indexOf(wallet), 1);
  await wallet.close();
}

/** A copy of the file as it is while the wallet is closed. */
function copy(from: string, to: string): void {
  copyFileSync(join(directory, from), join(directory, to));
}

const firstKey = (wallet: Wallet): Uint8Array => wallet.keys()[0]?.publicKey as Uint8Array;
const usesOf = (wallet: Wallet): number => wallet.keys()[0]?.uses ?? -1;

/** Signs `count` things nobody signed before, with the first key; gives the uses that it took. */
async function signs(wallet: Wallet, count: number): Promise<number[]> {
  const uses: number[] = [];
  for (let i = 0; i < count; i++) uses.push(useOf(await wallet.sign(firstKey(wallet), random(32)), DEFAULT_SHAPE) as number);
  return uses;
}

async function showing(wallet: Wallet): Promise<{ readonly txpow: TxPoW; readonly use: number }> {
  const signature = await wallet.sign(firstKey(wallet), random(32));
  const { genesis } = recordedChain("chain-1");
  const body = {
    ...(genesis.body as NonNullable<TxPoW["body"]>),
    transaction: EMPTY_TRANSACTION,
    witness: { ...EMPTY_WITNESS, signatures: [signature] },
  };
  return { txpow: { header: genesis.header, body }, use: useOf(signature, DEFAULT_SHAPE) as number };
}

const allDifferent = (uses: readonly number[]): boolean => new Set(uses).size === uses.length;

describe("no one-time key signs twice", () => {
  test("when an old copy of the data folder is put back", async () => {
    const wallet = await open("a.db");
    const before = await signs(wallet, 2);
    await close(wallet);
    copy("a.db", "old.db");
    const again = await open("a.db");
    expect(again.isCatchingUp).toBe(false);
    const lost = await signs(again, 3);
    await close(again);
    expect(lost).toEqual([2, 3, 4]);

    const restored = await open("old.db", { ...HOME, inode: "12", born: "200" });
    expect(restored.isCatchingUp).toBe(true);
    await expect(signs(restored, 1)).rejects.toThrow(/may be|copied.*caught up with the chain/);
    restored.caughtUp();
    const after = await signs(restored, 3);
    expect(allDifferent([...before, ...lost, ...after])).toBe(true);
    await close(restored);
    const quiet = await open("old.db", { ...HOME, inode: "12", born: "200" });
    expect(quiet.isCatchingUp).toBe(false);
    expect(await signs(quiet, 1)).toEqual([(after.at(-1) as number) + 1]);
  }, 120_000);

  test("when the image of a card is put back on the same card", async () => {
    const wallet = await open("a.db");
    await signs(wallet, 1);
    await close(wallet);
    copy("a.db", "image.db");
    const running = await open("a.db");
    const lost = await signs(running, 3);
    await close(running);
    now += 7 * HOUR;
    const restored = await open("image.db");
    expect(restored.isCatchingUp).toBe(true);
    await expect(signs(restored, 1)).rejects.toThrow(/not run for some time/);
    await close(restored);
    const waiting = await open("image.db");
    expect(waiting.isCatchingUp).toBe(true);
    waiting.caughtUp();
    expect(allDifferent([0, ...lost, ...(await signs(waiting, 2))])).toBe(true);
  }, 120_000);

  test("when the clock went back by more than a board's clock may be wrong", async () => {
    const wallet = await open("a.db");
    const before = await signs(wallet, 1);
    await close(wallet);
    now -= 10 * MINUTE;
    const slack = await open("a.db");
    expect(slack.isCatchingUp).toBe(false);
    await close(slack);
    now -= 10 * MINUTE + 1;
    const late = await open("a.db");
    expect(late.isCatchingUp).toBe(true);
    await expect(signs(late, 1)).rejects.toThrow(/may be an old copy/);
    late.caughtUp();
    expect(allDifferent([...before, ...(await signs(late, 1))])).toBe(true);
  });

  test("when a card is cloned and both run", async () => {
    const wallet = await open("a.db");
    const before = await signs(wallet, 2);
    await close(wallet);
    copy("a.db", "clone.db");
    const [one, two] = [await open("a.db"), await open("clone.db", { ...HOME, board: "b2" })];
    expect([one.isCatchingUp, two.isCatchingUp]).toEqual([false, true]);
    two.caughtUp();
    const uses = [...before];
    for (let i = 0; i < 3; i++) {
      uses.push(...(await signs(one, 1)));
      const shown = await showing(two);
      uses.push(shown.use);
      one.noteUses(shown.txpow);
    }
    expect(allDifferent(uses)).toBe(true);
  }, 120_000);

  test("when two nodes have one phrase", async () => {
    const one = await open("a.db");
    const two = await open("b.db", { ...HOME, board: "b2" }, one.revealPhrase());
    two.caughtUp();
    const uses: number[] = [];
    for (let i = 0; i < 3; i++) {
      const [first, second] = [await showing(one), await showing(two)];
      uses.push(first.use, second.use);
      one.noteUses(second.txpow);
      two.noteUses(first.txpow);
    }
    expect(allDifferent(uses)).toBe(true);
  }, 120_000);

  test("when the chain shows spends that nobody here signed", async () => {
    const wallet = await open("a.db");
    const [script] = wallet.scripts().filter((row) => row.simple);
    const address = script?.address as Uint8Array;
    const before = usesOf(wallet);
    wallet.noteUnseenSpend(address);
    const after = usesOf(wallet);
    expect(after).toBeGreaterThan(before + 1000);
    wallet.noteUnseenSpend(address);
    expect(usesOf(wallet)).toBe(after);
    wallet.noteUnseenSpend(new Uint8Array(32));
  }, 60_000);

  test("when keys that an old copy has not made yet are made again", async () => {
    const wallet = await open("a.db");
    await close(wallet);
    now += 7 * HOUR;
    const restored = await open("a.db");
    const { publicKey } = await restored.newAddress();
    const made = restored.keys().find((key) => Buffer.from(key.publicKey).equals(publicKey));
    expect(made?.uses).toBeGreaterThanOrEqual(64);
  }, 60_000);
});

describe("the owner of a wallet that waits", () => {
  test("can go on at once with fresh uses", async () => {
    const wallet = await open("a.db");
    await wallet.whenFilled;
    await close(wallet);
    const moved = await open("a.db", { ...HOME, machine: "m2" });
    const before = moved.keys().map(({ uses }) => uses);
    expect(Math.min(...before)).toBeGreaterThan(0);
    await moved.proceed();
    expect(moved.isCatchingUp).toBe(false);
    for (const [i, { uses }] of moved.keys().entries()) expect(uses).toBeGreaterThan(before[i] as number);
    await signs(moved, 1);
  }, 60_000);
});

describe("a place", () => {
  test("is another one for a copied file and on another machine, not for what cannot be told or may change by itself", () => {
    expect([isOtherFile(HOME, HOME), isOtherMachine(HOME, HOME)]).toEqual([false, false]);
    expect(isOtherFile(HOME, { ...HOME, inode: "12", born: "200" })).toBe(true);
    expect(isOtherFile(HOME, { ...HOME, inode: "12" })).toBe(false);
    expect(isOtherFile(HOME, { ...HOME, born: "200" })).toBe(false);
    expect(isOtherMachine(HOME, { ...HOME, machine: "m2" })).toBe(true);
    expect(isOtherMachine(HOME, { ...HOME, board: "b2" })).toBe(true);
    const unknown = { machine: "", board: "", inode: "12", born: "" };
    expect([isOtherFile(HOME, unknown), isOtherMachine(HOME, unknown)]).toEqual([false, false]);
  });

  test("of a real file stays while it is written, and changes for its copy", () => {
    const path = join(directory, "file");
    copyFileSync(new URL(import.meta.url), path);
    const place = placeOf(path);
    copyFileSync(path, join(directory, "other"));
    expect(isOtherFile(place, placeOf(path))).toBe(false);
    if (place.born !== "") expect(isOtherFile(place, placeOf(join(directory, "other")))).toBe(true);
    expect(placeOf(join(directory, "none")).inode).toBe("");
  });
});

describe("the uses that are skipped", () => {
  test("are few after a pause: a thing that is switched off every night goes on for years", () => {
    let use = 0;
    for (let day = 0; day < 5 * 365; day++) {
      const next = pauseUse(use, DEFAULT_SHAPE, random);
      expect(next).toBeGreaterThanOrEqual(use);
      use = next;
    }
    expect(use).toBeLessThan(maxUses(DEFAULT_SHAPE) * 0.95);
    expect(pauseUse(0, DEFAULT_SHAPE, random)).toBeGreaterThanOrEqual(64);
  });

  test("leave keys usable on a machine that copies its data at every start", () => {
    let use = 0;
    for (let start = 0; start < 100; start++) use = useBeyond(use, DEFAULT_SHAPE, random);
    expect(maxUses(DEFAULT_SHAPE) - use).toBeGreaterThan(5000);
  });

  test("of a copy are drawn from most of those that are left", () => {
    const draws = Array.from({ length: 300 }, () => copyUse(1000, DEFAULT_SHAPE, random));
    expect(Math.min(...draws)).toBeGreaterThan(1000);
    expect(Math.max(...draws)).toBeLessThan(maxUses(DEFAULT_SHAPE) * 0.76);
    expect(Math.max(...draws) - Math.min(...draws)).toBeGreaterThan(100_000);
    expect(copyUse(maxUses(DEFAULT_SHAPE) - 1, DEFAULT_SHAPE, random)).toBe(maxUses(DEFAULT_SHAPE) - 1);
  });
});
