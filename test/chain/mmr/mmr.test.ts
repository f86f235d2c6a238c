import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MMR } from "../../../host/chain/mmr/mmr.js";
import { readMMRSet, writeMMRSet } from "../../../host/chain/mmr/mmr-set.js";
import { dataLeaf, equalNodes, foldProof, parentNode } from "../../../host/protocol/mmr-node.js";
import type { MMRData } from "../../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import { decode } from "../../../host/protocol/reader.js";
import { encode } from "../../../host/protocol/writer.js";
import { fullTree, rootOver } from "./full-tree.js";

const leafArbitrary: fc.Arbitrary<MMRData> = fc
  .tuple(fc.integer({ min: 0, max: 1e6 }), fc.nat(4), fc.uint8Array({ maxLength: 4 }))
  .map(([unscaled, scale, bytes]) => dataLeaf(bytes, new MiniNumber(BigInt(unscaled), scale)));

type Step = { readonly leaf: MMRData; readonly update: number | null };

const stepsArbitrary: fc.Arbitrary<Step[]> = fc.array(fc.record({ leaf: leafArbitrary, update: fc.option(fc.nat(1000), { freq: 3 }) }), {
  minLength: 1,
  maxLength: 70,
});

/** Adds and updates in an MMR and in a list. */
function play(steps: readonly Step[]): { readonly mmr: MMR; readonly leaves: MMRData[] } {
  const mmr = new MMR(0);
  const leaves: MMRData[] = [];
  for (const { leaf, update } of steps) {
    if (update === null || leaves.length === 0) {
      expect(mmr.add(leaf)).toBe(BigInt(leaves.length));
      leaves.push(leaf);
    } else {
      const entry = update % leaves.length;
      mmr.update(BigInt(entry), mmr.proofToPeak(BigInt(entry)), leaf);
      leaves[entry] = leaf;
    }
  }
  return { mmr, leaves };
}

function expectSame(mmr: MMR, leaves: readonly MMRData[]): void {
  const full = fullTree(leaves);
  expect(mmr.next).toBe(BigInt(leaves.length));
  expect(mmr.peaks().map(({ row, entry, data }) => ({ row, entry: Number(entry.unscaled), data }))).toEqual(
    full.peaks.map((peak, i) => ({ ...peak, data: full.peakNodes[i] })),
  );
  expect(mmr.root()).toEqual(rootOver(full.peakNodes));
  for (const [entry, leaf] of leaves.entries()) {
    expect(mmr.proofToPeak(BigInt(entry)).chunks).toEqual(full.pathToPeak(entry));
    expect(mmr.proves(leaf, mmr.proofToPeak(BigInt(entry)))).toBe(true);
    expect(foldProof(leaf, mmr.proofToRoot(BigInt(entry)))).toEqual(mmr.root());
  }
}

describe("an MMR against a full tree", () => {
  test("after any adds and updates", () => {
    fc.assert(
      fc.property(stepsArbitrary, (steps) => {
        const { mmr, leaves } = play(steps);
        expectSame(mmr, leaves);
      }),
      { numRuns: 40 },
    );
  });

  test("when it is final, and when it was written and read", () => {
    fc.assert(
      fc.property(stepsArbitrary, (steps) => {
        const { mmr, leaves } = play(steps);
        const before = nodes(mmr);
        mmr.finalise();
        expect(nodes(mmr)).toEqual(before);
        expectSame(mmr, leaves);
        const read = decode(readMMRSet, encode(writeMMRSet, mmr));
        expect(nodes(read)).toEqual(before);
        expectSame(read, leaves);
      }),
      { numRuns: 20 },
    );
  });

  test("that knows only its peaks goes on as if it knew all", () => {
    fc.assert(
      fc.property(fc.array(leafArbitrary, { maxLength: 40 }), fc.array(leafArbitrary, { maxLength: 40 }), (first, then) => {
        const mmr = MMR.fromPeaks(0, MMR.of(first).peaks());
        for (const leaf of then) mmr.add(leaf);
        expect(mmr.root()).toEqual(rootOver(fullTree([...first, ...then]).peakNodes));
      }),
      { numRuns: 40 },
    );
  });
});

