import { describe, expect, test } from "vitest";
import { unspentCoins } from "../../host/chain/coins.js";
import { idKey } from "../../host/chain/id-key.js";
import { provesCoin } from "../../host/chain/mmr/coin-proof.js";
import { TEST_PARAMS } from "../../host/chain/params.js";
import { effectsOf } from "../../host/chain/steps.js";
import type { Coin } from "../../host/protocol/coin.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { mineTxPoW, SoloNode } from "./solo.js";

const LONGEST = TEST_PARAMS.treeLength + TEST_PARAMS.cutFrequency;

const largest = (coins: readonly Coin[]): Coin => coins.toSorted((a, b) => b.amount.compare(a.amount))[0] as Coin;
const keys = (coins: Iterable<Coin>): string[] => Array.from(coins, ({ coinid }) => idKey(coinid));

/** A chain of which one block more makes the tree be cut, with coins old and young. */
function uncut(): SoloNode {
  const node = new SoloNode();
  while (node.tree.length < LONGEST - 1) {
    const coin = largest(node.coins());
    const parts = ["0.5", "0.25", "0.125"];
    node.extend(node.tree.length % 3 === 0 ? {} : node.spend(coin, [...parts, coin.amount.sub(MiniNumber.ONE).toString()]));
  }
  return node;
}

describe("the unspent coins of the tree", () => {
  test("are those of the moment somebody began to look, although the tree is cut meanwhile", () => {
    const node = uncut();
    const all = keys(unspentCoins(node.tree.tip));
    for (const seen of [0, 1, 10, all.length - 10]) {
      const looking = unspentCoins(node.tree.tip);
      const expected = keys(unspentCoins(node.tree.tip));
      const found: Coin[] = [];
      for (let i = 0; i < seen; i++) found.push(looking.next().value as Coin);
      const { root } = node.tree;
      while (node.tree.root === root) node.extend();
      expect(keys([...found, ...looking])).toEqual(expected);
    }
  });

  test("come once at every step of a cut, and are all provable afterwards", () => {
    const node = uncut();
    const before = keys(node.coins());
    node.now += TEST_PARAMS.blockInterval;
    const block = mineTxPoW(node.build());
    const { root } = node.tree;
    const steps = node.chain.receiveTxPoW(block, null);
    for (let step = steps.next(); step.done !== true; step = steps.next()) {
      node.store.apply(effectsOf(step.value));
      expect(keys(node.coins())).toEqual(before);
    }
    expect(node.tree.root).not.toBe(root);
    const { mmr } = node.tree.tip;
    for (const coin of node.coins()) {
      const proof = { ...mmr.proofToPeak(coin.mmrentry.unscaled) };
      expect(provesCoin(mmr, { coin, proof })).toBe(true);
    }
  });
});
