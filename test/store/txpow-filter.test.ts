import { describe, expect, test } from "vitest";
import { openSqlite } from "../../host/store/sqlite.js";
import { FilterError, parseTxPoWFilter } from "../../host/store/txpow-filter.js";

describe("conditions on stored TxPoWs", () => {
  const database = openSqlite(":memory:");
  database.exec("CREATE TABLE txpow (seq INTEGER PRIMARY KEY, id BLOB, parent BLOB, relevant INTEGER, stored INTEGER, transact INTEGER)");
  const add = database.prepare("INSERT INTO txpow (id, parent, relevant, stored, transact) VALUES (?, ?, ?, ?, ?)");
  add.run(Buffer.of(1), Buffer.of(0), 0, 100, 0);
  add.run(Buffer.of(2), Buffer.of(1), 1, 200, 1);
  add.run(Buffer.of(3), null, 1, 300, 1);

  const found = (text: string): number[] => {
    const { sql, values } = parseTxPoWFilter(text);
    return database
      .prepare<(number | Buffer)[], { seq: number }>(`SELECT seq FROM txpow WHERE ${sql}`)
      .all(...values)
      .map(({ seq }) => seq);
  };

  test("compare columns, and are joined", () => {
    expect(found("isblock=1")).toEqual([1, 2]);
    expect(found("ISBLOCK = 0")).toEqual([3]);
    expect(found("timemilli>=200 and isrelevant='1'")).toEqual([2, 3]);
    expect(found("timemilli<150 OR timemilli>250")).toEqual([1, 3]);
    expect(found("not (istransaction=1 and isblock=1)")).toEqual([1, 3]);
    expect(found("txpowid='0x02'")).toEqual([2]);
    expect(found("parentid != 0x00")).toEqual([2]);
    expect(found("isblock<>1 OR isblock=1 AND timemilli=100")).toEqual([1, 3]);
  });

  test.each([
    "",
    "1=1",
    "isblock",
    "isblock=1; DROP TABLE txpow",
    "isblock=1 UNION SELECT 1",
    "bytes=0x00",
    "isblock=(SELECT 1)",
    "isblock=1 AND",
    "(isblock=1",
    "isblock=1)",
    "txpowid>'0x01'",
    "txpowid=5",
    "isblock='x'",
    "isblock LIKE 1",
    "isblock=1--",
    "timemilli=1e400",
    `${"NOT ".repeat(40)}isblock=1`,
    `isblock=${"1".repeat(2000)}`,
  ])("refuse what is something else: %s", (text) => {
    expect(() => parseTxPoWFilter(text)).toThrow(FilterError);
  });
});