const nodes = (mmr: MMR): Map<string, MMRData> =>
  new Map(Array.from(mmr.entries(), ({ row, entry, data }): [string, MMRData] => [`${row}:${entry.unscaled}`, data]).sort());

describe("the root (spec 03 §4)", () => {
  const [a, b, c, d, e, f, g] = Array.from({ length: 7 }, (_, i) => dataLeaf(Uint8Array.of(i))) as [
    MMRData,
    MMRData,
    MMRData,
    MMRData,
    MMRData,
    MMRData,
    MMRData,
  ];
  const p = parentNode;
  const abcd = p(p(a, b), p(c, d));

  /** An MMR with these peaks, in rows that fall by two. */
  const over = (...peaks: readonly MMRData[]): MMRData | null =>
    MMR.fromPeaks(
      0,
      peaks.map((data, i) => ({ row: 2 * (peaks.length - i), entry: { scale: 0, unscaled: 2n * BigInt(4 ** i) }, data })),
    ).root();

  test.each<[number, readonly MMRData[], MMRData]>([
    [1, [a], a],
    [2, [a, b], p(a, b)],
    [3, [a, b, c], p(p(a, b), c)],
    [4, [a, b, c, d], abcd],
    [5, [a, b, c, d, e], p(abcd, e)],
    [6, [a, b, c, d, e, f], p(abcd, p(e, f))],
    [7, [a, b, c, d, e, f, g], p(p(abcd, p(e, f)), g)],
  ])("over %i peaks", (_, peaks, root) => {
    expect(over(...peaks)).toEqual(root);
  });

  test("there is none without leaves", () => {
    expect(new MMR(0).root()).toBeNull();
    expect(new MMR(0).peaks()).toEqual([]);
  });

  test("a single peak is the root as it is, whatever the encoding of its value", () => {
    const leaf = dataLeaf(Uint8Array.of(1), new MiniNumber(1n, -9));
    expect(MMR.of([leaf]).root()).toBe(leaf);
  });
});

describe("an update", () => {
  test("that fails changes nothing", () => {
    const mmr = MMR.of([1, 2, 3, 4].map((value) => dataLeaf(Uint8Array.of(value))));
    const overlay = MMR.fromPeaks(1, mmr.peaks());
    const proof = mmr.proofToPeak(2n);
    const short = { ...proof, chunks: proof.chunks.slice(0, 1) };
    expect(() => overlay.update(2n, short, dataLeaf(Uint8Array.of(9)))).toThrow(/peak/);
    expect(nodes(overlay)).toEqual(nodes(MMR.fromPeaks(1, mmr.peaks())));
  });

  test("of a final MMR adds what is missing and never moves a peak", () => {
    const leaves = [1, 2, 3, 4, 5].map((value) => dataLeaf(Uint8Array.of(value)));
    const mmr = MMR.of(leaves);
    const overlay = MMR.fromPeaks(0, mmr.peaks());
    overlay.finalise();
    const root = overlay.root();
    expect(() => overlay.update(2n, mmr.proofToPeak(2n), dataLeaf(Uint8Array.of(9)))).toThrow(/final/);
    overlay.update(2n, mmr.proofToPeak(2n), leaves[2] as MMRData);
    expect(overlay.proofToPeak(2n)).toEqual(mmr.proofToPeak(2n));
    expect(overlay.root()).toBe(root);
    expect(equalNodes(root as MMRData, mmr.root() as MMRData)).toBe(true);
  });

  test("of many leaves of a final MMR keeps all of them", () => {
    const leaves = Array.from({ length: 600 }, (_, i) => dataLeaf(Uint8Array.of(i >> 8, i)));
    const mmr = MMR.of(leaves);
    const overlay = MMR.fromPeaks(0, mmr.peaks());
    overlay.finalise();
    for (const [i, leaf] of leaves.entries()) overlay.update(BigInt(i), mmr.proofToPeak(BigInt(i)), leaf);
    expect(overlay.size).toBe(mmr.size);
    expect(nodes(overlay)).toEqual(nodes(mmr));
    expect(overlay.proofToPeak(417n)).toEqual(mmr.proofToPeak(417n));
  });
});
