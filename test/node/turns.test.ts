import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { Turns } from "../../host/node/turns.js";
import type { Slices } from "../../host/protocol/slices.js";

/** Work of so many milliseconds, one between two interruptions, on a clock that only work moves on. */
class Bench {
  readonly turns = new Turns(() => this.now);
  now = 0;
  turn = 0;
  /** Milliseconds worked in each turn of the event loop. */
  readonly byTurn: number[] = [];
  readonly order: string[] = [];

  *work(name: string, ms: number): Slices<string> {
    for (let i = 0; i < ms; i++) {
      this.now++;
      this.byTurn[this.turn] = (this.byTurn[this.turn] ?? 0) + 1;
      this.order.push(name);
      yield;
    }
    return name;
  }

  /** Counts the turns until work is done. */
  async watch(work: Promise<unknown>): Promise<void> {
    let done = false;
    const end = work.finally(() => {
      done = true;
    });
    while (!done) {
      await nextTurn();
      this.turn++;
    }
    await end.catch(() => {});
  }
}

describe("turns", () => {
  test("work is done in slices with turns of the event loop between them", async () => {
    const bench = new Bench();
    const result = bench.turns.run(bench.work("a", 100));
    await bench.watch(result);
    expect(await result).toBe("a");
    expect(Math.max(...bench.byTurn.map((ms) => ms ?? 0))).toBeLessThanOrEqual(12);
  });

  test("many at work share a slice, and all get on", async () => {
    const bench = new Bench();
    const all = Promise.all(["a", "b", "c", "d"].map((name) => bench.turns.run(bench.work(name, 50))));
    await bench.watch(all);
    expect(await all).toEqual(["a", "b", "c", "d"]);
    expect(Math.max(...bench.byTurn.map((ms) => ms ?? 0))).toBeLessThanOrEqual(12);
    expect(new Set(bench.order.slice(0, 60)).size).toBe(4);
  });

  test("what fails ends, and others go on", async () => {
    const bench = new Bench();
    const failing = bench.turns.run(
      (function* (): Slices<void> {
        yield* bench.work("failing", 15);
        throw new Error("no");
      })(),
    );
    const other = bench.turns.run(bench.work("other", 50));
    await bench.watch(Promise.allSettled([failing, other]));
    await expect(failing).rejects.toThrow("no");
    expect(await other).toBe("other");
  });
});
