import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DeferredParents } from "../../host/chain/mmr/deferred-parents.js";
import { MMR } from "../../host/chain/mmr/mmr.js";
import { runSteps } from "../../host/chain/steps.js";
import { applyTxBlock, makeTxBlock } from "../../host/chain/txblock.js";
import { dataLeaf } from "../../host/protocol/mmr-node.js";
import { MiniNumber } from "../../host/protocol/number.js";
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
