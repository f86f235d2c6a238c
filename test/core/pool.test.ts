import { execFileSync } from "node:child_process";
import { getEventListeners, once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import type { Worker } from "node:worker_threads";
import { buildSync } from "esbuild";
import { afterEach, describe, expect, test } from "vitest";
import { CancelledError, type PoolOptions, WorkerPool } from "../../host/core/pool.js";
import { SearchExhaustedError } from "../../host/core/tasks.js";
import { treeSeed } from "../../host/core/tree-key.js";
import { winternitzPublicKey, winternitzSign } from "../../host/core/winternitz.js";
import { hex, peerSha3 } from "./cores.js";

const seed = peerSha3(new Uint8Array([1]));
const keySeed = treeSeed(seed, 5);
const key = hex(winternitzPublicKey(keySeed));
const oneKey = { seed, first: 5, count: 1 };
const message = Uint8Array.from({ length: 300 }, (_, i) => i & 255);
const EASY = new Uint8Array(32).fill(255).fill(0, 0, 1);
/** No hash is below 0: such a search goes on until it is cancelled. */
const NEVER = new Uint8Array(32);
const search = { message, offset: 290, width: 8, start: 0n, target: NEVER, duty: 1 };

describe("the worker pool", () => {
  const pools: WorkerPool[] = [];
  const workers: Worker[] = [];
  const remember = (worker: Worker): void => void workers.push(worker);

  function open(options: PoolOptions = {}): WorkerPool {
    process.on("worker", remember);
    const pool = new WorkerPool({ size: 1, ...options });
    pools.push(pool);
    return pool;
  }

  /** Resolves when the search is under way. */
  function begun(pool: WorkerPool, signal?: AbortSignal): { started: Promise<void>; outcome: Promise<unknown> } {
    let outcome: Promise<unknown> = Promise.resolve();
    const started = new Promise<void>((resolve) => {
      outcome = pool.mine(search, { onProgress: () => resolve(), ...(signal === undefined ? {} : { signal }) }).catch((error) => error);
    });
    return { started, outcome };
  }

  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
    process.off("worker", remember);
    workers.splice(0);
  });

  test("mines, makes keys and recovers them", async () => {
    const pool = open();
    const found = await pool.mine({ ...search, target: EASY });
    expect(peerSha3(found.message)[0]).toBe(0);
    expect(Buffer.from(found.message).readBigUInt64BE(290)).toBe(BigInt(found.attempts - 1));
    expect(hex(await pool.treeKeys(oneKey))).toBe(key);
    const signatures = Buffer.concat([peerSha3(message), winternitzSign(keySeed, message)]);
    expect(hex(await pool.recover({ signatures }))).toBe(key);
    expect(workers).toHaveLength(1);
  });

  test("starts workers when there is work, as many as allowed", async () => {
    const pool = open({ size: 2 });
    expect(workers).toHaveLength(0);
    const keys = await Promise.all([0, 1, 2, 3, 4].map(() => pool.treeKeys(oneKey)));
    expect(keys.map(hex)).toEqual([key, key, key, key, key]);
    expect(workers).toHaveLength(2);
  });

  test("does waiting work in order", async () => {
    const pool = open();
    const order: number[] = [];
    await Promise.all([1, 2, 3, 4].map((i) => pool.treeKeys(oneKey).then(() => order.push(i))));
    expect(order).toEqual([1, 2, 3, 4]);
  });

  test("tells how much is done", async () => {
    const pool = open();
    const done: number[] = [];
    await pool.treeKeys({ seed, first: 7, count: 10 }, { onProgress: (count) => done.push(count) });
    expect(done).toEqual([4, 8, 10]);
    const attempts: number[] = [];
    await pool.mine({ ...search, width: 2 }, { onProgress: (count) => attempts.push(count) }).catch(() => {});
    expect(attempts.at(-1)).toBe(65_536);
    expect(attempts).toEqual(attempts.toSorted((a, b) => a - b));
  });

  test("fails as the task does", async () => {
    const pool = open();
    await expect(pool.mine({ ...search, width: 1 })).rejects.toThrow(SearchExhaustedError);
    await expect(pool.mine({ ...search, duty: 0 })).rejects.toThrow(RangeError);
    await expect(pool.treeKeys({ seed, first: -1, count: 1 })).rejects.toThrow(RangeError);
    await expect(pool.recover({ signatures: new Uint8Array(31) })).rejects.toThrow(RangeError);
    expect(hex(await pool.treeKeys(oneKey))).toBe(key);
    expect(workers).toHaveLength(1);
  });

  test("leaves the caller's seed to the caller", async () => {
    const mine = seed.slice();
    await open().treeKeys({ ...oneKey, seed: mine });
    expect(mine).toEqual(seed);
  });

  describe("cancelling", () => {
    test("ends a running search; the worker goes on with the next task", async () => {
      const pool = open();
      const controller = new AbortController();
      const { started, outcome } = begun(pool, controller.signal);
      const next = pool.treeKeys(oneKey);
      await started;
      controller.abort();
      expect(await outcome).toBeInstanceOf(CancelledError);
      expect(hex(await next)).toBe(key);
      expect(workers).toHaveLength(1);
    });

    test("wakes a search that rests", async () => {
      const pool = open();
      const controller = new AbortController();
      // After a slice of milliseconds it would rest for hours.
      const outcome = pool.mine({ ...search, duty: 1e-9 }, { signal: controller.signal, onProgress: () => controller.abort() });
      await expect(outcome).rejects.toThrow(CancelledError);
    });

    test("ends making and recovering keys", async () => {
      const pool = open();
      const controller = new AbortController();
      const options = { signal: controller.signal, onProgress: () => controller.abort() };
      await expect(pool.treeKeys({ seed, first: 0, count: 4000 }, options)).rejects.toThrow(CancelledError);
    });

    test("takes waiting work out of the queue", async () => {
      const pool = open();
      const { started, outcome } = begun(pool);
      await started;
      const controller = new AbortController();
      const waiting = pool.treeKeys(oneKey, { signal: controller.signal });
      controller.abort();
      await expect(waiting).rejects.toThrow(CancelledError);
      await pool.close();
      expect(await outcome).toBeInstanceOf(CancelledError);
    });

    test("beforehand starts nothing", async () => {
      await expect(open().treeKeys(oneKey, { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
      expect(workers).toHaveLength(0);
    });

    test("afterwards does nothing, and no listener stays", async () => {
      const pool = open();
      const controller = new AbortController();
      await pool.treeKeys(oneKey, { signal: controller.signal });
      await pool.mine({ ...search, width: 1 }, { signal: controller.signal }).catch(() => {});
      expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
      controller.abort();
      expect(hex(await pool.treeKeys(oneKey))).toBe(key);
    });
  });

  describe("closing", () => {
    test("while busy cancels what runs and what waits, and ends the workers", async () => {
      const pool = open();
      const { started, outcome } = begun(pool);
      const waiting = pool.treeKeys(oneKey).catch((error) => error);
      await started;
      const [worker] = workers;
      const exited = worker && once(worker, "exit");
      await pool.close();
      await exited;
      expect(await outcome).toBeInstanceOf(CancelledError);
      expect(await waiting).toBeInstanceOf(CancelledError);
    });

    test("is the end: no work is taken any more", async () => {
      const pool = open();
      await pool.treeKeys(oneKey);
      await pool.close();
      await pool.close();
      await expect(pool.treeKeys(oneKey)).rejects.toThrow(CancelledError);
      expect(workers).toHaveLength(1);
    });
  });

  describe("losing a worker", () => {
    const onlyWorker = (): Worker => {
      const worker = workers.at(-1);
      if (worker === undefined) throw new Error("no worker was started");
      return worker;
    };

    test("that runs fails its task; the next gets a new worker", async () => {
      const pool = open();
      const { started, outcome } = begun(pool);
      const next = pool.treeKeys(oneKey);
      await started;
      await onlyWorker().terminate();
      expect(await outcome).toMatchObject({ message: "a worker ended before its task" });
      expect(hex(await next)).toBe(key);
      expect(workers).toHaveLength(2);
    });

    test("by an error fails its task with that", async () => {
      const pool = open();
      await pool.treeKeys(oneKey);
      // A message that breaks the worker, which it reads before its next task.
      onlyWorker().postMessage(null);
      await expect(pool.treeKeys(oneKey)).rejects.toThrow(TypeError);
      expect(hex(await pool.treeKeys(oneKey))).toBe(key);
      expect(workers).toHaveLength(2);
    });

    test("that is idle costs nothing", async () => {
      const pool = open();
      await pool.treeKeys(oneKey);
      await onlyWorker().terminate();
      expect(hex(await pool.treeKeys(oneKey))).toBe(key);
      expect(workers).toHaveLength(2);
    });
  });

  /** The priorities of this process's threads: the 19th field of each, the second being a name in parentheses. */
  function niceOfThreads(): number[] {
    return readdirSync("/proc/self/task").flatMap((id) => {
      try {
        const stat = readFileSync(`/proc/self/task/${id}/stat`, "utf8");
        return [Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16])];
      } catch {
        // A thread that has ended since.
        return [];
      }
    });
  }

  test.runIf(process.platform === "linux")("low priority is the worker's alone", async () => {
    const before = getPriority();
    const pool = open({ lowPriority: true });
    const { started } = begun(pool);
    await started;
    expect(niceOfThreads()).toContain(19);
    expect(getPriority()).toBe(before);
  });

  test("idle workers let the process end", () => {
    const { outputFiles } = buildSync({
      stdin: {
        contents: `import { WorkerPool } from "./pool.ts";
          const keys = await new WorkerPool().treeKeys({ seed: new Uint8Array(32), first: 0, count: 1 });
          console.log(keys.length);`,
        resolveDir: new URL("../../host/core", import.meta.url).pathname,
        loader: "ts",
      },
      bundle: true,
      platform: "node",
      format: "esm",
      write: false,
    });
    const code = outputFiles[0]?.text ?? "";
    expect(execFileSync(process.execPath, ["--input-type=module"], { input: code, encoding: "utf8" })).toBe("32\n");
  });
});
