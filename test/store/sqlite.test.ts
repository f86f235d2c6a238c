import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { openSqlite } from "../../host/store/sqlite.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** What a database, its statements and its pragmas are known by when nothing else refers to them. */
function opened(): WeakRef<object>[] {
  const database = openSqlite(":memory:");
  const statement = database.exec("CREATE TABLE row (n)").prepare("SELECT n FROM row");
  database.transaction(() => database.pragma("user_version = 3"))();
  expect(statement.all()).toEqual([]);
  return [database, statement].map((object) => new WeakRef(object));
}

test("what was opened and prepared is never collected: on Node.js 24 that could end the process", async () => {
  const refs = opened();
  const witness = new WeakRef({});
  for (let round = 0; round < 10; round++) {
    await new Promise(setImmediate);
    collect();
  }
  expect(witness.deref()).toBeUndefined();
  for (const ref of refs) expect(ref.deref()).toBeDefined();
});

test("a pragma gives rows, or with simple the first value, however often it is asked", () => {
  const database = openSqlite(":memory:");
  for (const version of [1, 2]) {
    database.pragma(`user_version = ${version}`);
    expect(database.pragma("user_version", { simple: true })).toBe(version);
    expect(database.pragma("user_version")).toEqual([{ user_version: version }]);
  }
  database.close();
});
