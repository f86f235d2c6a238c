import { describe, expect, test } from "vitest";
import { isCoinProofValid } from "../../../host/chain/mmr/coin-proof.js";
import { MMR } from "../../../host/chain/mmr/mmr.js";
import { readMMRSet, writeMMRSet } from "../../../host/chain/mmr/mmr-set.js";
import type { Coin } from "../../../host/protocol/coin.js";
import { coinLeaf, dataLeaf, foldProof, leafNode, parentNode } from "../../../host/protocol/mmr-node.js";
import { EMPTY_PROOF, type MMRData, type MMRProof } from "../../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import { decode } from "../../../host/protocol/reader.js";
import { encode } from "../../../host/protocol/writer.js";
import { firstBlock, nextBlock, proveAt } from "./coin-chain.js";

const leaf = (byte: number, value = MiniNumber.ZERO): MMRData => dataLeaf(Uint8Array.of(byte), value);
const leaves = (count: number): MMRData[] => Array.from({ length: count }, (_, i) => leaf(i));
const number = (text: string): MiniNumber => MiniNumber.parse(text);
const pair = ({ unscaled, scale }: MiniNumber): [bigint, number] => [unscaled, scale];

describe("quirks of the MMR (spec 03 §16)", () => {
  test("1: bagging is a repeated MMR over the peaks, neither a left nor a right fold", () => {
    const peaks = leaves(7);
    const [a, b, c, d, e, f, g] = peaks as [MMRData, MMRData, MMRData, MMRData, MMRData, MMRData, MMRData];
    const p = parentNode;
    const mmr = MMR.fromPeaks(
      0,
      peaks.map((data, i) => ({ row: 6 - i, entry: { scale: 0, unscaled: BigInt(2 ** (i + 1) - 2) }, data })),
    );
    expect(mmr.next).toBe(127n);
    expect(mmr.root()).toEqual(p(p(p(p(a, b), p(c, d)), p(e, f)), g));
  });

  test("2: sums keep scale and trailing zeros, leaf values even a negative scale", () => {
    const sum = (a: string, b: string): [bigint, number] => pair(parentNode(leaf(1, number(a)), leaf(2, number(b))).value);
    expect(sum("1.50", "1.50")).toEqual([300n, 2]);
    expect(sum("0", "1.50")).toEqual([150n, 2]);
    expect(sum("0.00", "0")).toEqual([0n, 2]);
    expect(sum("1E9", "0")).toEqual([1_000_000_000n, 0]);
    expect(pair(leaf(1, number("1E9")).value)).toEqual([1n, -9]);
    expect(parentNode(leaf(1, number("2.50")), leaf(2)).hash).not.toEqual(parentNode(leaf(1, number("2.5")), leaf(2)).hash);
  });

  test("3: more than 44 decimals live in a leaf and are cut in its parent", () => {
    const tiny = new MiniNumber(1n, 60);
    expect(pair(leaf(1, tiny).value)).toEqual([1n, 60]);
    expect(pair(parentNode(leaf(1, tiny), leaf(2, MiniNumber.ONE)).value)).toEqual([10n ** 44n, 44]);
  });

  test("4: a position counts by value, a leaf by its encoding; what is no position is nowhere", () => {
    const block = firstBlock([1, 2, 3, 4, 5, 6]);
    const proven = proveAt(block, 5);
    const at = (scale: number, unscaled: bigint): Coin => ({ ...proven.coin, mmrentry: { scale, unscaled } });
    expect(isCoinProofValid(block.mmr, proven)).toBe(true);
    for (const coin of [at(1, 50n), at(1, 55n), at(0, -1n), at(-2147483648, 5n), at(2147483647, 5n), at(0, 1n << 200n)])
      expect(isCoinProofValid(block.mmr, { ...proven, coin })).toBe(false);

    const read = decode(
      readMMRSet,
      Uint8Array.from([0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 6, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 50, 0, 0, 0, 0, 0, 1, 7]),
    );
    expect(read.get(0, 5n)?.value.toString()).toBe("7");
  });

  test("5: a coin proof may end at the root, at a peak, or be a proof to the root that lost its end", () => {
    const block = firstBlock([1, 2, 3, 4, 5, 6, 7]);
    const [coin] = block.coins as [Coin];
    const toRoot = block.mmr.proofToRoot(0n);
    const toPeak = block.mmr.proofToPeak(0n);
    expect(toRoot.chunks.length).toBeGreaterThan(toPeak.chunks.length);
    const valid = (chunks: MMRProof["chunks"]): boolean => isCoinProofValid(block.mmr, { coin, proof: { ...toRoot, chunks } });
    expect(valid(toRoot.chunks)).toBe(true);
    expect(valid(toPeak.chunks)).toBe(true);
    expect(valid(toRoot.chunks.slice(0, toPeak.chunks.length))).toBe(true);
    expect(valid(toPeak.chunks.slice(0, -1))).toBe(false);
  });

  test("6: the block time of a proof counts by value", () => {
    let block = firstBlock([1, 2, 3]);
    for (let i = 0; i < 20; i++) block = nextBlock(block, [], [i]);
    const proven = proveAt(block, 1);
    const valid = (blocktime: MiniNumber): boolean => isCoinProofValid(block.mmr, { ...proven, proof: { ...proven.proof, blocktime } });
    expect(valid(new MiniNumber(2000n, 2))).toBe(true);
    expect(valid(new MiniNumber(2n, -1))).toBe(true);
    expect(valid(new MiniNumber(205n, 1))).toBe(false);
    expect(valid(MiniNumber.of(21))).toBe(false);
    expect(valid(MiniNumber.of(-20))).toBe(false);
    expect(valid(new MiniNumber(1n, -127))).toBe(false);
    expect(valid(new MiniNumber(1n, 127))).toBe(false);
  });

  test("7: an update looks at positions, not at the flags of the proof", () => {
    const mmr = MMR.of(leaves(6));
    const proof = mmr.proofToPeak(2n);
    const flipped: MMRProof = { ...proof, chunks: proof.chunks.map(({ left, data }) => ({ left: left === 0 ? 1 : 0, data })) };
    expect(foldProof(leaf(2), flipped)).not.toEqual(foldProof(leaf(2), proof));
    const [honest, odd] = [proof, flipped].map((used) => {
      const overlay = MMR.fromPeaks(1, mmr.peaks());
      overlay.update(2n, used, leaf(99));
      return overlay.root();
    });
    expect(odd).toEqual(honest);
  });

  test("8: spends in a TxBlock carry the new block's number though they prove against its parent", () => {
    const parent = firstBlock([1, 2, 3, 4]);
    const block = nextBlock(parent, [proveAt(parent, 1), proveAt(parent, 2)], [5]);
    for (const spend of block.spends) {
      expect(spend.proof.blocktime.toString()).toBe("1");
      expect(parent.mmr.proves(coinLeaf(spend.coin), spend.proof)).toBe(true);
      expect(isCoinProofValid(parent.mmr, spend)).toBe(false);
    }
  });

  test("9: a set may be written in any order", () => {
    const mmr = MMR.of(leaves(11));
    const entries = [...mmr.entries()].reverse();
    const turned = new MMR(0);
    for (const { row, entry, data } of entries) turned.set(row, entry.unscaled, data);
    turned.next = mmr.next;
    const read = decode(readMMRSet, encode(writeMMRSet, turned));
    expect([read.next, read.peaks(), read.root()]).toEqual([mmr.next, mmr.peaks(), mmr.root()]);
  });

  test("10: hashes of any length up to 64 count, with their length", () => {
    const odd = (length: number): MMRData => ({ hash: new Uint8Array(length), value: MiniNumber.ZERO });
    const folds = [0, 31, 32, 33, 64].map((length) => foldProof(leaf(1), { ...EMPTY_PROOF, chunks: [{ left: 0, data: odd(length) }] }));
    expect(folds).toEqual([0, 31, 32, 33, 64].map((length) => parentNode(leaf(1), odd(length))));
    expect(new Set(folds.map(({ hash }) => Buffer.from(hash).toString("hex"))).size).toBe(5);
  });

  test("11: a leaf that no overlay holds since the proof was made counts as unspent", () => {
    let block = firstBlock([1, 2, 3, 4]);
    const proven = proveAt(block, 1);
    for (let i = 0; i < 5; i++) block = nextBlock(block, [], []);
    const fresh = proveAt(block, 1);
    expect(block.mmr.lookup(0, 1n, 1)).toBeUndefined();
    expect(isCoinProofValid(block.mmr, fresh)).toBe(true);
    expect(isCoinProofValid(block.mmr, proven)).toBe(true);
  });
});

test("a leaf's value is hashed as it is encoded, an inner node's as it was added up", () => {
  const write = (): void => {};
  expect(leafNode(write, null, number("1E9")).hash).not.toEqual(leafNode(write, null, MiniNumber.of(1_000_000_000)).hash);
});
