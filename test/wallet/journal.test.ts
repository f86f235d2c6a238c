import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Bytes } from "../../host/protocol/bytes.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { WalletDatabase } from "../../host/store/wallet-db.js";
import { SigningJournal, type UseSigner } from "../../host/wallet/journal.js";
import { until } from "../until.js";

const KEY = new Uint8Array(32).fill(7);
const data = (n: number): Bytes => Uint8Array.of(n >> 8, n);

let directory = "";
let path = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "journal-"));
  path = join(directory, "wallet.db");
});
afterEach(() => rmSync(directory, { recursive: true }));

const openStore = (): WalletDatabase => new WalletDatabase({ path, cacheKiB: 256 });

/** A signer that notes its uses; its signatures name the use. */
function noting(uses: number[], maxUses = 1000): UseSigner {
  return {
    maxUses,
    sign: async (use) => {
      uses.push(use);
      await setTimeout(1);
      return { proofs: [{ publickey: Uint8Array.of(use), signature: KEY, proof: { blocktime: MiniNumber.ZERO, chunks: [] } }] };
    },
  };
}

describe("signing journal", () => {
  test("hands out one use after the other, also to those who ask at once", async () => {
    const store = openStore();
    const journal = new SigningJournal(store);
    const uses: number[] = [];
    await Promise.all(Array.from({ length: 30 }, (_, i) => journal.sign(KEY, data(i), noting(uses))));
    expect(uses).toEqual(Array.from({ length: 30 }, (_, i) => i));
    await journal.close();
    store.close();
  });

  test("reserves before it signs and gives back at the end", async () => {
    const store = openStore();
    const journal = new SigningJournal(store);
    await journal.sign(KEY, data(1), {
      maxUses: 1000,
      sign: async (use) => {
        expect(store.freeUse(KEY)).toBeGreaterThan(use);
        return { proofs: [] };
      },
    });
    expect(store.freeUse(KEY)).toBe(8);
    await journal.close();
    expect(store.freeUse(KEY)).toBe(1);
    expect(() => journal.sign(KEY, data(2), noting([]))).toThrow("closed");
    store.close();
  });

  test("burns what was reserved when it was not closed", async () => {
    const uses: number[] = [];
    for (let i = 0; i < 3; i++) {
      const store = openStore();
      await new SigningJournal(store).sign(KEY, data(i), noting(uses));
      store.close();
    }
    expect(uses).toEqual([0, 8, 16]);
  });

  test("the same data gets the signature it got before", async () => {
    const uses: number[] = [];
    let store = openStore();
    const first = await new SigningJournal(store).sign(KEY, data(1), noting(uses));
    store.close();
    store = openStore();
    const journal = new SigningJournal(store);
    const again = await Promise.all([journal.sign(KEY, data(1), noting(uses)), journal.sign(KEY, data(1), noting(uses))]);
    expect(again).toEqual([first, first]);
    expect(uses).toEqual([0]);
    await Promise.all([journal.sign(KEY, data(2), noting(uses)), journal.sign(KEY, data(2), noting(uses))]);
    expect(uses).toHaveLength(2);
    store.close();
  });

  test("refuses when a key is used up, and never starts over", async () => {
    const store = openStore();
    const journal = new SigningJournal(store);
    const uses: number[] = [];
    for (let i = 0; i < 10; i++) await journal.sign(KEY, data(i), noting(uses, 10));
    for (let i = 10; i < 12; i++)
      await expect(journal.sign(KEY, data(i), noting(uses, 10))).rejects.toMatchObject({ code: "keys-exhausted" });
    expect(uses).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await journal.close();
    expect(store.freeUse(KEY)).toBe(10);
    store.close();
  });

  test("takes uses that somebody else counts, each for one thing only, also after an unclean stop", async () => {
    let store = openStore();
    let journal = new SigningJournal(store);
    const uses: number[] = [];
    const durable: UseSigner = {
      maxUses: 1000,
      sign: (use, message) => {
        expect(store.freeUse(KEY)).toBe(use + 1);
        return noting(uses).sign(use, message);
      },
    };
    const first = await journal.signAt(KEY, 5, data(1), durable);
    expect(await journal.signAt(KEY, 5, data(1), durable)).toEqual(first);
    expect(await journal.signAt(KEY, 9, data(1), durable)).toEqual(first);
    for (const use of [5, 4, 0, -1, 1.5, Number.NaN])
      await expect(journal.signAt(KEY, use, data(2), durable)).rejects.toMatchObject({ code: "refused" });
    await expect(journal.signAt(KEY, 1000, data(2), durable)).rejects.toMatchObject({ code: "keys-exhausted" });
    store.close();

    store = openStore();
    journal = new SigningJournal(store);
    await expect(journal.signAt(KEY, 5, data(2), durable)).rejects.toMatchObject({ message: expect.stringMatching(/the next one is 6$/) });
    const [one, two] = await Promise.allSettled([journal.signAt(KEY, 6, data(2), durable), journal.signAt(KEY, 6, data(3), durable)]);
    expect([one.status, two.status]).toEqual(["fulfilled", "rejected"]);
    await journal.signAt(KEY, 20, data(4), durable);
    expect(uses).toEqual([5, 6, 20]);
    await journal.close();
    store.close();
  });

  test("raising never lowers", async () => {
    const store = openStore();
    let journal = new SigningJournal(store);
    const uses: number[] = [];
    journal.raiseUse(KEY, 100);
    expect(store.freeUse(KEY)).toBe(100);
    journal.raiseUse(KEY, 50);
    await journal.sign(KEY, data(1), noting(uses));
    journal.raiseUse(KEY, 103);
    await journal.sign(KEY, data(2), noting(uses));
    await journal.close();
    expect(store.freeUse(KEY)).toBe(104);
    journal = new SigningJournal(store);
    expect(journal.nextUse(KEY)).toBe(104);
    journal.raiseUse(KEY, 3);
    expect(journal.nextUse(KEY)).toBe(104);
    expect(uses).toEqual([100, 103]);
    store.close();
  });

  test("a failed signature costs its use, and the next one works", async () => {
    const store = openStore();
    const journal = new SigningJournal(store);
    const uses: number[] = [];
    const broken = journal.sign(KEY, data(1), { maxUses: 1000, sign: () => Promise.reject(new Error("no power")) });
    const next = journal.sign(KEY, data(1), noting(uses));
    await expect(broken).rejects.toThrow("no power");
    await next;
    expect(uses).toEqual([1]);
    store.close();
  });

  test("two journals on one store do not share a use", async () => {
    const store = openStore();
    const [a, b] = [new SigningJournal(store), new SigningJournal(store)];
    const uses: number[] = [];
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? a : b).sign(KEY, data(i), noting(uses))));
    expect(new Set(uses).size).toBe(uses.length);
    expect(results.some(({ status }) => status === "rejected")).toBe(true);
    store.close();
  });

  test("the file is for its owner only and for one process", () => {
    const store = openStore();
    expect(() => openStore()).toThrow("in use by another process");
    store.close();
  });
});

