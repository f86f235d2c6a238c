import { expect, test } from "vitest";
import { RetryQueue } from "../../host/node/retries.js";
import { until } from "../until.js";

test("tasks are tried in turn, in rounds, until they work or are taken out", async () => {
  const queue = new RetryQueue({ betweenRounds: 20, betweenTasks: 1 });
  const tried: string[] = [];
  const add = (uid: string, works: number): boolean =>
    queue.add({
      uid,
      text: `task ${uid}`,
      attempt: async () => {
        tried.push(uid);
        return tried.filter((other) => other === uid).length >= works;
      },
    });
  expect(add("a", 2)).toBe(true);
  expect(add("b", 1)).toBe(true);
  expect(add("c", 1000)).toBe(true);
  expect(queue.list().map(({ text }) => text)).toEqual(["task a", "task b", "task c"]);
  await until(() => tried.length >= 5);
  expect(tried.slice(0, 5)).toEqual(["a", "b", "c", "a", "c"]);
  queue.remove("c");
  await until(() => queue.list().length === 0);
  add("d", 1);
  await until(() => queue.list().length === 0);
  add("e", 1000);
  await queue.close();
  expect(queue.list()).toEqual([]);
  expect(add("f", 1)).toBe(false);
});
