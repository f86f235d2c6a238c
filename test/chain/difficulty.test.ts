import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextTarget } from "../../host/chain/difficulty.js";
import { EASIEST_TARGET, TEST_PARAMS } from "../../host/chain/params.js";
import { medianBlock } from "../../host/chain/time.js";
import type { ChainLink } from "../../host/chain/tree-node.js";
import { fromUnsigned, toUnsigned } from "../../host/protocol/bytes.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { EMPTY_HEADER } from "./headers.js";

interface Block {
  readonly time: bigint;
  readonly target: bigint;
}

/** A rational cut toward zero as the network does it: 64 significant digits, then 44 decimals. As an integer of 10^-44. */
function cut(numerator: bigint, denominator: bigint): bigint {
  let digits = 0;
  for (let q = numerator / denominator; q > 0n; q /= 10n) digits++;
  const decimals = Math.min(44, 64 - digits);
  return ((numerator * 10n ** BigInt(decimals)) / denominator) * 10n ** BigInt(44 - decimals);
}

const UNIT = 10n ** 44n;

/** The rule of spec 06 §4 written with plain integers. */
function oracle(blocks: readonly Block[], firstNumber: number): bigint {
  const { speedWindow, medianWindow } = TEST_PARAMS;
  const parent = blocks.length - 1;
  if (firstNumber + parent < 8) return EASIEST_TARGET;
  const median = (newest: number): number => {
    const window = Array.from({ length: Math.min(medianWindow, newest + 1) }, (_, i) => newest - i);
    const at = (i: number): bigint => blocks[i]?.time ?? 0n;
    window.sort((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0));
    return window[Math.floor(window.length / 2)] ?? 0;
  };
  const start = median(parent);
  const end = median(Math.max(0, parent - speedWindow));
  const elapsed = (blocks[start]?.time ?? 0n) - (blocks[end]?.time ?? 0n);
  if (start === end || elapsed <= 0n) return blocks[parent]?.target ?? 0n;
  const count = BigInt(start - end);
  const speed = cut(cut(count, elapsed) * 1000n, UNIT);
  const ratio = cut(5n * UNIT, 100n * speed);
  const clamped = ratio > 2n * UNIT ? 2n * UNIT : ratio < UNIT / 2n ? UNIT / 2n : ratio;
  const average = blocks.slice(end + 1, start + 1).reduce((sum, block) => sum + block.target, 0n) / count;
  const target = (average * clamped) / UNIT;
  return target > EASIEST_TARGET ? EASIEST_TARGET : target;
}

function link(blocks: readonly Block[], firstNumber: number): ChainLink {
  let parent: ChainLink | null = null;
  for (const [i, { time, target }] of blocks.entries()) {
    const header = { ...EMPTY_HEADER, time: MiniNumber.of(time), blkdiff: fromUnsigned(target), block: MiniNumber.of(firstNumber + i) };
    parent = { key: "", txpow: { header, body: null }, number: firstNumber + i, time: header.time, target, superLevel: 0, parent };
  }
  if (parent === null) throw new Error("no blocks");
  return parent;
}

const block = fc.record({
  time: fc.bigInt({ min: 1_700_000_000_000n, max: 1_700_000_900_000n }),
  target: fc.bigInt({ min: 1n, max: EASIEST_TARGET }),
});

describe("difficulty", () => {
  test("agrees with the rule written in plain integers", () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 45 }), fc.integer({ min: 1, max: 3 }), (blocks, first) => {
        expect(toUnsigned(nextTarget(link(blocks, first), TEST_PARAMS))).toBe(oracle(blocks, first));
      }),
      { numRuns: 300 },
    );
  });

  test("is refused where blocks are too fast to measure", () => {
    const blocks = Array.from({ length: 12 }, () => ({ time: 5n, target: EASIEST_TARGET }));
    const parent = link(blocks, 1);
    const later = { ...parent.txpow.header, time: new MiniNumber(50000000000000000001n, 19) };
    let child: ChainLink = parent;
    for (let i = 0; i < 6; i++)
      child = { ...parent, txpow: { header: later, body: null }, number: parent.number + i + 1, time: later.time, parent: child };
    expect(() => nextTarget(child, TEST_PARAMS)).toThrow("range");
  });
});

describe("the median block", () => {
  test("is the newest among equal times", () => {
    const blocks = Array.from({ length: 5 }, () => ({ time: 7n, target: 1n }));
    expect(medianBlock(link(blocks, 1), 5).number).toBe(3);
    expect(medianBlock(link(blocks, 1), 4).number).toBe(3);
    expect(medianBlock(link(blocks, 1), 1).number).toBe(5);
  });
});
