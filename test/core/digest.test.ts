import { createHash } from "node:crypto";
import { sha256 } from "@noble/hashes/sha2.js";
import { sha3_256 } from "@noble/hashes/sha3.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sha2, sha3, sha3Each } from "../../host/core/hash.js";
import { concatBytes } from "../../host/protocol/bytes.js";
import { coreOf, hex, KINDS, peerSha3 } from "./cores.js";

/** Bytes the core takes at once (assembly/layout.ts). */
const INPUT_SIZE = 131_072;
/** Whole blocks that fit in it, per rate. */
const FULL = [136, 64].map((rate) => Math.floor(INPUT_SIZE / rate) * rate);

/** Lengths where blocks, words, padding and the core's input end. */
const EDGES = [
  ...[0, 1, 7, 8, 9, 54, 55, 56, 57, 63, 64, 65, 119, 120, 121, 127, 128, 129, 134, 135, 136, 137, 271, 272, 273, 1088, 4096],
  ...[INPUT_SIZE, ...FULL, ...FULL.map((length) => 2 * length)].flatMap((length) => [length - 1, length, length + 1]),
];

function sample(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0, x = length; i < length; i++) {
    x = (x * 1_103_515_245 + 12_345) >>> 0;
    bytes[i] = x >>> 24;
  }
  return bytes;
}

const implementations = [
  ...KINDS.map((kind) => {
    const core = coreOf(kind);
    return { name: kind, sha3: (data: Uint8Array) => core.sha3(data), sha2: (data: Uint8Array) => core.sha2(data) };
  }),
  { name: "as the host calls it", sha3, sha2 },
];

describe.each(implementations)("digests, $name", ({ sha3, sha2 }) => {
  test.each(EDGES)("%i bytes", (length) => {
    const data = sample(length);
    expect(hex(sha3(data))).toBe(createHash("sha3-256").update(data).digest("hex"));
    expect(hex(sha2(data))).toBe(createHash("sha256").update(data).digest("hex"));
  });

  test("any bytes, against another implementation", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (data) => {
        expect(hex(sha3(data))).toBe(hex(sha3_256(data)));
        expect(hex(sha2(data))).toBe(hex(sha256(data)));
      }),
      { numRuns: 300 },
    );
  });

  test("one call leaves nothing to the next", () => {
    const expected = hex(sha3(sample(32)));
    sha3(sample(INPUT_SIZE + 77));
    sha2(sample(5000));
    expect(hex(sha3(sample(32)))).toBe(expected);
  });

  test("the bytes handed over stay as they are, and the digest is a copy", () => {
    const data = sample(200);
    const digest = sha3(data);
    const before = hex(digest);
    sha3(sample(300));
    expect(hex(digest)).toBe(before);
    expect(data).toEqual(sample(200));
  });

  test("a view into a larger buffer", () => {
    const data = sample(400).subarray(100, 310);
    expect(hex(sha3(data))).toBe(createHash("sha3-256").update(data).digest("hex"));
  });
});

const many = [
  ...KINDS.map((kind) => {
    const core = coreOf(kind);
    return { name: kind, sha3Each: (messages: Uint8Array, ends: readonly number[]) => core.sha3Each(messages, ends) };
  }),
  { name: "as the host calls it", sha3Each },
];

describe.each(many)("many digests at once, $name", ({ sha3Each }) => {
  function expectDigests(messages: readonly Uint8Array[]): void {
    const ends: number[] = [];
    for (const { length } of messages) ends.push((ends.at(-1) ?? 0) + length);
    expect(sha3Each(concatBytes(...messages), ends).map(hex)).toEqual(messages.map((message) => hex(peerSha3(message))));
  }

  test("of messages of each length up to some blocks", () => {
    expectDigests(Array.from({ length: 300 }, (_, length) => sample(length)));
  });

  test.each([0, 1, 2, 3, 127, 128, 129, 255, 256, 257, 700])("%i of them", (count) => {
    expectDigests(Array.from({ length: count }, (_, i) => sample(60 + (i % 70))));
  });

  test("any messages, some longer than a block, and none leaves anything to the next", () => {
    const message = fc.oneof(
      { weight: 4, arbitrary: fc.uint8Array({ minLength: 60, maxLength: 150 }) },
      fc.uint8Array({ maxLength: 135, size: "max" }),
    );
    fc.assert(fc.property(fc.array(message, { maxLength: 20 }), expectDigests), { numRuns: 300 });
  });

  test("what lies before and after is not read", () => {
    const bytes = sample(300);
    expect(sha3Each(bytes.subarray(100), [80, 160]).map(hex)).toEqual(
      [bytes.subarray(100, 180), bytes.subarray(180, 260)].map((m) => hex(peerSha3(m))),
    );
  });
});
