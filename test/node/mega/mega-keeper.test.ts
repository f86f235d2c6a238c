import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { idKey } from "../../../host/chain/id-key.js";
import { isCoinProofValid } from "../../../host/chain/mmr/coin-proof.js";
import { MegaMMR } from "../../../host/chain/mmr/mega.js";
import { TEST_PARAMS } from "../../../host/chain/params.js";
import { runSteps } from "../../../host/chain/steps.js";
import { silentLogger } from "../../../host/node/logger.js";
import { MegaKeeper } from "../../../host/node/mega/mega-keeper.js";
import { proveCoins } from "../../../host/node/mega/mega-search.js";
import { toHex } from "../../../host/protocol/bytes.js";
import type { Coin } from "../../../host/protocol/coin.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import { ChainStore } from "../../../host/store/chain-store.js";
import type { MegaStore } from "../../../host/store/mega-store.js";
import { SoloNode } from "../../chain/solo.js";
import { recordingLogger } from "../nodes.js";

let folder = "";
const open: ChainStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "minimote-mega-"));
});

afterEach(() => {
  for (const store of open.splice(0)) store.close();
  rmSync(folder, { recursive: true, force: true });
});

function openStore(): ChainStore {
  const store = new ChainStore({
    path: join(folder, "chain.db"),
    params: TEST_PARAMS,
    cacheKiB: 256,
    now: () => 0,
    isRelevant: () => false,
  });
  open.push(store);
  return store;
}

/** A chain in which every block splits a coin, and two stores that follow it: in memory and on disk. */
class Growing {
  readonly solo = new SoloNode();
  store = openStore();

  constructor() {
    this.store.apply([{ type: "block-added", node: this.solo.tree.root }]);
  }

  grow(blocks: number): void {
    for (let i = 0; i < blocks; i++) {
      const [largest] = this.solo.coins().sort((a, b) => b.amount.compare(a.amount));
      const coin = largest as Coin;
      const half = coin.amount.div(MiniNumber.of(2));
      const before = this.solo.store.apply.bind(this.solo.store);
      this.solo.store.apply = (effects) => {
        before(effects);
        this.store.apply(effects);
      };
      this.solo.extend(this.solo.spend(coin, [half.toString(), half.toString()]));
      this.solo.store.apply = before;
    }
  }

  keeper(log = silentLogger): MegaKeeper {
    return new MegaKeeper({ store: this.store.openMega(), blocks: this.store.txblocks, chain: this.solo.chain, log });
  }

  reopen(): void {
    for (const store of open.splice(0)) store.close();
    this.solo.tree.root.mmr.floor = null;
    this.store = openStore();
  }

  /** The image as it should be. */
  expected(): MegaMMR {
    const mega = new MegaMMR();
    for (const block of this.solo.store.archive) expect(runSteps(mega.add(block)).result).toBe(true);
    return mega;
  }
}

function expectSame(store: MegaStore, expected: MegaMMR): void {
  const ids = (coins: Iterable<Coin>): string[] => Array.from(coins, ({ coinid }) => toHex(coinid)).sort();
  const places = (entries: Iterable<{ row: number; entry: { unscaled: bigint } }>): string[] =>
    Array.from(entries, ({ row, entry }) => `${row}:${entry.unscaled}`).sort();
  expect(store.tip).toBe(expected.mmr.blocktime);
  expect(store.mega.mmr.root()).toEqual(expected.mmr.root());
  expect(store.mega.mmr.next).toBe(expected.mmr.next);
  expect(ids(Array.from(store.coinPages()).flat())).toEqual(ids(expected.coins()));
  expect(places(Array.from(store.nodePages()).flat())).toEqual(places(expected.mmr.entries()));
  expect(store.counts()).toEqual({ coins: expected.size, nodes: expected.mmr.size });
}

describe("a Mega MMR on disk", () => {
  test("is that of the blocks that left the tree, also after restarts", async () => {
    const chain = new Growing();
    let keeper = chain.keeper();
    expect(keeper.isReady).toBe(true);
    for (const blocks of [20, 40, 7, 30]) {
      chain.grow(blocks);
      await keeper.catchUp();
      expect(keeper.isReady).toBe(true);
      if (chain.solo.tree.root.number > 1) expectSame(keeper.store, chain.expected());
      chain.reopen();
      keeper = chain.keeper();
    }
  });

  test("goes on where it was when it was stopped at any block", async () => {
    const chain = new Growing();
    chain.grow(80);
    const expected = chain.expected();
    for (let stops = 0; stops < 100; stops++) {
      const keeper = chain.keeper();
      const work = keeper.catchUp();
      for (let i = 0; i < 3 * stops; i++) await Promise.resolve();
      await keeper.close();
      await work;
      chain.reopen();
    }
    const keeper = chain.keeper();
    await keeper.catchUp();
    expectSame(keeper.store, expected);
  });

  test("proves coins below the tree at its tip, those of an address or named in a state", async () => {
    const chain = new Growing();
    chain.grow(90);
    const keeper = chain.keeper();
    await keeper.catchUp();
    const { tree } = chain.solo;
    const [coin] = chain.solo.coins();
    const wallet = { addresses: [(coin as Coin).address], publicKeys: [] };
    const proofs = (await proveCoins(chain.solo.chain, keeper, TEST_PARAMS.proofAge, wallet)) ?? [];
    const unspent = new Set(chain.solo.coins().map(({ coinid }) => idKey(coinid)));
    expect(new Set(proofs.map(({ coin: { coinid } }) => idKey(coinid)))).toEqual(unspent);
    expect(proofs.some(({ coin: { created } }) => created.lessThan(MiniNumber.of(tree.root.number)))).toBe(true);
    for (const proof of proofs) expect(isCoinProofValid(tree.tip.mmr, proof)).toBe(true);
    expect(await proveCoins(chain.solo.chain, keeper, 8, { addresses: [new Uint8Array(32)], publicKeys: [] })).toEqual([]);
  });

  test("does not begin in the middle of a chain, and says what it needs", async () => {
    const chain = new Growing();
    chain.grow(60);
    chain.store.txblocks.trimArchive(5);
    const log = recordingLogger();
    const keeper = chain.keeper(log);
    await keeper.catchUp();
    expect(keeper.isReady).toBe(false);
    expect(log.events.join()).toContain("blocks from the first one on are needed");
    expect(await proveCoins(chain.solo.chain, keeper, 8, { addresses: [], publicKeys: [] })).toBeUndefined();
  });

  test("stops and says so when the image does not fit the blocks", async () => {
    const chain = new Growing();
    chain.grow(40);
    const first = chain.keeper();
    await first.catchUp();
    chain.grow(12);
    const log = recordingLogger();
    const damaged = new MegaKeeper({ store: first.store, blocks: chain.store.txblocks, chain: chain.solo.chain, log });
    for (const page of first.store.nodePages())
      for (const { row, entry } of page)
        first.store.mega.mmr.set(row, entry.unscaled, { hash: new Uint8Array(32), value: MiniNumber.of(5) });
    await damaged.catchUp();
    expect(damaged.isReady).toBe(false);
    expect(log.events).toContain("the MegaMMR cannot go on");
  });
});
