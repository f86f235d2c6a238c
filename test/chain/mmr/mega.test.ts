import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MegaMMR, readMegaMMR, type UnspendableRules, writeMegaMMR } from "../../../host/chain/mmr/mega.js";
import { MMR } from "../../../host/chain/mmr/mmr.js";
import { runSteps } from "../../../host/chain/steps.js";
import type { Coin } from "../../../host/protocol/coin.js";
import { coinLeaf, foldProof } from "../../../host/protocol/mmr-node.js";
import type { MMRData } from "../../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import { decode } from "../../../host/protocol/reader.js";
import { STATE_HEX, type StateVariable } from "../../../host/protocol/state-variable.js";
import type { TxBlock } from "../../../host/protocol/txblock.js";
import { encode } from "../../../host/protocol/writer.js";
import { sampleTxPoW } from "../../protocol/samples.js";
import { type CoinBlock, firstBlock, leavesOf, nextBlock, proveAt, UNSPENDABLE } from "./coin-chain.js";
import { fullTree } from "./full-tree.js";

function txBlock(block: CoinBlock): TxBlock {
  const root = block.mmr.root() as MMRData;
  return {
    txpow: sampleTxPoW(null, { block: MiniNumber.of(block.number), mmr: root.hash, total: root.value }),
    previousPeaks: block.parent?.mmr.peaks() ?? [],
    spentCoins: block.spends,
    newCoins: block.coins.slice(block.parent?.coins.length ?? 0),
  };
}

interface Plan {
  readonly picks: readonly number[];
  readonly amounts: readonly number[];
}

