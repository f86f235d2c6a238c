import { afterEach, describe, expect, test } from "vitest";
import { runSteps } from "../../host/chain/steps.js";
import type { ChainDeps, CheckScripts, Effect } from "../../host/chain/types.js";
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
  return { valid: true, monotonic: true, failure: null };
};

/** A chain whose last block lists a transaction with each of the scripts: blocks and transactions in the order they were made. */
function record(scripts: readonly string[], checkScripts: CheckScripts): readonly TxPoW[] {
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
  return [...made, last];
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
