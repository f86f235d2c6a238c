import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TEST_PARAMS } from "../../host/chain/params.js";
import type { Coin } from "../../host/protocol/coin.js";
import { ChainStore } from "../../host/store/chain-store.js";
import { SoloNode } from "../chain/solo.js";

const MEGABYTE = 1e6;

let folder = "";
let store: ChainStore;
/** A node whose chain is on disk only. */
let node: SoloNode;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "minimote-flat-"));
  const path = join(folder, "chain.db");
  store = new ChainStore({ path, params: TEST_PARAMS, cacheKiB: 256, now: () => node?.now ?? 0, isRelevant: () => false });
  node = new SoloNode(undefined, { source: store.txpows });
  node.store.apply = (effects) => store.apply(effects);
  store.apply([{ type: "block-added", node: node.tree.root }]);
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Memory in use once all that is unused is gone, in bytes. */
function memoryInUse(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Blocks that each spend the only coin; at the end of every hour the pool is cleared of what nobody asks for. */
function grow(blocks: number): void {
  for (let i = 0; i < blocks; i++) {
    const coin = node.coins()[0] as Coin;
    node.extend(node.spend(coin, [coin.amount.toString()]));
    if (i % 60 === 0) node.chain.expire();
  }
}

test("memory does not grow with the chain", { timeout: 240_000 }, () => {
  grow(300);
  const before = memoryInUse();
  grow(200);
  const grown = memoryInUse() - before;
  expect(node.tree.tip.number).toBe(501);
  expect(grown).toBeLessThan(1.2 * MEGABYTE);
  expect(store.txblocks.archiveBounds()).toMatchObject({ low: 1, high: node.tree.root.number - 1 });
});
