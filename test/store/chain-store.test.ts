import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Chain } from "../../host/chain/chain.js";
import { txpowKey } from "../../host/chain/id-key.js";
import { MAIN_PARAMS, TEST_PARAMS } from "../../host/chain/params.js";
import { effectsOf } from "../../host/chain/steps.js";
import type { Effect, Steps } from "../../host/chain/types.js";
import { weightText } from "../../host/chain/weight.js";
import { txpowBytes, txpowId } from "../../host/protocol/txpow.js";
import { ChainStore } from "../../host/store/chain-store.js";
import { StoreError } from "../../host/store/database.js";
import { recordedChain } from "../chain/recorded.js";

const { genesis, txpows } = recordedChain("chain-2");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "minimote-store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(path: string, now = 0): { readonly store: ChainStore; readonly chain: Chain } {
  const store = new ChainStore({ path, params: TEST_PARAMS, cacheKiB: 512, now: () => now, isRelevant: () => false });
  const deps = { source: store.txpows, now: () => now, isRelevant: () => false };
  const saved = store.load();
  return { store, chain: saved === null ? new Chain(TEST_PARAMS, deps) : Chain.restore(TEST_PARAMS, deps, saved) };
}

/** Runs work, making every step durable as a node does. */
function run(store: ChainStore, steps: Steps<unknown>): Effect[] {
  const all: Effect[] = [];
  for (let step = steps.next(); step.done !== true; step = steps.next()) {
    const effects = effectsOf(step.value);
    store.apply(effects);
    all.push(...effects);
  }
  return all;
}

function view({ tree, cascade }: Chain): unknown {
  return tree === null
    ? null
    : {
        tip: tree.tip.key,
        weight: weightText(tree.root.total),
        nodes: Array.from(tree.nodes(), ({ key }) => key),
        cascade: cascade.nodes.map(({ txpow, level }) => [txpowKey(txpow), level]),
      };
}

/** What a power cut or kill -9 leaves behind: the files as they are now. */
function crashCopy(path: string, to: string): void {
  for (const end of ["", "-wal"]) if (existsSync(path + end)) copyFileSync(path + end, to + end);
}

describe("the chain on disk", () => {
  test("is at the same tip after a crash between any two steps", () => {
    const path = join(folder, "chain.db");
    const { store, chain } = open(path);
    store.apply(chain.begin(genesis));
    for (const [i, txpow] of txpows.entries()) {
      const steps = chain.receiveTxPoW(txpow, null);
      for (let step = steps.next(); step.done !== true; step = steps.next()) store.apply(effectsOf(step.value));
      if (i % 7 !== 0) continue;
      const copy = join(folder, `crash-${i}.db`);
      crashCopy(path, copy);
      const crashed = open(copy);
      run(crashed.store, crashed.chain.resume());
      expect(view(crashed.chain)).toEqual(view(chain));
      crashed.store.close();
    }
    store.close();
    const reopened = open(path);
    expect(view(reopened.chain)).toEqual(view(chain));
    reopened.store.close();
  });

  test("keeps what left the tree in the archive, in order and without a gap", () => {
    const { store, chain } = open(join(folder, "chain.db"));
    store.apply(chain.begin(genesis));
    for (const txpow of txpows) run(store, chain.receiveTxPoW(txpow, null));
    const root = chain.tree?.root.number ?? 0;
    expect(root).toBeGreaterThan(1);
    expect(store.txblocks.archived(0, root).map(({ number }) => number)).toEqual(Array.from({ length: root - 1 }, (_, i) => i + 1));
    expect(store.txblocks.archiveBounds()).toEqual({ low: 1, high: root - 1, count: root - 1 });
    for (const { key, size } of store.txblocks.archived(0, root)) expect(store.txblocks.bytes(key)).toHaveLength(size);
    store.close();
  });

  test("gives TxPoWs back byte for byte, also after it was closed", () => {
    const path = join(folder, "chain.db");
    const first = open(path);
    const [txpow] = txpows;
    if (txpow === undefined) throw new Error("no TxPoW recorded");
    first.store.apply([{ type: "store", txpow }]);
    first.store.close();
    const { store } = open(path);
    expect(Buffer.from(store.txpows.bytes(txpowKey(txpow)) ?? [])).toEqual(Buffer.from(txpowBytes(txpow)));
    expect(txpowId(store.txpows.get(txpowKey(txpow)) ?? genesis)).toEqual(txpowId(txpow));
    store.close();
  });

  test("forgets TxPoWs after three days, but not those that concern the owner", () => {
    let now = 0;
    const kept = txpows[1];
    const store = new ChainStore({
      path: join(folder, "chain.db"),
      params: TEST_PARAMS,
      cacheKiB: 512,
      now: () => now,
      isRelevant: (txpow) => txpow === kept,
    });
    store.apply(txpows.slice(0, 5).map((txpow) => ({ type: "store", txpow })));
    now = 3 * 24 * 3600 * 1000 + 1;
    store.prune();
    expect(store.txpows.count()).toBe(1);
    expect(Array.from(store.txpows.newest({ relevant: true, limit: 10, offset: 0 }), txpowKey)).toEqual(
      kept === undefined ? [] : [txpowKey(kept)],
    );
    store.close();
  });

  test("is readable by its owner only, and belongs to one process and one network", () => {
    const path = join(folder, "chain.db");
    const { store } = open(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(() => open(path)).toThrow(/in use by another process/);
    store.close();
    expect(() => new ChainStore({ path, params: MAIN_PARAMS, cacheKiB: 512, now: () => 0, isRelevant: () => false })).toThrow(StoreError);
    open(path).store.close();
  });
});
