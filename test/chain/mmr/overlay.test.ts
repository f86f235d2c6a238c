import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isCoinProofValid } from "../../../host/chain/mmr/coin-proof.js";
import { coinLeaf } from "../../../host/protocol/mmr-node.js";
import type { CoinProof } from "../../../host/protocol/witness.js";
import { ancestors, type CoinBlock, firstBlock, leavesOf, nextBlock, proveAt } from "./coin-chain.js";
import { fullTree, rootOver } from "./full-tree.js";

interface BlockPlan {
  /** Which of the blocks so far is the parent, counted from the newest. */
  readonly back: number;
  /** Which unspent coins are spent, and how old their proofs are. */
  readonly spends: readonly { readonly pick: number; readonly age: number }[];
  readonly amounts: readonly number[];
}

type ChainPlan = readonly [amounts: readonly number[], blocks: readonly BlockPlan[]];

function chainOf(back: fc.Arbitrary<number>): fc.Arbitrary<ChainPlan> {
  const block: fc.Arbitrary<BlockPlan> = fc.record({
    back,
    spends: fc.array(fc.record({ pick: fc.nat(1000), age: fc.nat(20) }), { maxLength: 4 }),
    amounts: fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 6 }),
  });
  return fc.tuple(fc.array(fc.nat(50), { minLength: 1, maxLength: 9 }), fc.array(block, { minLength: 1, maxLength: 25 }));
}

const withForks = chainOf(fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(6) }));

/** The oldest proof, not older than `age` blocks, of a coin. */
function oldProof(block: CoinBlock, entry: number, age: number): CoinProof {
  let at = block;
  for (const older of ancestors(block)) {
    if (block.number - older.number > age || older.coins.length <= entry) break;
    at = older;
  }
  return proveAt(at, entry);
}

function build([amounts, plans]: ChainPlan): CoinBlock[] {
  const blocks = [firstBlock(amounts)];
  for (const { back, spends, amounts: created } of plans) {
    const parent = blocks[Math.max(0, blocks.length - 1 - back)] as CoinBlock;
    const unspent = Array.from(parent.coins.keys()).filter((entry) => !parent.spent.has(entry));
    const picked = new Map(
      spends.flatMap(({ pick, age }) =>
        unspent
          .slice(pick % (unspent.length + 1))
          .slice(0, 1)
          .map((e) => [e, age]),
      ),
    );
    blocks.push(
      nextBlock(
        parent,
        Array.from(picked, ([entry, age]) => oldProof(parent, entry, age)),
        created,
      ),
    );
  }
  return blocks;
}

/** Spec 03 §8 over what is known of the blocks. */
function shouldBeValid(at: CoinBlock, madeAt: CoinBlock, entry: number): boolean {
  return Array.from(ancestors(at)).includes(madeAt) && !madeAt.spent.has(entry) && !at.spent.has(entry);
}

describe("overlays of blocks against full trees", () => {
  test("each block's overlay has the peaks and root of all leaves, on every branch", () => {
    fc.assert(
      fc.property(withForks, (plans) => {
        for (const block of build(plans)) {
          const full = fullTree(leavesOf(block));
          expect(block.mmr.peaks().map(({ data }) => data)).toEqual(full.peakNodes);
          expect(block.mmr.root()).toEqual(rootOver(full.peakNodes));
          for (const entry of block.coins.keys()) expect(block.mmr.proofToPeak(BigInt(entry)).chunks).toEqual(full.pathToPeak(entry));
        }
      }),
      { numRuns: 40 },
    );
  });

  test("a coin proof is valid on the branch it was made on while the coin is unspent", () => {
    fc.assert(
      fc.property(
        withForks,
        fc.array(fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000)), { minLength: 30, maxLength: 30 }),
        (plans, picks) => {
          const blocks = build(plans);
          for (const [a, b, c] of picks) {
            const at = blocks[a % blocks.length] as CoinBlock;
            const madeAt = blocks[b % blocks.length] as CoinBlock;
            const entry = c % madeAt.coins.length;
            const expected = shouldBeValid(at, madeAt, entry);
            const forkTwin = !expected && madeAt.number <= at.number && !Array.from(ancestors(at)).includes(madeAt);
            // Two branches may hold the same coin with the same path: then a proof of one is also a proof of the other.
            if (!forkTwin) expect(isCoinProofValid(at.mmr, proveAt(madeAt, entry))).toBe(expected);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test("after a cut, kept coins stay provable and older proofs are worth nothing", () => {
    fc.assert(
      fc.property(chainOf(fc.constant(0)), fc.nat(1000), (plans, pick) => {
        const tip = build(plans).at(-1) as CoinBlock;
        const branch = Array.from(ancestors(tip)).reverse();
        const newRoot = branch[pick % branch.length] as CoinBlock;
        const root = newRoot.mmr.root();
        const kept = Array.from(newRoot.coins.keys()).filter((entry) => entry % 2 === 0 && !newRoot.spent.has(entry));
        const first = branch[0] as CoinBlock;
        const old = kept.filter((entry) => entry < first.coins.length).map((entry) => proveAt(first, entry));
        for (const entry of kept) newRoot.mmr.keep(BigInt(entry));
        newRoot.mmr.parent = null;
        expect(newRoot.mmr.root()).toEqual(root);
        for (const entry of kept) {
          const proven = proveAt(tip, entry);
          expect(tip.mmr.proves(coinLeaf(proven.coin), proven.proof)).toBe(!tip.spent.has(entry));
          expect(isCoinProofValid(tip.mmr, proven)).toBe(!tip.spent.has(entry));
        }
        if (newRoot.number > 0) for (const proven of old) expect(isCoinProofValid(tip.mmr, proven)).toBe(false);
      }),
      { numRuns: 40 },
    );
  });
});