const plans: fc.Arbitrary<Plan[]> = fc.array(
  fc.record({
    picks: fc.array(fc.nat(1000), { maxLength: 5 }),
    amounts: fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 20 },
);

/** A chain from a first block of one coin, and the Mega MMR that follows it. */
function follow(blocks: readonly Plan[]): { readonly mega: MegaMMR; readonly tip: CoinBlock } {
  let tip = firstBlock([1]);
  const mega = MegaMMR.of(MMR.fromPeaks(0, tip.mmr.peaks()), tip.coins);
  for (const { picks, amounts } of blocks) {
    const unspent = entriesOfUnspent(tip);
    const picked = new Set(picks.flatMap((pick) => unspent.slice(pick % (unspent.length + 1)).slice(0, 1)));
    const parent = tip;
    tip = nextBlock(
      parent,
      Array.from(picked, (entry) => proveAt(parent, entry)),
      amounts,
    );
    expect(runSteps(mega.add(txBlock(tip))).result).toBe(true);
  }
  return { mega, tip };
}

const entriesOfUnspent = ({ coins, spent }: CoinBlock): number[] => Array.from(coins.keys()).filter((entry) => !spent.has(entry));
const entryOf = ({ mmrentry }: Coin): number => Number(mmrentry.unscaled);
const entriesIn = (mega: MegaMMR): number[] => Array.from(mega.coins(), entryOf).sort((a, b) => a - b);
const places = (mmr: MMR): string[] => Array.from(mmr.entries(), ({ row, entry }) => `${row}:${entry.unscaled}`).sort();

/** What a scan of everything would leave: all that does not hang below a node of value 0. */
function prunedPlaces(block: CoinBlock): string[] {
  const full = fullTree(leavesOf(block));
  const kept = (row: number, entry: number): string[] => [
    `${row}:${entry}`,
    ...(row === 0 || full.node(row, entry).value.isZero() ? [] : [...kept(row - 1, 2 * entry), ...kept(row - 1, 2 * entry + 1)]),
  ];
  return full.peaks.flatMap(({ row, entry }) => kept(row, entry)).sort();
}

describe("a Mega MMR (spec 03 §12)", () => {
  test("has the root, the unspent coins and their proofs, and nothing below nodes of value 0", () => {
    fc.assert(
      fc.property(plans, (blocks) => {
        const { mega, tip } = follow(blocks);
        expect(mega.mmr.root()).toEqual(tip.mmr.root());
        expect(mega.mmr.blocktime).toBe(tip.number);
        expect(entriesIn(mega)).toEqual(entriesOfUnspent(tip));
        expect(places(mega.mmr)).toEqual(prunedPlaces(tip));
        for (const coin of mega.coins())
          if (!coin.amount.isZero()) expect(mega.mmr.proofToPeak(coin.mmrentry.unscaled)).toEqual(proveAt(tip, entryOf(coin)).proof);
      }),
      { numRuns: 40 },
    );
  });

  test("goes on after it was written and read", () => {
    const first: Plan[] = [
      { picks: [], amounts: [3, 4, 5, 6, 7] },
      { picks: [1, 2], amounts: [8, 9] },
    ];
    const { mega, tip } = follow(first);
    const read = decode(readMegaMMR, encode(writeMegaMMR, mega));
    expect(places(read.mmr)).toEqual(places(mega.mmr));
    expect(entriesIn(read)).toEqual(entriesIn(mega));
    const next = nextBlock(tip, [proveAt(tip, entriesOfUnspent(tip)[0] as number)], [1, 2, 3]);
    expect(runSteps(read.add(txBlock(next))).result).toBe(true);
  });

  test("tells when its root is not the header's", () => {
    const { mega, tip } = follow([{ picks: [], amounts: [3] }]);
    const next = txBlock(nextBlock(tip, [], [4]));
    expect(runSteps(mega.add({ ...next, newCoins: [] })).result).toBe(false);
  });

  test("forgets unspendable coins and what only they need, and proves all others still", () => {
    fc.assert(
      fc.property(plans, (blocks) => {
        const { mega, tip } = follow(blocks);
        const root = mega.mmr.root();
        const size = mega.mmr.size;
        for (const _ of mega.forgetUnspendable({ state: false, tokens: false }));
        expect(mega.mmr.root()).toEqual(root);
        expect(mega.mmr.size).toBeLessThanOrEqual(size);
        const spendable = entriesOfUnspent(tip).filter((entry) => !(tip.coins[entry] as Coin).amount.isZero() && !isLost(tip, entry));
        expect(entriesIn(mega)).toEqual(expect.arrayContaining(spendable));
        for (const entry of spendable) {
          const coin = tip.coins[entry] as Coin;
          const proof = mega.mmr.proofToPeak(BigInt(entry));
          expect(proof).toEqual(proveAt(tip, entry).proof);
          expect(mega.mmr.proves(coinLeaf(coin), proof)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("forgets coins by state and token only if asked", () => {
    const state: readonly StateVariable[] = [{ port: 0, type: STATE_HEX, text: "0x00" }];
    const tokenid = Uint8Array.of(9);
    const coins = firstBlock([1, 2, 3, 4, 5, 6, 7, 8]).coins.map((coin, entry): Coin => {
      if (entry === 2 || entry === 3) return { ...coin, state };
      return entry === 4 || entry === 5 ? { ...coin, tokenid } : coin;
    });
    const left = (rules: UnspendableRules): number[] => {
      const mega = MegaMMR.of(MMR.of(coins.map((coin) => coinLeaf(coin))), coins);
      for (const _ of mega.forgetUnspendable(rules));
      return entriesIn(mega);
    };
    expect(left({ state: false, tokens: false })).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(left({ state: true, tokens: false })).toEqual([0, 1, 4, 5, 6, 7]);
    expect(left({ state: false, tokens: true })).toEqual([0, 1, 2, 3, 6, 7]);
  });

  test("below the tree proves coins at the tip, but no proof is checked against it", () => {
    const { mega, tip } = follow([
      { picks: [], amounts: [3, 4, 5] },
      { picks: [2], amounts: [6, 7, 8, 9] },
    ]);
    const root = nextBlock(tip, [], [11]);
    const next = nextBlock(root, [], [12]);
    root.mmr.parent = null;
    const coin = next.coins[1] as Coin;
    expect(next.mmr.proves(coinLeaf(coin), next.mmr.proofToPeak(1n))).toBe(false);
    root.mmr.floor = mega.mmr;
    expect(foldProof(coinLeaf(coin), next.mmr.proofToPeak(1n))).toEqual(next.mmr.peaks()[0]?.data);
    expect(next.mmr.at(MiniNumber.of(tip.number))).toBeUndefined();
    expect(next.mmr.lookup(0, 1n, root.number)).toBeUndefined();
  });
});

const isLost = ({ coins }: CoinBlock, entry: number): boolean => Number((coins[entry] as Coin).amount.toString()) % UNSPENDABLE === 0;
