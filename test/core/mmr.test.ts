import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MMR } from "../../host/chain/mmr/mmr.js";
import { keysRoot } from "../../host/core/tree-key.js";
import { concatBytes } from "../../host/protocol/bytes.js";
import { ProtocolError } from "../../host/protocol/errors.js";
import { dataLeaf, foldProof, parentNode } from "../../host/protocol/mmr-node.js";
import { type MMRData, type ProofChunk, writeMMRData } from "../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { Writer } from "../../host/protocol/writer.js";
import { wireNumbers } from "../protocol/arbitraries.js";
import { coreOf, hex, KINDS, peerSha3 } from "./cores.js";

const MAX = 2n ** 64n - 1n;
const MAX_DECIMALS = 44;

/** The definition, with numbers without limits (spec 03 §5). */
function foldStepByStep(leaf: MMRData, chunks: readonly ProofChunk[]): MMRData {
  return chunks.reduce((node, { left, data }) => (left !== 0 ? parentNode(data, node) : parentNode(node, data)), leaf);
}

/** What the core gets: the leaf and the chunks as they are on the wire. */
function nodesOf(leaf: MMRData, chunks: readonly ProofChunk[]): Uint8Array {
  const writer = new Writer();
  writer.raw(leaf.hash);
  writer.number(leaf.value);
  for (const { left, data } of chunks) {
    writer.byte(left);
    writeMMRData(writer, data);
  }
  return writer.toBytes();
}

/** A node as the core gives it. */
function resultOf({ hash, value }: MMRData): string {
  const writer = new Writer();
  writer.raw(hash);
  writer.number(value);
  return hex(writer.toBytes());
}

function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}

const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** Proofs whose sum stays in range: what a chain without counterfeits is made of. */
const honest: fc.Arbitrary<MiniNumber> = fc
  .record({ scale: fc.nat(MAX_DECIMALS), whole: fc.bigInt(0n, MAX / 40n), shift: fc.nat(63), fraction: fc.bigInt(0n, 10n ** 44n) })
  .map(({ scale, whole, shift, fraction }) => {
    const unit = 10n ** BigInt(scale);
    return new MiniNumber((whole >> BigInt(shift)) * unit + (fraction % unit), scale);
  });

/** Near the end of the range, with any number of decimals. */
const extreme: fc.Arbitrary<MiniNumber> = fc
  .record({ scale: fc.nat(MAX_DECIMALS), below: fc.bigInt(-3n, 3n), fraction: fc.bigInt(-(10n ** 3n), 10n ** 3n) })
  .map(({ scale, below, fraction }) => new MiniNumber((MAX - below) * 10n ** BigInt(scale) + fraction, scale));

const scaledDown: fc.Arbitrary<MiniNumber> = fc
  .tuple(fc.integer({ min: -50, max: -1 }), fc.bigInt(0n, 1000n))
  .map(([scale, unscaled]) => new MiniNumber(unscaled, scale));

const chunksOf = (numbers: fc.Arbitrary<MiniNumber>, maxLength = 12): fc.Arbitrary<ProofChunk[]> =>
  fc.array(fc.record({ left: fc.constantFrom(0, 1, 2, 255), data: fc.record({ hash: hashes, value: numbers }) }), {
    minLength: 1,
    maxLength,
  });

