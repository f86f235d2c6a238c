import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Chain } from "../../host/chain/chain.js";
import { isRelevantCoin, unspentCoins } from "../../host/chain/coins.js";
import { txpowKey } from "../../host/chain/id-key.js";
import { TEST_PARAMS } from "../../host/chain/params.js";
import { runSteps } from "../../host/chain/steps.js";
import type { Effect } from "../../host/chain/types.js";
import { weightText } from "../../host/chain/weight.js";
import { toHex } from "../../host/protocol/bytes.js";
import { writeMMRProof } from "../../host/protocol/mmr-objects.js";
import { isBlock, type TxPoW } from "../../host/protocol/txpow.js";
import { encode } from "../../host/protocol/writer.js";
import { RecordedChain } from "../conformance/recorded-chain.js";
import { recordedChain } from "./recorded.js";

const { file, genesis, txpows } = recordedChain("chain-1");

/** A node that has seen the first `count` TxPoWs. */
function nodeAfter(count: number): RecordedChain {
  const node = new RecordedChain(file);
  node.begin(genesis);
  for (const txpow of txpows.slice(0, count)) node.receive(txpow);
  return node;
}

/** All that should not depend on how a node got where it is: tip, weights, coins and their proofs. */
function view(chain: Chain, tracked: RecordedChain["tracked"]): unknown {
  const { tree, cascade } = chain;
  if (tree === null) return null;
  const relevant = [...unspentCoins(tree.tip)].filter((coin) => isRelevantCoin(coin, tracked));
  return {
    nodes: Array.from(tree.nodes(), (node) => [node.key, weightText(node.total)]),
    main: tree.mainBranch().map((node) => node.key),
    cascade: [cascade.nodes.map(({ txpow, level }) => [txpowKey(txpow), level]), weightText(cascade.weight)],
    coins: relevant.map(({ coinid, mmrentry }) => [
      toHex(coinid),
      toHex(encode(writeMMRProof, tree.tip.mmr.proofToPeak(mmrentry.unscaled))),
    ]),
    mempool: Array.from(chain.mempool.transactions(), txpowKey),
  };
}

function restarted({ store, tracked }: RecordedChain): Chain {
  const deps = { source: store, now: () => 0, isRelevant: (coin: Parameters<typeof isRelevantCoin>[0]) => isRelevantCoin(coin, tracked) };
  const chain = Chain.restore(TEST_PARAMS, deps, store.saved());
  store.apply(runSteps(chain.resume()).effects);
  return chain;
}

describe("a chain that was saved", () => {
  test.each([0, 1, 20, 33, 34, 40, 61, 85])("goes on after %i TxPoWs as if nothing had happened", (count) => {
    const node = nodeAfter(count);
    const before = view(node.chain, node.tracked) as { mempool: unknown };
    const chain = restarted(node);
    const after = view(chain, node.tracked) as { mempool: unknown };
    // What the cascade made of the mempool is not saved with the chain: the host knows which TxPoWs are recent.
    expect({ ...after, mempool: [] }).toEqual({ ...before, mempool: [] });
    for (const txpow of txpows.slice(count)) node.store.apply(runSteps(chain.receiveTxPoW(txpow, null)).effects);
    const whole = nodeAfter(txpows.length);
    expect({ ...(view(chain, node.tracked) as object), mempool: [] }).toEqual({
      ...(view(whole.chain, whole.tracked) as object),
      mempool: [],
    });
  });
});

describe("blocks and TxPoWs in any order", () => {
  const { file: file2, genesis: genesis2, txpows: txpows2 } = recordedChain("chain-2");

  test("end at the same tip", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.infiniteStream(fc.nat()), (reach, random) => {
        const node = new RecordedChain(file2);
        node.begin(genesis2);
        // Each TxPoW is up to `reach` places away from where it was: farther back it could fall below the root.
        const order = txpows2.map((txpow, i) => ({ txpow, at: i + ((random.next().value ?? 0) % reach) }));
        order.sort((a, b) => a.at - b.at);
        for (const { txpow } of order) node.receive(txpow);
        expect(node.state().tip).toBe(file2.final.tip);
      }),
      { numRuns: 6 },
    );
  });

  test("a block enters the tree the moment its last listed TxPoW comes", () => {
    const at = txpows2.findIndex((txpow) => isBlock(txpow) && (txpow.body?.txnlist.length ?? 0) > 1);
    const block = txpows2[at] as TxPoW;
    const listed = new Set((block.body?.txnlist ?? []).map((id) => toHex(id)));
    const node = new RecordedChain(file2);
    node.begin(genesis2);
    for (const txpow of txpows2.slice(0, at)) if (!listed.has(txpowKey(txpow))) node.receive(txpow);
    node.receive(block);
    const missing = txpows2.filter((txpow) => listed.has(txpowKey(txpow)));
    for (const [i, txpow] of missing.entries()) {
      expect(node.tree.get(txpowKey(block))).toBeUndefined();
      const { effects } = node.receive(txpow);
      expect(effects.some(({ type }) => type === "tip")).toBe(i === missing.length - 1);
    }
    expect(node.tree.tip.key).toBe(txpowKey(block));
  });
});

describe("effects", () => {
  const tips = (effects: readonly Effect[]): Extract<Effect, { type: "tip" }>[] => effects.filter((effect) => effect.type === "tip");

  test("of tip changes lead from the old tip to the new one, also across a reorganisation", () => {
    const node = new RecordedChain(file);
    const path = tips(node.begin(genesis)).flatMap(({ connected }) => connected);
    let reorganised = 0;
    for (const txpow of txpows)
      for (const { tip, disconnected, connected } of tips(node.receive(txpow).effects)) {
        for (const gone of disconnected) expect(path.pop()).toBe(gone);
        path.push(...connected);
        expect(path.at(-1)).toBe(tip);
        if (disconnected.length > 0) reorganised++;
      }
    expect(reorganised).toBeGreaterThan(0);
    expect(path.slice(-node.tree.length)).toEqual(node.tree.mainBranch());
  });

  test("of cuts archive the main branch in order and keep the saved tree in step", () => {
    const node = nodeAfter(txpows.length);
    const numbers = node.store.archive.map(({ txpow }) => Number(txpow.header.block.toBigInt()));
    expect(numbers).toEqual(Array.from({ length: node.tree.root.number - 1 }, (_, i) => i + 1));
    expect([...node.store.saved().blocks].map(({ txpow }) => txpowKey(txpow))).toEqual(Array.from(node.tree.nodes(), ({ key }) => key));
  });

  test("store a block before it enters the tree, and tell peers only then", () => {
    const node = nodeAfter(10);
    const { effects } = node.receive(txpows[10] as TxPoW);
    const order = effects.map(({ type }) => type);
    expect(order.indexOf("store")).toBeLessThan(order.indexOf("block-added"));
    expect(order.indexOf("block-added")).toBeLessThan(order.indexOf("relay-block"));
    expect(order.at(-1)).toBe("tip");
  });
});
