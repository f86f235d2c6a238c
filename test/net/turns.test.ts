import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { systemClock } from "../../host/net/clock.js";
import { Turns } from "../../host/net/turns.js";

function* countTo(end: number, seen: number[]): Generator<void> {
  for (let i = 0; i < end; i++) {
    seen.push(i);
    yield;
  }
}

test("walks take turns and come to an end", async () => {
  const turns = new Turns(systemClock);
  const seen: number[] = [];
  const ends = await Promise.all([2, 3].map((end) => new Promise<unknown>((resolve) => turns.walk(countTo(end, seen), resolve))));
  expect(ends).toEqual([undefined, undefined]);
  expect(seen).toEqual([0, 0, 1, 1, 2]);
});

test("a walk under way ends when the network stops, and none begins any more", async () => {
  const turns = new Turns(systemClock);
  const seen: number[] = [];
  const ends: unknown[] = [];
  turns.walk(countTo(Number.POSITIVE_INFINITY, seen), (error) => ends.push(error));
  await setTimeout(5);
  turns.stop();
  turns.walk(countTo(1, seen), (error) => ends.push(error));
  const before = seen.length;
  await setTimeout(30);
  expect(seen).toHaveLength(before);
  expect(ends.map(String)).toEqual(["Error: the network stops", "Error: the network stops"]);
});
