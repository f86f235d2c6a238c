import { afterEach, describe, expect, test } from "vitest";
import { runSteps } from "../../host/chain/steps.js";
import type { ChainDeps, CheckScripts, Effect } from "../../host/chain/types.js";
import { CONFIRMED_BLOCK_WORK, UNCONFIRMED_BLOCK_WORK } from "../../host/chain/validation/script-budget.js";
import { checkScriptsHere } from "../../host/chain/validation/script-check.js";
import { MAX_CHECK_WORK } from "../../host/kissvm/index.js";
import { ChainDriver } from "../../host/node/chain-driver.js";
import type { Logger } from "../../host/node/logger.js";
import type { MinimoteNode } from "../../host/node/node.js";
import { ScriptThreads } from "../../host/node/script-threads.js";
import { equalBytes } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { EMPTY_PROOF } from "../../host/protocol/mmr-objects.js";
import { scriptAddress } from "../../host/protocol/script-address.js";
import { bodyHash } from "../../host/protocol/txbody.js";
import { type TxPoW, txpowId } from "../../host/protocol/txpow.js";
import { mineTxPoW, SoloNode } from "../chain/solo.js";
import { WORST_SCRIPTS } from "../fuzz/worst-scripts.js";
import { coin, transaction, witness } from "../kissvm/fixtures.js";
import { Nodes, recordingLogger } from "./nodes.js";

function worst(name: string): string {
  const found = WORST_SCRIPTS.find((script) => script.name === name);
  if (found === undefined) throw new Error(`no script ${name}`);
  return found.script;
}

/** Long scripts that hold, and are short enough for a TxPoW. */
const HOLDING = [
  `${worst("put a text between all letters")}RETURN TRUE`,
  `${worst("decode two-byte letters")}RETURN TRUE`,
  `${worst("shift the longest value")} RETURN TRUE`,
  worst("verify signatures of eight levels"),
];
/** Takes longer than anybody waits for a transaction without a block. */
const FAILING = worst("replace nothing by a long template");

const regardless: CheckScripts = (check) => checkScriptsHere({ ...check, budget: MAX_CHECK_WORK });

// biome-ignore lint/correctness/useYield: a check without steps
const gullible: CheckScripts = function* () {
  return { valid: true, monotonic: true, failure: null, work: 0 };
};

/**
 * A chain with a block that lists a transaction with each of the scripts, and some empty ones on top: blocks and transactions in the
 * order they were made.
 */
function record(scripts: readonly string[], checkScripts: CheckScripts, onTop = 0): readonly TxPoW[] {
  const maker = new SoloNode(undefined, { checkScripts });
  const made: TxPoW[] = [];
  const amounts = scripts.map(() => "1000000");
  made.push(maker.extend());
  const { transaction: spent, witness: proof } = maker.spend(maker.coins()[0] as Coin, amounts);
  const outputs = spent.outputs.map((output, i): Coin => ({ ...output, address: scriptAddress(scripts[i] as string) }));
  made.push(maker.extend({ transaction: { ...spent, outputs }, witness: proof }));
  for (let i = 0; i < 16; i++) made.push(maker.extend({}, 4000));
  for (const script of scripts) {
    const locked = maker.coins().find(({ address }) => equalBytes(address, scriptAddress(script))) as Coin;
    const spend = maker.spend(locked, ["1"]);
    const request = { ...spend, witness: { ...spend.witness, scripts: [{ script, proof: EMPTY_PROOF }] } };
    const txpow = mineTxPoW(maker.build(request), "transaction");
    maker.receive(txpow);
    made.push(txpow);
  }
  const last = maker.extend();
  expect(last.body?.txnlist).toHaveLength(scripts.length);
  return [...made, last, ...Array.from({ length: onTop }, () => maker.extend())];
}

/** What has to be done of effects, in short. */
const summary = (effects: readonly Effect[]): string[] =>
  effects.map((effect) =>
    "node" in effect ? `${effect.type} ${effect.node.key}` : "rule" in effect ? `${effect.type} ${effect.rule}` : effect.type,
  );

