import { expect, test } from "vitest";
import { MMR } from "../../../host/chain/mmr/mmr.js";
import { equalNodes } from "../../../host/protocol/mmr-node.js";
import type { MMRData } from "../../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../../host/protocol/number.js";

const LEAVES = 2000;

function leafOf(i: number): MMRData {
  const hash = new Uint8Array(32);
  new DataView(hash.buffer).setUint32(0, i);
  return { hash, value: MiniNumber.of(i) };
}

test("thousands of leaves that are kept are all provable without what is below, and each node is told once", () => {
  let below = MMR.of([]);
  const leaves = Array.from({ length: LEAVES }, (_, i) => leafOf(i));
  for (let at = 0; at < LEAVES; at += 400) {
    below = at === 0 ? below : MMR.over(below);
    for (const leaf of leaves.slice(at, at + 400)) below.add(leaf);
    below.finalise();
  }
  const root = MMR.over(below);
  root.finalise();
  const before = new Set(Array.from(root.entries(), ({ row, entry }) => `${row} ${entry.unscaled}`));
  const told = leaves.flatMap((_, i) => root.keep(BigInt(LEAVES - 1 - i))).map(({ row, entry }) => `${row} ${entry.unscaled}`);
  expect(new Set(told).size).toBe(told.length);
  expect(told.some((place) => before.has(place))).toBe(false);
  expect(root.size).toBe(before.size + told.length);
  expect(root.keep(7n)).toEqual([]);
  root.parent = null;
  for (const [i, leaf] of leaves.entries()) {
    expect(equalNodes(root.lookup(0, BigInt(i)) as MMRData, leaf)).toBe(true);
    expect(root.proves(leaf, root.proofToRoot(BigInt(i)))).toBe(true);
  }
  expect(Array.from(root.entries())).toHaveLength(root.size);
});
