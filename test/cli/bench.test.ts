import { deepStrictEqual } from "node:assert";
import { afterEach, expect, test, vi } from "vitest";
import { pageOf } from "../../host/cli/bench/chart.js";
import { type Contender, type Group, measure, type Rate } from "../../host/cli/bench/measure.js";
import { reportOf, tableOf } from "../../host/cli/bench/report.js";

const EFFORT = { roundMs: 10, rounds: 3 };

/** A clock that only moves while somebody works. */
class FakeClock {
  now = 0;
  readonly turns: { readonly name: string; readonly at: number }[] = [];

  /** Someone whose rounds go at the given runs a second of CPU time, on a machine that gives half of a core. */
  contender(name: string, perRun: number, ...rates: readonly number[]): Contender {
    const left = [...rates];
    return {
      name,
      perRun,
      rate: async (milliseconds): Promise<Rate> => {
        this.turns.push({ name, at: this.now });
        this.now += 2 * milliseconds;
        const cpu = left.shift() ?? 0;
        return { cpu, wall: cpu / 2 };
      },
    };
  }
}

function work(clock: FakeClock): Group {
  return {
    name: "work",
    unit: "units",
    contenders: [clock.contender("ours", 2, 100, 300, 200), clock.contender("other", 1, 50, 60, 40), clock.contender("slow", 1, 3)],
  };
}

test("ways to do the same take turns on the clock, and what is slow has one", async () => {
  const clock = new FakeClock();
  await measure(work(clock), EFFORT);
  deepStrictEqual(
    clock.turns.map(({ name, at }) => `${at} ${name}`),
    ["0 ours", "20 other", "40 slow", "60 ours", "80 other", "100 ours", "120 other"],
  );
});

test("the best and the middle round count, in CPU time and by the clock on the wall", async () => {
  const { timings } = await measure(work(new FakeClock()), EFFORT);
  expect(timings).toEqual([
    { name: "ours", best: 600, median: 400, wall: { best: 300, median: 200 }, rounds: 3, ratio: 1 },
    { name: "other", best: 60, median: 50, wall: { best: 30, median: 25 }, rounds: 3, ratio: 10 },
    { name: "slow", best: 3, median: 3, wall: { best: 1.5, median: 1.5 }, rounds: 1, ratio: 200 },
  ]);
});

test("a group is closed, also when it fails", async () => {
  const close = vi.fn();
  const failing = { name: "bad", perRun: 1, rate: () => Promise.reject(new Error("no")) };
  await expect(measure({ name: "work", unit: "units", contenders: [failing], close }, EFFORT)).rejects.toThrow("no");
  expect(close).toHaveBeenCalledOnce();
});

test("the report is JSON, a table and a page that says the same and stands alone", async () => {
  const absent = [{ name: "wasmtime", reason: "not installed: npm i wasmtime" }];
  const report = { ...reportOf([await measure(work(new FakeClock()), EFFORT)], absent), node: "20", machine: '<"here">', cores: 2 };
  expect(Object.keys(JSON.parse(JSON.stringify(report)) as object)).toEqual(["node", "machine", "cores", "groups", "absent"]);
  const table = tableOf(report);
  expect(table).toContain("work: units per second\n");
  expect(table).toMatch(/other +60 +\(50\) +30 {3}the first is 10\.0 x\n/);
  expect(table).toContain("\nwasmtime: not installed: npm i wasmtime\n");
  const page = pageOf(report);
  expect(page).toContain("&lt;&quot;here&quot;>");
  expect(page).toContain("<p>wasmtime: not installed: npm i wasmtime</p>");
  expect(page.match(/<rect /g)).toHaveLength(3);
  // The best is the whole width, a tenth of it a tenth.
  expect(page).toContain('width="460.0"');
  expect(page).toContain('width="46.0"');
  expect(page).not.toMatch(/<script|src=|href=|url\(/);
});

afterEach(() => {
  vi.restoreAllMocks();
});