/** Takes everything in at once, without a worker. */
function takenHere(txpows: readonly TxPoW[]): { readonly verdicts: unknown[]; readonly effects: string[]; readonly tip: string } {
  const node = checker({});
  const taken = txpows.map((txpow) => node.receive(txpow, "peer"));
  return {
    verdicts: taken.map(({ arrival }) => arrival),
    effects: taken.flatMap(({ effects }) => summary(effects)),
    tip: node.tree.tip.key,
  };
}

function checker(deps: Partial<ChainDeps>): SoloNode {
  const node = new SoloNode(undefined, deps);
  node.now += 3600 * 1000;
  return node;
}

describe("a chain whose scripts run on a worker", () => {
  const open: ScriptThreads[] = [];
  let events: string[] = [];

  afterEach(async () => {
    await Promise.all(open.splice(0).map((threads) => threads.close()));
    events = [];
  });

  function newThreads(): ScriptThreads {
    const note = (event: string) => (): void => void events.push(event);
    const threads = new ScriptThreads({ observer: { sent: note("sent"), answered: note("answered"), failed: note("failed") } });
    open.push(threads);
    return threads;
  }

  /** Takes everything in as it came at once: all jobs are queued before the first begins. */
  async function taken(txpows: readonly TxPoW[]): Promise<ReturnType<typeof takenHere>> {
    const node = checker({ checkScripts: newThreads().check });
    const effects: string[] = [];
    const driver = new ChainDriver({
      persist: (some) => node.store.apply(some),
      publish: (some) => effects.push(...summary(some)),
      monotonic: () => performance.now(),
    });
    const verdicts = await Promise.all(txpows.map((txpow) => driver.run(() => node.chain.receiveTxPoW(txpow, "peer"))));
    return { verdicts, effects, tip: node.tree.tip.key };
  }

  test("takes in a block of many as it would without one", async () => {
    const txpows = record(HOLDING, regardless);
    const outcome = await taken(txpows);
    expect(outcome).toEqual(takenHere(txpows));
    expect(Buffer.from(outcome.tip, "hex")).toEqual(Buffer.from(txpowId(txpows.at(-1) as TxPoW)));
    // At the latest for the block each was run to its end.
    expect(events.filter((event) => event === "answered").length).toBeGreaterThanOrEqual(HOLDING.length);
    expect(events.filter((event) => event === "answered")).toHaveLength(events.filter((event) => event === "sent").length);
    expect(events).not.toContain("failed");
  });

  test("refuses a block with one that does not hold, as it would without one", async () => {
    const txpows = record([HOLDING[1] as string, FAILING], gullible);
    const outcome = await taken(txpows);
    expect(outcome).toEqual(takenHere(txpows));
    expect(outcome.effects).toContain("block-invalid script");
    expect(outcome.verdicts.at(-2)).toEqual({ verdict: "stored", refused: "script" });
    expect(events).toContain("answered");
    expect(events).not.toContain("failed");
  });

  test("cannot be run at once", () => {
    const node = checker({ checkScripts: newThreads().check });
    const txpows = record(HOLDING, regardless);
    expect(() => {
      for (const txpow of txpows) runSteps(node.chain.receiveTxPoW(txpow, null));
    }).toThrow("nobody waits here");
  });
});

