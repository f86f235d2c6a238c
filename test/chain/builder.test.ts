import { describe, expect, test } from "vitest";
import { transactionTarget } from "../../host/chain/builder.js";
import { txpowKey } from "../../host/chain/id-key.js";
import { DEFAULT_MAGIC_VALUES } from "../../host/chain/magic.js";
import { EASIEST_TARGET, TEST_PARAMS } from "../../host/chain/params.js";
import { timeRange } from "../../host/chain/time.js";
import { fromUnsigned, toHex, toUnsigned } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { isBlock, txpowId } from "../../host/protocol/txpow.js";
import { mineTxPoW, SoloNode } from "./solo.js";

const MAX = (1n << 256n) - 1n;

describe("a chain made here", () => {
  test("grows, pays, is cut, and keeps every coin provable", () => {
    const node = new SoloNode();
    node.extend();
    node.extend(node.spend(node.coins()[0] as Coin, ["400000000", "300000000", "300000000"]));
    for (let i = 0; i < 45; i++) {
      const oldest = node.coins().at(-1) as Coin;
      const half = oldest.amount.div(MiniNumber.TWO).toString();
      node.extend(i % 5 === 0 ? node.spend(oldest, [half, half]) : {});
    }
    const { tree, chain, store } = node;
    expect(tree.root.number).toBeGreaterThan(1);
    expect(store.archive.length).toBe(tree.root.number - 1);
    expect(chain.cascade.nodes.length).toBeGreaterThan(4);
    const sum = node.coins().reduce((total, coin) => total.add(coin.amount), MiniNumber.ZERO);
    expect(sum.equals(tree.tip.txpow.header.total)).toBe(true);
    for (const coin of node.coins())
      expect(node.receive(mineTxPoW(node.build(node.spend(coin, ["1"])))).arrival).toMatchObject({ verdict: "stored" });
  });

  test("dates blocks within the limits whatever the clock says", () => {
    const node = new SoloNode();
    for (let i = 0; i < 5; i++) node.extend();
    const { earliest, latest } = timeRange(node.tree.tip, TEST_PARAMS);
    expect(node.build({ now: 0 }).header.time.equals(earliest.add(MiniNumber.of(50_000)))).toBe(true);
    expect(node.build({ now: node.now + 10 * 86_400_000 }).header.time.equals(latest)).toBe(true);
    expect(node.build({ now: node.now + 5 }).header.time.equals(MiniNumber.of(node.now + 5))).toBe(true);
  });

  test("carries the maker's votes, which move the limits of later blocks", () => {
    const node = new SoloNode();
    const desired = { ...DEFAULT_MAGIC_VALUES, maxTransactions: MiniNumber.of(512) };
    node.extend({ desired });
    const limit = node.extend().header.magic.current.maxTransactions;
    expect(limit.moreThan(MiniNumber.of(256))).toBe(true);
    expect(limit.lessThan(MiniNumber.of(257))).toBe(true);
  });
});

describe("the target of a transaction", () => {
  const easiest = fromUnsigned(EASIEST_TARGET);
  const hard = fromUnsigned(EASIEST_TARGET / 1000n);
  test("is a second of own work", () => {
    expect(toUnsigned(transactionTarget(1_000_000, hard, easiest))).toBe(MAX / 1_000_000n);
  });
  test("is never harder than the block's", () => {
    expect(toHex(transactionTarget(1e12, hard, easiest))).toBe(toHex(hard));
  });
  test("is a little harder than the minimum on slow machines", () => {
    const target = toUnsigned(transactionTarget(100, hard, easiest));
    expect((target * 11n) / 10n).toBeLessThanOrEqual(EASIEST_TARGET + EASIEST_TARGET / 10n ** 14n);
    expect((target * 11n) / 10n).toBeGreaterThan(EASIEST_TARGET - EASIEST_TARGET / 10n ** 14n);
    expect(toUnsigned(transactionTarget(0, hard, easiest))).toBe(target);
  });
});

describe("the mempool", () => {
  /** A chain whose blocks are harder than transactions, with ten coins of 100 million. */
  function crowded(): SoloNode {
    const node = new SoloNode();
    node.extend();
    node.extend(node.spend(node.coins()[0] as Coin, new Array<string>(10).fill("100000000")));
    for (let i = 0; i < 16; i++) node.extend({}, 4000);
    return node;
  }

  test("waits for a block, which takes the larger burn of two that spend one coin", () => {
    const node = crowded();
    const [coin, other] = node.coins() as [Coin, Coin];
    const cheap = mineTxPoW(node.build(node.spend(coin, ["99999999"])), "transaction");
    const dear = mineTxPoW(node.build(node.spend(coin, ["90000000"])), "transaction");
    const apart = mineTxPoW(node.build(node.spend(other, ["99999998"])), "transaction");
    for (const txpow of [cheap, dear, apart]) expect(node.receive(txpow).arrival.verdict).toBe("stored");
    expect(isBlock(cheap)).toBe(false);
    expect(Array.from(node.chain.mempool.transactions(), txpowKey)).toEqual([cheap, dear, apart].map(txpowKey));
    const block = node.extend();
    expect(block.body?.txnlist).toEqual([dear, apart].map(txpowId));
    expect(Array.from(node.chain.mempool.transactions(), txpowKey)).toEqual([txpowKey(cheap)]);
    expect(node.chain.blockOf(txpowKey(dear))?.key).toBe(txpowKey(block));
    expect(node.chain.blockOf(txpowKey(cheap))).toBeUndefined();
    // The loser is looked at a few more times, then it is gone.
    for (let i = 0; i < 4; i++) node.extend({}, 30_000);
    expect([...node.chain.mempool.transactions()]).toEqual([]);
  });

  test("leaves out what spends a coin of the block's own transaction", () => {
    const node = crowded();
    const [coin] = node.coins() as [Coin];
    const txpow = mineTxPoW(node.build(node.spend(coin, ["1"])), "transaction");
    node.receive(txpow);
    expect(node.build(node.spend(coin, ["2"])).body?.txnlist).toEqual([]);
    expect(node.build().body?.txnlist).toEqual([txpowId(txpow)]);
  });

  test("gives back transactions of a branch that lost", () => {
    const node = crowded();
    const [coin] = node.coins() as [Coin];
    const txpow = mineTxPoW(node.build(node.spend(coin, ["1"])), "transaction");
    const rival = new SoloNode(genesisOf(node));
    for (const { txpow: block } of node.tree.mainBranch().slice(1)) rival.receive(block);
    rival.now = node.now;
    node.receive(txpow);
    node.extend();
    expect([...node.chain.mempool.transactions()]).toEqual([]);
    for (const block of [rival.extend({}, 21_000), rival.extend()]) node.receive(block);
    expect(node.tree.tip.key).toBe(rival.tree.tip.key);
    expect(Array.from(node.chain.mempool.transactions(), txpowKey)).toContain(txpowKey(txpow));
  });
});

function genesisOf(node: SoloNode): SoloNode["tree"]["root"]["txpow"] {
  return node.tree.root.txpow;
}
