import type { Database } from "better-sqlite3";
import type { Contact, ContactDetails, ContactStore } from "../maxima/contact.js";

interface SqlContact {
  readonly id: number;
  readonly publickey: string;
  readonly currentaddress: string;
  readonly myaddress: string;
  readonly lastseen: number;
  readonly details: string;
}

/** Maxima contacts on disk. */
export class ContactTable implements ContactStore {
  readonly #statements;

  constructor(database: Database) {
    this.#statements = {
      all: database.prepare<[], SqlContact>("SELECT * FROM contact ORDER BY id"),
      count: database.prepare<[], number>("SELECT count(*) FROM contact").pluck(),
      byId: database.prepare<[number], SqlContact>("SELECT * FROM contact WHERE id = ?"),
      byKey: database.prepare<[string], SqlContact>("SELECT * FROM contact WHERE publickey = ?"),
      add: database.prepare("INSERT INTO contact (publickey, currentaddress, myaddress, lastseen, details) VALUES (?, ?, ?, ?, ?)"),
      update: database.prepare(
        "UPDATE contact SET publickey = ?, currentaddress = ?, myaddress = ?, lastseen = ?, details = ? WHERE id = ?",
      ),
      remove: database.prepare("DELETE FROM contact WHERE id = ?"),
    };
  }

  all(): readonly Contact[] {
    return this.#statements.all.all().map(contactOf);
  }

  count(): number {
    return this.#statements.count.get() ?? 0;
  }

  byId(id: number): Contact | undefined {
    const row = this.#statements.byId.get(id);
    return row === undefined ? undefined : contactOf(row);
  }

  byKey(publicKey: string): Contact | undefined {
    const row = this.#statements.byKey.get(publicKey);
    return row === undefined ? undefined : contactOf(row);
  }

  add(contact: Omit<Contact, "id">): Contact {
    const { lastInsertRowid } = this.#statements.add.run(...valuesOf(contact));
    return { ...contact, id: Number(lastInsertRowid) };
  }

  update(contact: Contact): void {
    this.#statements.update.run(...valuesOf(contact), contact.id);
  }

  remove(id: number): void {
    this.#statements.remove.run(id);
  }
}

function valuesOf({
  publicKey,
  currentAddress,
  myAddress,
  lastSeen,
  details,
}: Omit<Contact, "id">): [string, string, string, number, string] {
  return [publicKey, currentAddress, myAddress, lastSeen, JSON.stringify(details)];
}

function contactOf(row: SqlContact): Contact {
  return {
    id: row.id,
    publicKey: row.publickey,
    currentAddress: row.currentaddress,
    myAddress: row.myaddress,
    lastSeen: row.lastseen,
    details: JSON.parse(row.details) as ContactDetails,
  };
}