describe("a block whose scripts cost very much", () => {
  const SCRIPTS = ["RETURN 1 EQ 1", "RETURN 2 EQ 2", "RETURN 3 EQ 3"];

  /** As if each of the scripts cost so much. What they cost counts, not how long they run. */
  const priced = (work: number, monotonic: boolean): CheckScripts =>
    function* ({ witness: { scripts }, budget }) {
      const isPriced = scripts.some(({ script }) => SCRIPTS.includes(script));
      if (isPriced && work > budget) return undefined;
      return { valid: true, monotonic, failure: null, work: isPriced ? work : 0 };
    };

  /** What becomes of the block, and of those on top of it as they come. */
  function fate(checkScripts: CheckScripts, onTop: number, change: (child: TxPoW) => TxPoW = (child) => child): readonly string[] {
    const node = checker({ checkScripts });
    const txpows = record(SCRIPTS, gullible, onTop);
    const block = txpows[txpows.length - 1 - onTop] as TxPoW;
    for (const txpow of txpows.slice(0, -1 - onTop)) node.receive(txpow, "peer");
    return [block, ...txpows.slice(-onTop).map(change)].map((txpow) => {
      const told = summary(node.receive(txpow, "peer").effects).filter((effect) => effect.startsWith("block-"));
      return told.map((effect) => (effect.startsWith("block-added") ? "added" : effect)).join(", ");
    });
  }

  test("is taken at once as long as the network can be expected to take it", () => {
    expect(fate(priced(UNCONFIRMED_BLOCK_WORK / 3, false), 1)).toEqual(["added", "added"]);
  });

  test.each([true, false])("waits until the network has built on it (verdicts that last: %s)", (monotonic) => {
    expect(fate(priced(UNCONFIRMED_BLOCK_WORK / 2, monotonic), 1)).toEqual(["block-costly", "added, added"]);
  });

  test("does not cost more because of blocks on it that are easily made", () => {
    const easy = (child: TxPoW): TxPoW => mineTxPoW({ ...child, header: { ...child.header, blkdiff: new Uint8Array(32).fill(0xff) } });
    expect(fate(priced(UNCONFIRMED_BLOCK_WORK / 2, false), 2, easy)).toEqual(["block-costly", "", ""]);
  });

  test("is refused when no node can have run all of them in the time of the network", () => {
    expect(fate(priced(MAX_CHECK_WORK / 2, false), 2)).toEqual(["block-costly", "block-invalid script-work", ""]);
    expect(fate(priced(MAX_CHECK_WORK + 1, true), 2)).toEqual(["block-costly", "block-invalid script-work", ""]);
  });

  test("is taken in the end when each can be run before: no check of it costs more than the limit", () => {
    let spent = 0;
    const counting: CheckScripts = function* (check) {
      const verdict = yield* priced(MAX_CHECK_WORK * 0.9, true)(check);
      spent += verdict?.work ?? check.budget;
      return verdict;
    };
    expect(fate(counting, 3)).toEqual(["block-costly", "block-costly", "added, added, added", "added"]);
    expect(spent).toBeLessThan(3 * CONFIRMED_BLOCK_WORK);
  });
});

describe("a node", () => {
  const nodes = new Nodes();
  afterEach(() => nodes.stopAll());

  const SENT = "long scripts go to a worker";

  /** A transaction with a script, of a coin that is not there: scripts are run before that is found out. */
  async function spendOf(node: MinimoteNode, script: string): Promise<TxPoW> {
    const { header, body } = await node.build({});
    if (body === null) throw new Error("no body");
    const inputs = [coin({ address: scriptAddress(script) })];
    const spending = { ...body, transaction: transaction(inputs, []), witness: witness(inputs, [script]) };
    return node.mine({ header: { ...header, bodyhash: bodyHash(spending) }, body: spending });
  }

  function listening(onSent: () => void = () => {}): Logger & { readonly events: string[] } {
    const log = recordingLogger();
    const debug = (event: string): void => {
      log.events.push(event);
      if (event === SENT) onSent();
    };
    return { ...log, debug };
  }

  test("runs long scripts of arriving transactions on a worker, short ones itself", async () => {
    const log = listening();
    const node = await nodes.start("long", "solo", {}, log);
    expect(await node.submit(await spendOf(node, "RETURN TRUE"), null)).toEqual({ verdict: "stored", refused: "mmr-proof" });
    expect(log.events).not.toContain(SENT);
    expect(await node.submit(await spendOf(node, FAILING), null)).toEqual({ verdict: "stored", refused: "script" });
    expect(log.events.filter((event) => event === SENT)).toHaveLength(1);
    expect(log.events.filter((event) => event.startsWith("a worker failed"))).toEqual([]);
  });

  test("stops while a worker runs scripts, and starts again where it was", async () => {
    let stopped: Promise<void> | undefined;
    const log = listening(() => {
      stopped = nodes.stop("stopping");
    });
    const node = await nodes.start("stopping", "solo", {}, log);
    const tip = node.chain.tip?.key;
    const submitted = await Promise.allSettled([node.submit(await spendOf(node, FAILING), null)]);
    expect(submitted).toHaveLength(1);
    expect(stopped).toBeDefined();
    await stopped;
    const again = await nodes.start("stopping", "solo");
    expect(again.chain.tip?.key).toBe(tip);
  });
});
