import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ScriptCheck } from "../../host/chain/types.js";
import { CancelledError } from "../../host/core/pool.js";
import { checkScripts, checkScriptsWithin, MAX_CHECK_WORK, type ScriptVerdict } from "../../host/kissvm/index.js";
import { ChainDriver } from "../../host/node/chain-driver.js";
import { MAIN_THREAD_WORK, ScriptThreads, type ScriptThreadsOptions } from "../../host/node/script-threads.js";
import { parseHex, toHex0x } from "../../host/protocol/bytes.js";
import { ProtocolError } from "../../host/protocol/errors.js";
import { decode } from "../../host/protocol/reader.js";
import { scriptAddress } from "../../host/protocol/script-address.js";
import { readTransaction, type Transaction } from "../../host/protocol/transaction.js";
import { readWitness, type Witness } from "../../host/protocol/witness.js";
import { generator, mutate, vectors } from "../fuzz/mutations.js";
import { scripts } from "../fuzz/script-arbitraries.js";
import { spendOf, WORST_SCRIPTS } from "../fuzz/worst-scripts.js";
import { BLOCK, coin, keyOf, stateOf, transaction, witness } from "../kissvm/fixtures.js";

type Spend = Pick<ScriptCheck, "transaction" | "witness">;

/** A script of some 100 ms that holds. */
const LONG_SCRIPT = `LET a=SETLEN(65536 0x01) ${"LET x=SHA3(a) ".repeat(240)}RETURN TRUE`;

function lockedBy(script: string): Spend {
  const inputs = [coin({ address: scriptAddress(script), state: stateOf({ 1: "5" }) })];
  return { transaction: transaction(inputs, [], stateOf({ 1: "7", 2: "[text]" })), witness: witness(inputs, [script], ["one", "two"]) };
}

const checkOf = (spend: Spend, budget = MAX_CHECK_WORK): ScriptCheck => ({ ...spend, block: BLOCK, budget });
const verdictOn = (spend: Spend): ScriptVerdict => checkScripts(spend.transaction, spend.witness, BLOCK);

let workers: Worker[] = [];
const remember = (worker: Worker): void => void workers.push(worker);
let events: string[] = [];
let opened: ScriptThreads[] = [];
let driver: ChainDriver;

beforeEach(() => {
  process.on("worker", remember);
  driver = new ChainDriver({ persist: () => {}, publish: () => {}, monotonic: () => performance.now() });
});

afterEach(async () => {
  await Promise.all(opened.map((threads) => threads.close()));
  process.off("worker", remember);
  workers = [];
  events = [];
  opened = [];
});

function open(options: ScriptThreadsOptions = {}): ScriptThreads {
  const observer = {
    sent: () => void events.push("sent"),
    answered: () => void events.push("answered"),
    failed: () => void events.push("failed"),
    ...options.observer,
  };
  const threads = new ScriptThreads({ ...options, observer });
  opened.push(threads);
  return threads;
}

const run = (threads: ScriptThreads, check: ScriptCheck): Promise<ScriptVerdict | undefined> => driver.run(() => threads.check(check));

describe("the worst scripts", () => {
  test("run on the worker, all that takes long", async () => {
    const threads = open();
    const long: string[] = [];
    for (const worst of WORST_SCRIPTS) {
      const spend = spendOf(worst);
      const isShort = checkScriptsWithin(spend.transaction, spend.witness, BLOCK, MAIN_THREAD_WORK) !== undefined;
      events = [];
      const verdict = await run(threads, checkOf(spend));
      expect(events, worst.name).toEqual(isShort ? [] : ["sent", "answered"]);
      expect(verdict, worst.name).toBeDefined();
      if (!isShort) long.push(worst.name);
    }
    expect(long.length).toBeGreaterThan(30);
    expect(workers).toHaveLength(1);
  });

  test("leave other events their turn, and chain work its order", async () => {
    const threads = open();
    const order: string[] = [];
    const long = run(threads, checkOf(lockedBy(LONG_SCRIPT))).then(() => order.push("long"));
    const next = run(threads, checkOf(lockedBy("RETURN TRUE"))).then(() => order.push("next"));
    let turns = 0;
    const turn = (): void => {
      turns++;
      if (order.length === 0) setImmediate(turn);
    };
    setImmediate(turn);
    await Promise.all([long, next]);
    expect(order).toEqual(["long", "next"]);
    expect(turns).toBeGreaterThan(10);
  });
});

describe("ordinary scripts", () => {
  test("stay on the main thread", async () => {
    const threads = open();
    const key = toHex0x(keyOf("one"));
    for (const script of ["RETURN TRUE", `RETURN SIGNEDBY(${key})`, `RETURN MULTISIG(2 ${key} ${key}) AND @COINAGE GT 5`]) {
      expect(await run(threads, checkOf(lockedBy(script)))).toEqual(verdictOn(lockedBy(script)));
    }
    const coins = Array.from({ length: 50 }, () => coin({ address: scriptAddress(`RETURN SIGNEDBY(${key})`) }));
    const payment = { transaction: transaction(coins, coins), witness: witness(coins, [`RETURN SIGNEDBY(${key})`], ["one"]) };
    expect(await run(threads, checkOf(payment))).toMatchObject({ valid: true });
    expect(workers).toHaveLength(0);
    expect(events).toEqual([]);
  });

  test("that a small budget does not decide are not sent either", async () => {
    const threads = open();
    expect(await run(threads, checkOf(lockedBy(LONG_SCRIPT), MAIN_THREAD_WORK))).toBeUndefined();
    expect(events).toEqual([]);
  });

  test("of a transaction with very many proofs are not begun here", async () => {
    const threads = open();
    const inputs = [coin()];
    const proven = witness(inputs, ["RETURN TRUE", ...Array.from({ length: 4000 }, (_, i) => `RETURN ${i} EQ 0`)]);
    expect(await run(threads, checkOf({ transaction: transaction(inputs, []), witness: proven }))).toMatchObject({ valid: true });
    expect(events).toEqual(["sent", "answered"]);
  });
});