describe.each(KINDS)("folds of MMR proofs, %s", (kind) => {
  const core = coreOf(kind);
  const fold = (leaf: MMRData, chunks: readonly ProofChunk[]): string | null => {
    const result = core.fold(nodesOf(leaf, chunks));
    return result === null ? null : hex(result);
  };

  test("honest sums are all done in the core", () => {
    fc.assert(
      fc.property(hashes, honest, chunksOf(honest, 30), (hash, value, chunks) => {
        const leaf = { hash, value };
        expect(fold(leaf, chunks)).toBe(resultOf(foldStepByStep(leaf, chunks)));
      }),
      { numRuns: 300 },
    );
  });

  test("whatever the core gives is what numbers without limits give, and nothing out of range", () => {
    const any = fc.oneof({ weight: 8, arbitrary: honest }, extreme, scaledDown, wireNumbers);
    const counts = { given: 0, refused: 0 };
    fc.assert(
      fc.property(hashes, any, chunksOf(any, 4), (hash, value, chunks) => {
        const leaf = { hash, value };
        const given = fold(leaf, chunks);
        counts[given === null ? "refused" : "given"]++;
        if (given !== null) expect(given).toBe(resultOf(foldStepByStep(leaf, chunks)));
        const expected = orNull(() => foldStepByStep(leaf, chunks));
        const hosted = orNull(() => foldProof(leaf, { blocktime: MiniNumber.ZERO, chunks }));
        expect(hosted && resultOf(hosted)).toBe(expected && resultOf(expected));
      }),
      { numRuns: 1000 },
    );
    expect(counts.given).toBeGreaterThan(50);
    expect(counts.refused).toBeGreaterThan(50);
  });

  test("the end of the range, to the last decimal", () => {
    fc.assert(
      fc.property(hashes, extreme, fc.integer({ min: 0, max: MAX_DECIMALS }), fc.bigInt(-4n, 4n), (hash, value, scale, more) => {
        const leaf = { hash, value: MiniNumber.ZERO };
        // `value` and what is missing to the largest number, give or take a little.
        const missing = MAX * 10n ** BigInt(scale) - (value.unscaled * 10n ** BigInt(scale)) / 10n ** BigInt(value.scale) + more;
        const rest = new MiniNumber(missing < 0n ? 0n : missing, scale);
        const chunks = [value, rest].map((value) => ({ left: 0, data: { hash, value } }));
        const expected = orNull(() => foldStepByStep(leaf, chunks));
        expect(fold(leaf, chunks)).toBe(expected && resultOf(expected));
      }),
      { numRuns: 500 },
    );
  });

  const node = (byte: number, text: string): MMRData => ({ hash: new Uint8Array(32).fill(byte), value: MiniNumber.parse(text) });

  test.each([
    ["trailing zeros", "1.50", "1.50"],
    ["0 takes the larger scale", "0.00", "0"],
    ["a negative scale disappears", "1E9", "0"],
    ["negative scales on both sides", "2E3", "1E-44"],
    ["the largest number", "18446744073709551614", "1"],
    ["the largest number with all decimals", "18446744073709551614.00000000000000000000000000000000000000000000", "1"],
    ["just below it", "18446744073709551614.99999999999999999999999999999999999999999999", "0"],
    [
      "one more decimal makes it",
      "18446744073709551614.99999999999999999999999999999999999999999999",
      "0.00000000000000000000000000000000000000000001",
    ],
  ])("%s", (_, a, b) => {
    const chunks = [{ left: 1, data: node(2, b) }];
    expect(fold(node(1, a), chunks)).toBe(resultOf(foldStepByStep(node(1, a), chunks)));
  });

  test.each([
    ["above the range", "18446744073709551615", "1"],
    ["above it by the last decimal", "18446744073709551615", "0.00000000000000000000000000000000000000000001"],
    ["negative", "-1", "3"],
    ["a negative chunk", "3", "-1"],
  ])("refused: %s", (_, a, b) => {
    expect(fold(node(1, a), [{ left: 1, data: node(2, b) }])).toBeNull();
  });

  test("refused: scales of more than 44 either way", () => {
    for (const scale of [45, -45, 127, -128]) {
      const leaf = { hash: new Uint8Array(32), value: new MiniNumber(1n, scale) };
      expect(fold(leaf, [])).toBeNull();
      expect(fold(node(1, "0"), [{ left: 0, data: leaf }])).toBeNull();
    }
    expect(fold({ hash: new Uint8Array(32), value: new MiniNumber(1n, -44) }, [{ left: 0, data: node(1, "0") }])).toBeNull();
  });

  test("refused: hashes of another length", () => {
    for (const length of [0, 31, 33, 64])
      expect(fold(node(1, "1"), [{ left: 0, data: { hash: new Uint8Array(length), value: MiniNumber.ONE } }])).toBeNull();
  });

  test("a leaf without chunks keeps the encoding of its number", () => {
    const leaf = node(7, "1E9");
    expect(fold(leaf, [])).toBe(resultOf(leaf));
  });

  test("bytes that end too early or go on are refused, and nothing after them is read", () => {
    const chunks = ["1.5", "0", "12"].map((text) => ({ left: 1, data: node(2, text) }));
    const nodes = nodesOf(node(1, "3"), chunks);
    const ends = [1, 2, 3].map((count) => nodesOf(node(1, "3"), chunks.slice(0, count)).length).concat(nodesOf(node(1, "3"), []).length);
    for (let length = 0; length <= nodes.length; length++) {
      // What an earlier call left behind would complete the proof.
      core.fold(nodes);
      expect(core.fold(nodes.subarray(0, length)) !== null).toBe(ends.includes(length));
    }
    expect(core.fold(concatBytes(nodes, new Uint8Array(1)))).toBeNull();
    expect(core.fold(new Uint8Array(200_000))).toBeNull();
    expect(core.selftest()).toBe(0);
  });

  test("any bytes are folded or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const result = core.fold(bytes);
        expect(result === null || (result.length >= 35 && result.length <= 62)).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(core.selftest()).toBe(0);
  });
});

/** The leaves' nodes as the core gets them. */
function listOf(nodes: readonly MMRData[]): Uint8Array {
  const writer = new Writer();
  for (const { hash, value } of nodes) {
    writer.raw(hash);
    writer.number(value);
  }
  return writer.toBytes();
}

/** One after the other, added to an MMR as the specification says, with numbers without limits (spec 03 §4). */
function mountainsOf(leaves: readonly MMRData[]): MMRData[] {
  const mountains: { node: MMRData; height: number }[] = [];
  for (const leaf of leaves) {
    let last = { node: leaf, height: 0 };
    for (let left = mountains.at(-1); left?.height === last.height; left = mountains.at(-1)) {
      last = { node: parentByHand(left.node, last.node), height: last.height + 1 };
      mountains.pop();
    }
    mountains.push(last);
  }
  return mountains.map(({ node }) => node);
}

