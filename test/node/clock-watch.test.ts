import { expect, test } from "vitest";
import { ClockWatch } from "../../host/node/clock-watch.js";

const HOUR = 3600 * 1000;
const YEAR = 365 * 24 * HOUR;

test("a clock behind the chain is told of, once an hour", () => {
  const told: unknown[] = [];
  let now = 5 * YEAR;
  const watch = new ClockWatch({ warn: (_, details) => told.push(details) }, () => now);
  expect(watch.isBehind(now + YEAR)).toBe(true);
  expect(watch.isBehind(now + YEAR)).toBe(true);
  expect(told).toEqual([{ hours: 8760 }]);
  now += HOUR;
  expect(watch.isBehind(now + YEAR)).toBe(true);
  expect(told).toHaveLength(2);
});

test("blocks of the present and of the past say nothing about the clock", () => {
  const watch = new ClockWatch({ warn: () => expect.unreachable() }, () => YEAR);
  for (const time of [0, YEAR, YEAR + 2 * HOUR]) expect(watch.isBehind(time)).toBe(false);
});
