import { describe, expect, test } from "vitest";
import type { CarriedPart } from "../../host/chain/snapshot.js";
import { toHex } from "../../host/protocol/bytes.js";
import { writeCoin } from "../../host/protocol/coin.js";
import { entryNumber } from "../../host/protocol/entry-number.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { encode } from "../../host/protocol/writer.js";
import { CarriedTable } from "../../host/store/carried-table.js";
import { CHAIN_MIGRATIONS } from "../../host/store/chain-schema.js";
import { openDatabase } from "../../host/store/database.js";
import { outputCoin } from "../../host/wallet/payment.js";

const OLD = "AA";
const NEXT = "BB";

function part(root: string, index: number, size = 2): CarriedPart {
  const numbers = Array.from({ length: size }, (_, i) => index * 10 + i + 1);
  return {
    root,
    part: index,
    mmr: numbers.map((i) => ({
      row: 0,
      entry: entryNumber(BigInt(i)),
      data: { hash: new Uint8Array(32).fill(i), value: MiniNumber.of(i) },
    })),
    carried: numbers.map((i) => outputCoin(new Uint8Array(32).fill(1), MiniNumber.of(i))),
  };
}

const shown = ({ mmr, carried }: Pick<CarriedPart, "mmr" | "carried">): string[] =>
  [
    ...mmr.map(({ row, entry, data }) => `${row} ${entry.unscaled} ${toHex(data.hash)} ${data.value}`),
    ...carried.map((coin) => toHex(encode(writeCoin, coin))),
  ].sort();

function open(): { readonly table: CarriedTable; readonly rows: () => number } {
  const database = openDatabase({ path: ":memory:", synchronous: "NORMAL", cacheKiB: 256, migrations: CHAIN_MIGRATIONS });
  const count = database.prepare<[], { n: number }>("SELECT count(*) AS n FROM carried");
  return { table: new CarriedTable(database), rows: () => count.get()?.n ?? 0 };
}

describe("what a cut carries over", () => {
  test("comes back in the order of its parts, each root by itself", () => {
    const { table } = open();
    const parts = Array.from({ length: 12 }, (_, i) => part(OLD, i));
    for (const item of parts) table.add(item, "");
    table.add(part(NEXT, 0, 1), OLD);
    expect(table.of(OLD).key).toBe(OLD);
    expect(shown(table.of(OLD))).toEqual(parts.flatMap(shown).sort());
    expect(table.of(OLD).carried.map(({ amount }) => amount.toString())).toEqual(
      parts.flatMap(({ carried }) => carried.map(({ amount }) => amount.toString())),
    );
    expect(shown(table.of(NEXT))).toEqual(shown(part(NEXT, 0, 1)));
    expect(table.of("CC")).toEqual({ key: "CC", mmr: [], carried: [] });
  });

  test("is begun anew where a cut was broken off", () => {
    const { table } = open();
    for (let i = 0; i < 5; i++) table.add(part(NEXT, i, 3), OLD);
    table.add(part(NEXT, 0, 1), OLD);
    expect(shown(table.of(NEXT))).toEqual(shown(part(NEXT, 0, 1)));
  });

  test("goes, a little at a time, once another block is the root", () => {
    const { table, rows } = open();
    for (let i = 0; i < 6; i++) table.add(part(OLD, i), OLD);
    for (let i = 0; i < 6; i++) table.add(part(NEXT, i), OLD);
    expect(rows()).toBe(12);
    table.add(part("CC", 0), NEXT);
    expect(rows()).toBe(6 + 1 + 2);
    table.add(part("CC", 1), NEXT);
    expect(rows()).toBe(6 + 2);
    expect(table.of(NEXT).carried).toHaveLength(12);
  });
});
