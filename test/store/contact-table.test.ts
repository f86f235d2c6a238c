import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Contact } from "../../host/maxima/contact.js";
import { MaximaDatabase } from "../../host/store/maxima-db.js";
import { MAXIMA_MIGRATIONS } from "../../host/store/maxima-schema.js";
import { openSqlite } from "../../host/store/sqlite.js";

const folder = mkdtempSync(join(tmpdir(), "minimote-contacts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const contact = (publicKey: string): Omit<Contact, "id"> => ({
  publicKey,
  currentAddress: "Mx1@h:1",
  myAddress: "Mx00",
  lastSeen: 1_800_000_000_000,
  details: { name: "n\u{1F4A1}", icon: "", minimaAddress: "MxG0", topBlock: "9", checkBlock: "1", checkHash: "0x00", mls: "" },
});

test("contacts are kept in the order they came, and numbers are not given twice", () => {
  const path = join(folder, "maxima.db");
  const first = new MaximaDatabase(path);
  for (const key of ["0xC0", "0x01", "0x02"]) first.contacts.add(contact(key));
  expect(() => first.contacts.add(contact("0x01"))).toThrow();
  first.contacts.remove(3);
  const changed = { ...contact("0x01"), id: 2, myAddress: "Mx2@h:2" };
  first.contacts.update(changed);
  first.close();

  const again = new MaximaDatabase(path);
  expect(again.contacts.add(contact("0x03")).id).toBe(4);
  expect(again.contacts.all().map(({ id, publicKey }) => [id, publicKey])).toEqual([
    [1, "0xC0"],
    [2, "0x01"],
    [4, "0x03"],
  ]);
  expect(again.contacts.byKey("0x01")).toEqual(changed);
  expect(again.contacts.byId(2)).toEqual(changed);
  expect([again.contacts.byKey("0x02"), again.contacts.byId(3), again.contacts.count()]).toEqual([undefined, undefined, 3]);
  again.close();
});

test("a file of before has no contacts, and its keys stay", () => {
  const path = join(folder, "older.db");
  const older = openSqlite(path);
  older.exec(MAXIMA_MIGRATIONS[0] ?? "");
  older.pragma("user_version = 1");
  older.exec("INSERT INTO identity VALUES ('maxima', x'01', x'02')");
  older.close();
  const store = new MaximaDatabase(path);
  expect([store.contacts.count(), store.identity("maxima")?.publicKey]).toEqual([0, Uint8Array.of(1)]);
  store.close();
});
