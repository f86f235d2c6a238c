import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { DeferredParents } from "../../host/chain/mmr/deferred-parents.js";
import { MMR } from "../../host/chain/mmr/mmr.js";
import { runSteps } from "../../host/chain/steps.js";
import { applyTxBlock, makeTxBlock } from "../../host/chain/txblock.js";
import { publicCore } from "../../host/core/hash.js";
import { dataLeaf } from "../../host/protocol/mmr-node.js";
import { MiniNumber } from "../../host/protocol/number.js";
import type { TxBlock } from "../../host/protocol/txblock.js";
import type { CoinProof } from "../../host/protocol/witness.js";
import { sampleBody, sampleTxPoW, sampleWitness } from "../protocol/samples.js";
import { ancestors, type CoinBlock, firstBlock, nextBlock, proveAt } from "./mmr/coin-chain.js";

interface Plan {
  readonly picks: readonly { readonly entry: number; readonly age: number }[];
  readonly amounts: readonly number[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  picks: fc.array(fc.record({ entry: fc.nat(1000), age: fc.nat(3) }), { maxLength: 9 }),
  amounts: fc.array(fc.nat(99), { maxLength: 9 }),
});
const plans = fc.tuple(fc.array(fc.nat(99), { minLength: 1, maxLength: 30 }), fc.array(plan, { minLength: 1, maxLength: 5 }));

/** Proofs of coins, each made at an earlier block where the coin was unspent as it is now. */
function proofsOf(block: CoinBlock, { picks }: Plan): CoinProof[] {
  const chain = Array.from(ancestors(block));
  const spent = new Set(block.spent);
  return picks.flatMap(({ entry, age }) => {
    const at = entry % block.coins.length;
    const made = chain.slice(0, age + 1).findLast(({ coins }) => coins.length > at);
    if (made === undefined || spent.has(at)) return [];
    spent.add(at);
    return [proveAt(made, at)];
  });
}

describe("a TxBlock", () => {
  test("is made and applied as the specification does it, one coin after the other", () => {
    fc.assert(
      fc.property(plans, ([amounts, blocks]) => {
        let parent = firstBlock(amounts);
        for (const plan of blocks) {
          const proofs = proofsOf(parent, plan);
          const byHand = nextBlock(parent, proofs, plan.amounts);
          const txpow = sampleTxPoW(sampleBody({ witness: { ...sampleWitness([]), coinProofs: proofs } }), {
            block: MiniNumber.of(byHand.number),
          });
          const made = runSteps(makeTxBlock(parent.mmr, txpow, [])).result;
          expect(made.spentCoins).toEqual(byHand.spends);
          expect(made.previousPeaks).toEqual(parent.mmr.peaks());
          const newCoins = byHand.coins.slice(parent.coins.length);
          const { mmr, created } = runSteps(applyTxBlock({ ...made, newCoins }, parent.mmr)).result;
          expect(created).toEqual(newCoins);
          expect(Array.from(mmr.entries())).toEqual(Array.from(byHand.mmr.entries()));
          expect(mmr.peaks()).toEqual(byHand.mmr.peaks());
          expect(mmr.root()).toEqual(byHand.mmr.root());
          parent = byHand;
        }
      }),
      { numRuns: 60 },
    );
  });
});

test("many parents are hashed in steps", () => {
  const mmr = new MMR(0);
  const deferred = new DeferredParents();
  for (let i = 0; i < 5000; i++) mmr.add(dataLeaf(Uint8Array.of(i, i >> 8)), deferred.join);
  expect(Array.from(mmr.settle(deferred)).length).toBeGreaterThan(5000 / 256);
});

describe("of the parents that spends make", () => {
  const amounts = Array.from({ length: 64 }, (_, i) => i + 1);
  const start = firstBlock(amounts);
  const next = sampleTxPoW(null, { block: MiniNumber.TWO });

  /** How many messages are hashed beside what is hashed in any case. */
  function hashesOf(work: () => unknown, always: () => unknown): number {
    const single = vi.spyOn(publicCore, "sha3");
    const many = vi.spyOn(publicCore, "sha3Each");
    const count = (action: () => unknown): number => {
      single.mockClear();
      many.mockClear();
      action();
      return single.mock.calls.length + many.mock.calls.reduce((sum, [, ends]) => sum + (ends.length === 1 ? 0 : ends.length), 0);
    };
    const counted = count(work) - count(always);
    vi.restoreAllMocks();
    return counted;
  }

  const made = (entries: readonly number[]): number => {
    const coinProofs = entries.map((entry) => proveAt(start, entry));
    const transaction = { ...sampleBody().transaction, outputs: [] };
    const body = sampleBody({ transaction, witness: { ...sampleWitness([]), coinProofs } });
    return runSteps(makeTxBlock(start.mmr, { ...next, body }, [])).result.spentCoins.length;
  };

  test.each<[string, readonly number[], number]>([
    ["none is hashed for one spend", [5], 0],
    ["none for the coin beside it, whose proof shows its leaf", [5, 4], 0],
    ["those that the next proof shows", [0, 2], 1],
    ["those of the other half, up to its top", [0, 63], 5],
    ["each once, however many proofs show it", [0, 1, 32, 33], 5],
  ])("%s to make a TxBlock", (_, entries, hashes) => {
    expect(
      hashesOf(
        () => expect(made(entries)).toBe(entries.length),
        () => made([]),
      ),
    ).toBe(hashes);
  });

  test.each<[readonly number[], number]>([
    [[0], 6],
    [[0, 1], 6],
    [[0, 63], 11],
    [[0, 1, 2, 3], 7],
    [Array.from(amounts.keys()), 63],
  ])("those that stay are hashed, once, to apply one: spends of %j", (entries, hashes) => {
    const { spends, number } = nextBlock(
      start,
      entries.map((entry) => proveAt(start, entry)),
      [],
    );
    const txpow = sampleTxPoW(null, { block: MiniNumber.of(number) });
    const block = (spentCoins: readonly CoinProof[]): TxBlock => ({ txpow, previousPeaks: start.mmr.peaks(), spentCoins, newCoins: [] });
    expect(
      hashesOf(
        () => runSteps(applyTxBlock(block(spends), null)),
        () => runSteps(applyTxBlock(block([]), null)),
      ),
    ).toBe(hashes);
  });
});
