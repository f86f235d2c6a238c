import { expect, test } from "vitest";
import { measure } from "../../host/cli/bench/measure.js";
import { pageOf, tableOf } from "../../host/cli/bench/report.js";

const EFFORT = { roundMs: 1, rounds: 3 };

test("ways to do the same take turns; the best and the middle round count, and what is slow is measured once", async () => {
  const turns: string[] = [];
  const contender = (name: string, perRun: number, ...rates: number[]) => ({
    name,
    perRun,
    rate: () => {
      turns.push(name);
      return rates.shift() ?? 0;
    },
  });
  const contenders = [contender("ours", 2, 100, 300, 200), contender("other", 1, 50, 60, 40), contender("slow", 1, 3)];
  const timings = await measure({ name: "work", unit: "units", contenders }, EFFORT);
  expect(turns).toEqual(["ours", "other", "slow", "ours", "other", "ours", "other"]);
  expect(timings.timings).toEqual([
    { name: "ours", best: 600, median: 400, ratio: 1 },
    { name: "other", best: 60, median: 50, ratio: 10 },
    { name: "slow", best: 3, median: 3, ratio: 200 },
  ]);
  const report = { node: "20", machine: "<here>", groups: [timings] };
  expect(tableOf(report)).toContain("other                               60          (50)   the first is 10.0 x");
  expect(pageOf(report)).toContain("&lt;here>");
});
