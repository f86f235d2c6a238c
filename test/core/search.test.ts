import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CoreInstance } from "../../host/core/instance.js";
import { coreOf, hex, KINDS, peerSha3 } from "./cores.js";

interface Search {
  readonly message: Uint8Array;
  readonly offset: number;
  readonly width: number;
  readonly target: Uint8Array;
  readonly start: bigint;
  readonly attempts: number;
}

interface Outcome {
  readonly tried: number;
  readonly found: string | null;
}

/** The message with a counter in it. */
function withCounter({ message, offset, width }: Search, counter: bigint): Uint8Array {
  const tried = message.slice();
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, counter));
  tried.set(bytes.subarray(8 - width), offset);
  return tried;
}

/** The definition: one hash per counter, strictly below the target. */
function tryEach(search: Search): Outcome {
  for (let i = 0; i < search.attempts; i++) {
    const tried = withCounter(search, search.start + BigInt(i));
    if (Buffer.compare(peerSha3(tried), search.target) < 0)
      return { tried: i + 1, found: hex(tried.subarray(search.offset, search.offset + search.width)) };
  }
  return { tried: search.attempts, found: null };
}

function searchIn(core: CoreInstance, { message, offset, width, target, start, attempts }: Search): Outcome {
  core.searchBegin(message, offset, width, target);
  const tried = core.search(start, attempts);
  return { tried: Math.abs(tried), found: tried < 0 ? hex(core.counterFound()) : null };
}

const cores = KINDS.map(coreOf);

function expectSame(search: Search): void {
  const expected = tryEach(search);
  for (const core of cores) expect(searchIn(core, search)).toEqual(expected);
}

/** A target that one of `chances` hashes is below. */
function targetOf(chances: number): Uint8Array {
  return Buffer.from(((1n << 256n) / BigInt(chances)).toString(16).padStart(64, "0").slice(-64), "hex");
}

const message = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255);

/** Where a counter of 8 bytes can lie: in the first block, across a border, in the last block, at its very ends. */
const PLACES = [
  [8, 0],
  [40, 4],
  [136, 0],
  [136, 128],
  [137, 129],
  [300, 0],
  [300, 128],
  [300, 132],
  [300, 135],
  [300, 136],
  [300, 264],
  [300, 268],
  [300, 272],
  [300, 292],
  [271, 263],
  [272, 264],
  [273, 265],
  [272, 132],
  [544, 535],
  [1000, 4],
  [1000, 992],
] as const;