describe("the worker", () => {
  const onWorker = { mainThreadWork: 0 };

  test("gives the verdicts of the main thread on random scripts", async () => {
    const threads = open(onWorker);
    await fc.assert(
      fc.asyncProperty(scripts, fc.boolean(), async (script, holds) => {
        const spend = lockedBy(holds ? `${script} RETURN TRUE` : script);
        expect(await run(threads, checkOf(spend))).toEqual(verdictOn(spend));
      }),
      { seed: 1, numRuns: 500 },
    );
    expect(events).not.toContain("failed");
    expect(workers).toHaveLength(1);
  });

  test("gives the verdicts of the main thread on broken transactions", async () => {
    const threads = open(onWorker);
    const random = generator(7);
    const cases = vectors("kissvm/txn-verdicts") as readonly { readonly transaction: string; readonly witness: string }[];
    const spends = cases.flatMap(({ transaction: spent, witness: proof }) => {
      const [bytes, proofBytes] = [parseHex(spent), parseHex(proof)];
      return [0, 1, 2].map((broken) =>
        decodedOrNone(() => ({
          transaction: decode(readTransaction, broken === 1 ? mutate([bytes], random) : bytes),
          witness: decode(readWitness, broken === 2 ? mutate([proofBytes], random) : proofBytes),
        })),
      );
    });
    let checked = 0;
    for (const spend of spends) {
      if (spend === undefined || spend.transaction.inputs.length + spend.transaction.outputs.length === 0) continue;
      checked++;
      expect(await run(threads, checkOf(spend))).toEqual(verdictOn(spend));
    }
    expect(checked).toBeGreaterThan(100);
    expect(events).not.toContain("failed");
  });

  test("has the budget it is given", async () => {
    const threads = open();
    expect(await run(threads, checkOf(lockedBy(LONG_SCRIPT), 2 * MAIN_THREAD_WORK))).toBeUndefined();
    expect(events).toEqual(["sent", "answered"]);
  });

  test("ends when there is nothing to do, and comes back", async () => {
    const threads = open({ idleMs: 10 });
    await run(threads, checkOf(lockedBy(LONG_SCRIPT)));
    const [first] = workers;
    if (first === undefined) throw new Error("no worker was started");
    await once(first, "exit");
    expect(await run(threads, checkOf(lockedBy(LONG_SCRIPT)))).toMatchObject({ valid: true });
    expect(workers).toHaveLength(2);
  });
});

describe("when the worker cannot", () => {
  test("as it is lost, the verdict comes from here", async () => {
    const threads = open();
    const verdict = run(threads, checkOf(lockedBy(LONG_SCRIPT)));
    await untilStarted();
    await workers[0]?.terminate();
    expect(await verdict).toEqual(verdictOn(lockedBy(LONG_SCRIPT)));
    expect(events).toEqual(["sent", "failed"]);
    expect(await run(threads, checkOf(lockedBy(LONG_SCRIPT)))).toMatchObject({ valid: true });
    expect(events.slice(2)).toEqual(["sent", "answered"]);
  });

  test("as it has too little memory, the verdict comes from here", async () => {
    const threads = open({ memory: 8 });
    const worst = WORST_SCRIPTS.find(({ name }) => name === "run ever longer texts of unary inside each other");
    if (worst === undefined) throw new Error("no such script");
    expect(await run(threads, checkOf(spendOf(worst)))).toMatchObject({ valid: false, failure: { kind: "coin" } });
    expect(events).toEqual(["sent", "failed"]);
  });

  test("as what goes over has no encoding, the verdict comes from here", async () => {
    const spend = lockedBy(LONG_SCRIPT);
    const odd = { ...spend, transaction: { ...spend.transaction, linkhash: new Uint8Array(65) } };
    expect(await run(open(), checkOf(odd))).toEqual(verdictOn(odd));
    expect(events).toEqual(["failed"]);
  });

  test("as it is closed, the check is cancelled, and the driver ends", async () => {
    const threads = open();
    const checked = run(threads, checkOf(lockedBy(LONG_SCRIPT))).catch((error) => error);
    const waiting = run(threads, checkOf(lockedBy("RETURN TRUE"))).catch((error) => error);
    await untilStarted();
    const drained = driver.close();
    await threads.close();
    await drained;
    expect(await checked).toBeInstanceOf(CancelledError);
    expect(await waiting).toMatchObject({ message: "the node is stopping" });
  });

  async function untilStarted(): Promise<void> {
    while (workers.length === 0) await new Promise((resolve) => setImmediate(resolve));
  }
});

function decodedOrNone(read: () => { transaction: Transaction; witness: Witness }): Spend | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
