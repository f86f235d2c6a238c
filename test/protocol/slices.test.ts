import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { filterInSlices, findInSlices, runHere, type Slices, sortInSlices, toEnd } from "../../host/protocol/slices.js";

/** How often work can be interrupted. */
function interruptions(slices: Slices<unknown>): number {
  let count = 0;
  while (slices.next().done !== true) count++;
  return count;
}

const numbers = Array.from({ length: 5000 }, (_, i) => (i * 7919) % 997);

describe("work in slices", () => {
  test("sorts as the language does, equal items as they were given", async () => {
    const compare = (a: readonly [number, number], b: readonly [number, number]): number => a[0] - b[0];
    const rows = numbers.map((value, i) => [value, i] as const);
    expect(toEnd(sortInSlices(rows, compare))).toEqual(rows.toSorted(compare));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat()), { maxLength: 2000 }), (items) => {
        expect(toEnd(sortInSlices(items, compare))).toEqual(items.toSorted(compare));
      }),
      { numRuns: 30 },
    );
    expect(await runHere(sortInSlices([], compare))).toEqual([]);
  });

  test("filters and finds", () => {
    const isLarge = (value: number): boolean => value > 990;
    expect(toEnd(filterInSlices(numbers, isLarge))).toEqual(numbers.filter(isLarge));
    expect(toEnd(findInSlices(numbers, isLarge))).toBe(numbers.find(isLarge));
    expect(toEnd(findInSlices(numbers, (value) => value > 2000))).toBeUndefined();
  });

  test("can be interrupted often", () => {
    expect(interruptions(sortInSlices(numbers, (a, b) => a - b))).toBeGreaterThan(40);
    expect(interruptions(filterInSlices(numbers, () => true))).toBeGreaterThan(100);
    expect(interruptions(findInSlices(numbers, () => false))).toBeGreaterThan(100);
  });
});