function bagged(nodes: readonly MMRData[]): MMRData | undefined {
  let level = [...nodes];
  while (level.length > 1) level = mountainsOf(level);
  return level[0];
}

function parentByHand(left: MMRData, right: MMRData): MMRData {
  const value = left.value.add(right.value);
  const writer = new Writer();
  writer.number(MiniNumber.ONE);
  for (const { hash } of [left, right]) writer.data(hash);
  writer.number(value);
  return { hash: peerSha3(writer.toBytes()), value };
}

const leavesOf = (numbers: fc.Arbitrary<MiniNumber>, minLength: number, maxLength: number): fc.Arbitrary<MMRData[]> =>
  fc.array(fc.record({ hash: hashes, value: numbers }), { minLength, maxLength });

describe.each(KINDS)("peaks and roots with sums, %s", (kind) => {
  const core = coreOf(kind);
  const given = (bytes: Uint8Array | null): string | null => (bytes === null ? null : hex(bytes));

  test("peaks and root are those of the definition", () => {
    fc.assert(
      fc.property(leavesOf(honest, 1, 40), (leaves) => {
        expect(given(core.peaks(listOf(leaves)))).toBe(mountainsOf(leaves).map(resultOf).join(""));
        expect(given(core.root(listOf(leaves)))).toBe(resultOf(bagged(leaves) as MMRData));
      }),
      { numRuns: 200 },
    );
  });

  test("of 1 to 130 leaves without value", () => {
    const leaves = Array.from({ length: 130 }, (_, i) => ({ hash: peerSha3(new Uint8Array([i])), value: MiniNumber.ZERO }));
    for (let count = 1; count <= leaves.length; count++) {
      const some = leaves.slice(0, count);
      expect(given(core.root(listOf(some)))).toBe(resultOf(MMR.of(some).root() as MMRData));
    }
  });

  test("near the end of the range: right or refused", () => {
    fc.assert(
      fc.property(leavesOf(fc.oneof(extreme, scaledDown, wireNumbers), 2, 6), (leaves) => {
        const expected = orNull(() => bagged(leaves));
        const result = given(core.root(listOf(leaves)));
        if (result !== null) expect(result).toBe(expected && resultOf(expected));
        if (expected === null) expect(result).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  test("nothing and broken nodes are refused", () => {
    for (const call of [core.peaks, core.root] as const) {
      expect(call.call(core, new Uint8Array())).toBeNull();
      expect(call.call(core, new Uint8Array(32))).toBeNull();
      expect(call.call(core, new Uint8Array(36))).toBeNull();
      expect(call.call(core, new Uint8Array(200_000))).toBeNull();
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        core.peaks(bytes);
        core.root(bytes);
      }),
      { numRuns: 500 },
    );
    expect(core.selftest()).toBe(0);
  });

  test("as many nodes as fit", () => {
    const node = { hash: peerSha3(new Uint8Array()), value: MiniNumber.parse("0.5") };
    const length = listOf([node]).length;
    const most = Array.from({ length: Math.floor(131_072 / length) }, () => node);
    expect(given(core.root(listOf(most)))).toBe(resultOf(bagged(most) as MMRData));
    expect(core.selftest()).toBe(0);
  });
});

describe.each(KINDS)("leaves, %s", (kind) => {
  const core = coreOf(kind);

  test.each([0, 1, 132, 133, 134, 200, 131_072, 131_073, 300_000])("of %i bytes", (length) => {
    const object = new Uint8Array(length).fill(7);
    expect(hex(core.leaf(object))).toBe(hex(peerSha3(concatBytes(Uint8Array.of(0, 1, 0), object))));
  });
});

describe.each(KINDS)("the key of a tree-key node, %s", (kind) => {
  const core = coreOf(kind);
  const keys = Array.from({ length: 130 }, (_, i) => peerSha3(new Uint8Array([i])));

  test("over 1 to 130 public keys", () => {
    for (let count = 1; count <= keys.length; count++) {
      const some = keys.slice(0, count);
      const expected = MMR.of(some.map((key) => dataLeaf(key))).root();
      expect(hex(core.keysRoot(concatBytes(...some)))).toBe(expected && hex(expected.hash));
    }
  });

  test("over as many as fit; more, none and parts are refused", () => {
    const most = 4096;
    expect(core.keysRoot(new Uint8Array(most * 32))).toHaveLength(32);
    for (const length of [0, 31, 33, (most + 1) * 32]) expect(() => core.keysRoot(new Uint8Array(length))).toThrow(RangeError);
    expect(core.selftest()).toBe(0);
  });

  test("the host calls the same", () => {
    const bytes = concatBytes(...keys.slice(0, 64));
    expect(hex(keysRoot(bytes))).toBe(hex(core.keysRoot(bytes)));
  });
});
