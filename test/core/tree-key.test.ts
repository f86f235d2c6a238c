import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { treeKeys, treeSeed } from "../../host/core/tree-key.js";
import { Writer } from "../../host/protocol/writer.js";
import { coreOf, hex, KINDS, peerSha3 } from "./cores.js";

/** The definition: the number, then the seed as data (spec 04 §2). */
function seedByHand(seed: Uint8Array, index: number): Uint8Array {
  const writer = new Writer();
  writer.integer(index);
  writer.int32(seed.length);
  writer.raw(seed);
  return peerSha3(writer.toBytes());
}

const seed = peerSha3(new Uint8Array([3]));
const LAST = 2 ** 31 - 1;

describe.each(KINDS)("seeds and keys of a tree key, %s", (kind) => {
  const core = coreOf(kind);

  test("a numbered seed is that of the definition, under seeds of any length", () => {
    const indexes = fc.oneof(fc.constantFrom(0, 1, 63, 127, 128, 255, 256, 32_767, 32_768, 2 ** 23, LAST), fc.nat(LAST));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), indexes, (bytes, index) => {
        expect(hex(core.treeSeed(bytes, index))).toBe(hex(seedByHand(bytes, index)));
      }),
      { numRuns: 300 },
    );
  });

  test("keys are those of the numbered seeds, whole or in slices", () => {
    const expected = Array.from({ length: 12 }, (_, i) => hex(core.publicKey(seedByHand(seed, 120 + i))));
    expect(hex(core.treeKeys(seed, 120, 12))).toBe(expected.join(""));
    expect(hex(core.treeKeys(seed, 120, 5)) + hex(core.treeKeys(seed, 125, 7))).toBe(expected.join(""));
    expect(core.treeKeys(seed, 0, 0)).toHaveLength(0);
  });

  test("128 keys at a time, no more", () => {
    expect(core.treeKeys(seed, 0, 128)).toHaveLength(128 * 32);
    for (const [first, count] of [
      [0, 129],
      [-1, 1],
      [0, -1],
      [0.5, 1],
      [LAST, 1],
    ] as const)
      expect(() => core.treeKeys(seed, first, count)).toThrow(RangeError);
    for (const index of [-1, 0.5, LAST + 1]) expect(() => core.treeSeed(seed, index)).toThrow(RangeError);
    expect(() => core.treeSeed(new Uint8Array(200_000), 0)).toThrow(RangeError);
  });

  test("the host calls the same", () => {
    expect(hex(treeSeed(seed, 9))).toBe(hex(core.treeSeed(seed, 9)));
    expect(hex(treeKeys(seed, 9, 2))).toBe(hex(core.treeKeys(seed, 9, 2)));
  });
});
