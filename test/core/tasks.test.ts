import { describe, expect, test } from "vitest";
import {
  type MineTask,
  makeTreeKeys,
  mine,
  recoverKeys,
  SearchExhaustedError,
  type TaskContext,
  type TreeKeysTask,
} from "../../host/core/tasks.js";
import { coreOf, hex, KINDS, peerSha3 } from "./cores.js";

/** Whoever runs a task, on a clock where every look at it takes `step` milliseconds. */
class FakeRunner implements TaskContext {
  readonly steps: number[] = [];
  readonly pauses: number[] = [];
  #time = 0;

  constructor(
    readonly step = 10,
    readonly cancelAfter = Number.POSITIVE_INFINITY,
  ) {}

  cancelled(): boolean {
    return this.steps.length >= this.cancelAfter;
  }

  progress(done: number): void {
    this.steps.push(done);
  }

  pause(milliseconds: number): void {
    this.pauses.push(milliseconds);
  }

  now(): number {
    this.#time += this.step;
    return this.#time;
  }
}

const NEVER = new Uint8Array(32);
const task = (changes: Partial<MineTask>): MineTask => ({
  ...{ kind: "mine", message: Uint8Array.from({ length: 200 }, (_, i) => i), offset: 150, width: 8, start: 0n, target: NEVER, duty: 1 },
  ...changes,
});

describe.each(KINDS)("searches, %s", (kind) => {
  const core = coreOf(kind);

  test("find a message whose hash is below the target, and count every attempt", () => {
    const target = new Uint8Array(32).fill(255);
    target.set([0, 3]);
    const start = 77n;
    const given = task({ target, start });
    const result = mine(core, given, new FakeRunner());
    expect(result).toBeDefined();
    if (result === undefined) return;
    const { message, attempts } = result;
    expect(Buffer.compare(peerSha3(message), target)).toBe(-1);
    expect(Buffer.from(message).readBigUInt64BE(150)).toBe(start + BigInt(attempts) - 1n);
    const untouched = message.slice();
    untouched.set(given.message.subarray(150, 158), 150);
    expect(untouched).toEqual(given.message);
    for (let i = 0n; i < BigInt(attempts) - 1n; i++) {
      const other = Buffer.from(given.message);
      other.writeBigUInt64BE(start + i, 150);
      expect(Buffer.compare(peerSha3(other), target)).toBe(1);
    }
  });

  test.each([
    [1, 0n, 256],
    [1, 200n, 56],
    [2, 0n, 65_536],
    [2, 65_535n, 1],
    [8, 2n ** 64n - 5n, 5],
  ])("of %i bytes from %i end after %i attempts", (width, start, attempts) => {
    const runner = new FakeRunner();
    expect(() => mine(core, task({ width, start }), runner)).toThrow(SearchExhaustedError);
    expect(runner.steps.at(-1)).toBe(attempts);
  });

  test("beyond the last counter end at once", () => {
    expect(() => mine(core, task({ width: 1, start: 256n }), new FakeRunner())).toThrow(SearchExhaustedError);
    expect(() => mine(core, task({ start: 2n ** 64n }), new FakeRunner())).toThrow(SearchExhaustedError);
  });

  test("look at the clock every 20 ms or so", () => {
    const runner = new FakeRunner(5, 4);
    expect(mine(core, task({}), runner)).toBeUndefined();
    // 4096 took 5 ms, so that the next slice is four times as long, and so on.
    expect(runner.steps).toEqual([4096, 4096 * 5, 4096 * 21, 4096 * 85]);
    const slow = new FakeRunner(1000, 5);
    mine(core, task({}), slow);
    expect(slow.steps).toEqual([4096, 4352, 4608, 4864, 5120]);
  });

  test("rest in proportion to what they worked", () => {
    const runner = new FakeRunner(10, 3);
    mine(core, task({ duty: 0.25 }), runner);
    expect(runner.pauses).toEqual([30, 30, 30]);
    const tireless = new FakeRunner(10, 3);
    mine(core, task({ duty: 1 }), tireless);
    expect(tireless.pauses).toEqual([]);
  });

  test("give up when told to", () => {
    const runner = new FakeRunner(10, 0);
    expect(mine(core, task({}), runner)).toBeUndefined();
    expect(runner.steps).toEqual([]);
  });

  test.each<Partial<MineTask>>([
    { duty: 0 },
    { duty: -1 },
    { duty: 1.1 },
    { duty: Number.NaN },
    { start: -1n },
    { width: 0 },
    { width: 9 },
    { offset: 193 },
    { offset: -1 },
    { target: new Uint8Array(31) },
    { target: new Uint8Array(33) },
    { message: new Uint8Array(70_000) },
  ])("refuse %o", (changes) => {
    expect(() => mine(core, task(changes), new FakeRunner())).toThrow(RangeError);
  });
});

describe.each(KINDS)("many keys at a time, %s", (kind) => {
  const core = coreOf(kind);
  const nodeSeed = peerSha3(new Uint8Array([1]));
  const seeds = Array.from({ length: 10 }, (_, i) => core.treeSeed(nodeSeed, 125 + i));
  const keys = seeds.map((seed) => hex(core.publicKey(seed)));
  const level = (seed: Uint8Array, count = 10): TreeKeysTask => ({ kind: "tree-keys", seed, first: 125, count });

  test("made from the seed of their node, which is used up", () => {
    const given = nodeSeed.slice();
    const runner = new FakeRunner();
    const made = makeTreeKeys(core, level(given), runner);
    expect(made && hex(made)).toBe(keys.join(""));
    expect(runner.steps).toEqual([4, 8, 10]);
    expect(given).toEqual(new Uint8Array(32));
  });

  test("given up, the seed is used up too", () => {
    const given = nodeSeed.slice();
    const runner = new FakeRunner(10, 1);
    expect(makeTreeKeys(core, level(given), runner)).toBeUndefined();
    expect(runner.steps).toEqual([4]);
    expect(given).toEqual(new Uint8Array(32));
  });

  test("recovered from signatures", () => {
    const digests = [4, 5, 6].map((i) => peerSha3(new Uint8Array([i])));
    const signatures = Buffer.concat(seeds.flatMap((seed, i) => [digests[i] ?? seed, core.sign(seed, digests[i] ?? seed)]));
    const recovered = recoverKeys(core, { kind: "recover", signatures }, new FakeRunner());
    expect(recovered && hex(recovered)).toBe(keys.join(""));
    expect(recoverKeys(core, { kind: "recover", signatures }, new FakeRunner(10, 2))).toBeUndefined();
  });

  test("none at all", () => {
    expect(makeTreeKeys(core, level(nodeSeed.slice(), 0), new FakeRunner())).toEqual(new Uint8Array(0));
    expect(recoverKeys(core, { kind: "recover", signatures: new Uint8Array(0) }, new FakeRunner())).toEqual(new Uint8Array(0));
  });

  test("what cannot be is refused, the seed used up even then", () => {
    const given = nodeSeed.slice();
    expect(() => makeTreeKeys(core, level(given, 1.5), new FakeRunner())).toThrow(RangeError);
    expect(given).toEqual(new Uint8Array(32));
    expect(() => makeTreeKeys(core, { ...level(nodeSeed.slice()), first: 2 ** 31 - 4 }, new FakeRunner())).toThrow(RangeError);
    expect(() => recoverKeys(core, { kind: "recover", signatures: new Uint8Array(1119) }, new FakeRunner())).toThrow(RangeError);
  });
});