describe("nonce search", () => {
  test.each(PLACES)("of %i bytes with the counter at %i", (length, offset) => {
    expectSame({ message: message(length), offset, width: 8, target: targetOf(50), start: 0n, attempts: 400 });
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("with a counter of %i bytes", (width) => {
    for (const offset of [0, 130, 280])
      expectSame({ message: message(300), offset, width, target: targetOf(60), start: 3n, attempts: 253 });
  });

  test("finds, counts and gives up as the definition does", () => {
    const searches: fc.Arbitrary<Search> = fc
      .record({
        message: fc.uint8Array({ minLength: 8, maxLength: 450 }),
        place: fc.nat(),
        width: fc.integer({ min: 1, max: 8 }),
        chances: fc.integer({ min: 2, max: 200 }),
        start: fc.bigInt({ min: 0n, max: 2n ** 64n - 300n }),
        attempts: fc.integer({ min: 0, max: 120 }),
      })
      .map(({ message, place, width, chances, start, attempts }) => ({
        ...{ message, width, attempts, target: targetOf(chances), offset: place % (message.length - width + 1) },
        start: BigInt.asUintN(8 * width - 1, start),
      }));
    fc.assert(fc.property(searches, expectSame), { numRuns: 200 });
  });

  test("goes on where it stopped", () => {
    const search: Search = { message: message(300), offset: 270, width: 8, target: targetOf(500), start: 0n, attempts: 5000 };
    const { tried, found } = tryEach(search);
    expect(found).not.toBeNull();
    for (const core of cores) {
      core.searchBegin(search.message, search.offset, search.width, search.target);
      let total = 0;
      for (let i = 0; ; i++) {
        const step = core.search(BigInt(total), 1 + (i % 7));
        total += Math.abs(step);
        if (step < 0) break;
      }
      expect(total).toBe(tried);
      expect(hex(core.counterFound())).toBe(found);
    }
  });

  test("a hash equal to the target is not below it", () => {
    const search: Search = { message: message(200), offset: 190, width: 8, target: targetOf(1), start: 9n, attempts: 1 };
    const target = peerSha3(withCounter(search, 9n));
    const oneMore = Buffer.from((BigInt(`0x${hex(target)}`) + 1n).toString(16).padStart(64, "0"), "hex");
    for (const core of cores) {
      expect(searchIn(core, { ...search, target }).found).toBeNull();
      expect(searchIn(core, { ...search, target: oneMore })).toEqual({ tried: 1, found: "0000000000000009" });
    }
  });

  // Targets that differ from a hash only in one of their four words.
  test.each([0, 8, 16, 24])("compares all words of the target, byte %i", (at) => {
    const search: Search = { message: message(150), offset: 0, width: 8, target: targetOf(1), start: 5n, attempts: 1 };
    const digest = peerSha3(withCounter(search, 5n));
    for (const [change, below] of [
      [1, true],
      [-1, false],
    ] as const) {
      const target = digest.slice();
      const view = new DataView(target.buffer);
      view.setBigUint64(at, view.getBigUint64(at) + BigInt(change));
      for (const core of cores) expect(searchIn(core, { ...search, target }).found !== null).toBe(below);
    }
  });

  test("no hash is below 0, and the counter is not looked at beyond the attempts", () => {
    for (const attempts of [0, 1, 2, 3, 99]) {
      const search: Search = { message: message(300), offset: 3, width: 4, target: new Uint8Array(32), start: 0n, attempts };
      for (const core of cores) expect(searchIn(core, search)).toEqual({ tried: attempts, found: null });
    }
  });

  test("the second of two hashes side by side counts only if it was asked for", () => {
    const search: Search = { message: message(100), offset: 60, width: 8, target: targetOf(3), start: 0n, attempts: 1 };
    for (let start = 0n; start < 200n; start++) expectSame({ ...search, start });
  });

  test("the last counters of 64 bits", () => {
    expectSame({ message: message(64), offset: 20, width: 8, target: targetOf(2), start: 2n ** 64n - 3n, attempts: 3 });
    expectSame({ message: message(64), offset: 20, width: 8, target: new Uint8Array(32), start: 2n ** 64n - 3n, attempts: 3 });
  });

  test("what does not fit is refused", () => {
    for (const core of cores) {
      const target = targetOf(2);
      for (const [length, offset, width] of [
        [100, 0, 0],
        [100, 0, 9],
        [100, 93, 8],
        [100, -1, 8],
        [100, 0.5, 8],
        [100, 0, 1.5],
        [100, Number.NaN, 8],
        [7, 0, 8],
        [65_401, 0, 8],
        [200_000, 0, 8],
      ] as const)
        expect(() => core.searchBegin(message(length), offset, width, target)).toThrow(RangeError);
      for (const length of [0, 31, 33]) expect(() => core.searchBegin(message(100), 0, 8, new Uint8Array(length))).toThrow(RangeError);
      for (const attempts of [-1, 2 ** 31, 0.5]) expect(() => core.search(0n, attempts)).toThrow(RangeError);
      expect(core.selftest()).toBe(0);
    }
  });

  test("the longest message fits", () => {
    expectSame({ message: message(65_400), offset: 65_392, width: 8, target: targetOf(4), start: 0n, attempts: 20 });
    expectSame({ message: message(65_400), offset: 0, width: 8, target: targetOf(4), start: 0n, attempts: 20 });
    for (const core of cores) expect(core.selftest()).toBe(0);
  });
});
