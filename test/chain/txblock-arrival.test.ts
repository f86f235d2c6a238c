import { describe, expect, test } from "vitest";
import { Chain } from "../../host/chain/chain.js";
import { MemoryStore } from "../../host/chain/memory-store.js";
import { TEST_PARAMS } from "../../host/chain/params.js";
import { runSteps } from "../../host/chain/steps.js";
import type { TxBlockArrival } from "../../host/chain/txblock-arrival.js";
import type { Effect } from "../../host/chain/types.js";
import type { Coin } from "../../host/protocol/coin.js";
import { MiniNumber } from "../../host/protocol/number.js";
import type { TxBlock } from "../../host/protocol/txblock.js";
import { txpowId } from "../../host/protocol/txpow.js";
import { SoloNode } from "./solo.js";

/** A node that follows the TxBlocks of another one. */
class Follower {
  readonly store = new MemoryStore();
  readonly chain: Chain;

  constructor(master: SoloNode) {
    const deps = { source: this.store, now: () => master.now, isRelevant: () => true, followsTxBlocks: true };
    this.chain = new Chain(TEST_PARAMS, deps);
    this.store.apply(runSteps(this.chain.receiveIBD({ cascade: null, blocks: blocksOf(master) }, "master")).effects);
  }

  take(block: TxBlock): { readonly result: TxBlockArrival; readonly effects: readonly Effect[] } {
    const { result, effects } = runSteps(this.chain.receiveTxBlock(block, "master"));
    this.store.apply(effects);
    return { result, effects };
  }
}

function blocksOf(master: SoloNode): TxBlock[] {
  return master.tree.mainBranch().map(({ txblock }) => txblock);
}

describe("a node that follows TxBlocks", () => {
  test("adds each as it comes, with its coins, and cuts its tree as its master does", () => {
    const master = new SoloNode();
    const follower = new Follower(master);
    for (let i = 0; i < 60; i++) {
      const coin = master.coins().find(({ amount }) => amount.moreThan(MiniNumber.ONE)) as Coin;
      master.extend(master.spend(coin, ["1", coin.amount.sub(MiniNumber.ONE).toString()]));
      expect(follower.take(master.tree.tip.txblock).result).toBe("added");
      expect(follower.take(master.tree.tip.txblock).result).toBe("known");
    }
    expect(follower.chain.tip?.key).toBe(master.tree.tip.key);
    expect(follower.chain.tree?.root.key).toBe(master.tree.root.key);
    expect(follower.chain.tip?.mmr.root()).toEqual(master.tree.tip.mmr.root());
  });

  test("asks for parents one after the other and then adds all of them", () => {
    const master = new SoloNode();
    const follower = new Follower(master);
    for (let i = 0; i < 5; i++) master.extend();
    const blocks = blocksOf(master);
    for (const i of [5, 4, 3, 2]) {
      const { result, effects } = follower.take(blocks[i] as TxBlock);
      expect(result).toBe("waiting");
      const parent = blocks[i - 1] as TxBlock;
      expect(effects).toEqual([{ type: "request", id: txpowId(parent.txpow), peer: "master" }]);
    }
    expect(follower.take(blocks[5] as TxBlock).result).toBe("known");
    expect(follower.take(blocks[1] as TxBlock).result).toBe("added");
    expect(follower.chain.tip?.key).toBe(master.tree.tip.key);
  });

  test("goes over to a heavier branch", () => {
    const master = new SoloNode();
    const follower = new Follower(master);
    const other = new SoloNode(master.tree.root.txpow);
    for (let i = 0; i < 3; i++) master.extend();
    for (let i = 0; i < 5; i++) other.extend({}, TEST_PARAMS.blockInterval + 1);
    for (const block of [...blocksOf(master), ...blocksOf(other)].slice(1)) follower.take(block);
    expect(follower.chain.tip?.key).toBe(other.tree.tip.key);
  });

  test("takes none whose header or coins do not fit", () => {
    const master = new SoloNode();
    const follower = new Follower(master);
    const [coin] = master.coins();
    if (coin === undefined) throw new Error("no coin");
    master.extend(master.spend(coin, ["5", "999999995"]));
    const { txblock } = master.tree.tip;
    const { txpow } = txblock;
    const bad: TxBlock[] = [
      { ...txblock, newCoins: txblock.newCoins.slice(1) },
      { ...txblock, spentCoins: [] },
      { ...txblock, previousPeaks: [] },
      { ...txblock, txpow: { ...txpow, body: null } },
      { ...txblock, txpow: { ...txpow, header: { ...txpow.header, time: MiniNumber.ZERO } } },
    ];
    for (const block of bad) {
      const { result, effects } = follower.take(block);
      expect(result).toBe("refused");
      expect(effects).toMatchObject([{ type: "block-invalid", peer: "master" }]);
    }
    expect(follower.take(txblock).result).toBe("added");
  });

  test("keeps only so many that wait for parents", () => {
    const master = new SoloNode();
    const follower = new Follower(master);
    const block = master.extend();
    const orphan = (i: number): TxBlock => {
      const superparents = [new Uint8Array(32).fill(1 + (i % 255)), ...block.header.superparents.slice(1)];
      const header = { ...block.header, block: MiniNumber.of(10), nonce: MiniNumber.of(i), superparents };
      return { ...master.tree.tip.txblock, txpow: { header, body: block.body } };
    };
    for (let i = 0; i < 2000; i++) expect(follower.take(orphan(i)).result).toBe("waiting");
    expect(follower.take(orphan(1999)).result).toBe("known");
    expect(follower.take(orphan(0)).result).toBe("waiting");
  });
});