/** How often the process that signs is killed. */
const KILLS = 25;

describe("killed while signing", () => {
  const cache = fileURLToPath(new URL("../../node_modules/.cache/minimote-test/", import.meta.url));
  const script = join(cache, `journal-child-${process.pid}.mjs`);

  const usesNoted = (): number => statSync(join(directory, "uses"), { throwIfNoEntry: false })?.size ?? 0;

  /** Starts a process that signs, and waits until it has. */
  async function start(): Promise<ChildProcess> {
    const before = usesNoted();
    const child = spawn(process.execPath, [script, path, join(directory, "uses")], { stdio: ["pipe", "ignore", "inherit"] });
    await until(() => usesNoted() > before);
    return child;
  }

  test(`no use happens twice in ${KILLS} kills`, async () => {
    mkdirSync(cache, { recursive: true });
    await build({
      entryPoints: [fileURLToPath(new URL("journal-child.ts", import.meta.url))],
      outfile: script,
      bundle: true,
      platform: "node",
      format: "esm",
      external: ["better-sqlite3"],
      logLevel: "silent",
    });
    try {
      for (let i = 0; i < KILLS; i++) {
        const child = await start();
        await setTimeout(Math.random() * 60);
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      const last = await start();
      last.stdin?.write("stop\n");
      const [code] = (await once(last, "exit")) as [number | null];
      expect(code).toBe(0);
    } finally {
      if (existsSync(script)) rmSync(script);
    }
    const lines = readFileSync(join(directory, "uses"), "utf8").trimEnd().split("\n");
    const next = new Map<string, number>();
    for (const line of lines) {
      const [key = "", use = ""] = line.split(" ");
      expect(Number(use)).toBeGreaterThanOrEqual(next.get(key) ?? 0);
      next.set(key, Number(use) + 1);
    }
    expect(next.size).toBe(3);
    expect(lines.length).toBeGreaterThan(KILLS);
    const store = openStore();
    for (const [key, use] of next) expect(store.freeUse(new Uint8Array(Buffer.from(key, "hex")))).toBe(use);
    store.close();
  });
});
