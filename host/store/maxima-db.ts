import type { Database } from "better-sqlite3";
import type { CopiedStore } from "../maxima/maxima-record.js";
import type { HostRow, IdentityName } from "../maxima/store.js";
import type { RSAKeyPair } from "../protocol/encryption.js";
import { ContactTable } from "./contact-table.js";
import { openDatabase } from "./database.js";
import { MAXIMA_MIGRATIONS } from "./maxima-schema.js";
import { ValueTable } from "./value-table.js";

interface SqlKeys {
  readonly publickey: Buffer;
  readonly privatekey: Buffer;
}

interface SqlHost extends SqlKeys {
  readonly address: string;
  readonly lastseen: number;
}

const CACHE_KIB = 64;

/** The Maxima identity on disk, in a file of its own: it stays when the wallet or the chain is replaced. */
export class MaximaDatabase implements CopiedStore {
  readonly contacts: ContactTable;
  readonly #database: Database;
  readonly #values: ValueTable;
  readonly #statements;

  /** Throws `StoreError` when the file cannot be used. */
  constructor(path: string) {
    const database = openDatabase({ path, synchronous: "FULL", cacheKiB: CACHE_KIB, migrations: MAXIMA_MIGRATIONS });
    database.pragma("secure_delete = ON");
    this.#database = database;
    this.#values = new ValueTable(database);
    this.contacts = new ContactTable(database);
    this.#statements = {
      identity: database.prepare<[string], SqlKeys>("SELECT publickey, privatekey FROM identity WHERE name = ?"),
      addIdentity: database.prepare("INSERT INTO identity (name, publickey, privatekey) VALUES (?, ?, ?)"),
      hosts: database.prepare<[], SqlHost>("SELECT * FROM host ORDER BY address"),
      putHost: database.prepare("INSERT OR REPLACE INTO host (address, publickey, privatekey, lastseen) VALUES (?, ?, ?, ?)"),
      seeHost: database.prepare("UPDATE host SET lastseen = ? WHERE address = ?"),
      removeHost: database.prepare("DELETE FROM host WHERE address = ?"),
    };
  }

  identity(name: IdentityName): RSAKeyPair | undefined {
    const row = this.#statements.identity.get(name);
    return row === undefined ? undefined : keysOf(row);
  }

  addIdentity(name: IdentityName, { publicKey, privateKey }: RSAKeyPair): void {
    this.#statements.addIdentity.run(name, publicKey, privateKey);
  }

  hosts(): readonly HostRow[] {
    return this.#statements.hosts.all().map(hostOf);
  }

  putHost({ address, keys, lastSeen }: HostRow): void {
    this.#statements.putHost.run(address, keys.publicKey, keys.privateKey, lastSeen);
  }

  seeHost(address: string, lastSeen: number): void {
    this.#statements.seeHost.run(lastSeen, address);
  }

  removeHost(address: string): void {
    this.#statements.removeHost.run(address);
  }

  text(name: string): string | undefined {
    return this.#values.text(name);
  }

  setText(name: string, text: string): void {
    this.#values.setText(name, text);
  }

  removeText(name: string): void {
    this.#values.remove(name);
  }

  texts(): readonly (readonly [string, string])[] {
    return this.#values.texts();
  }

  close(): void {
    this.#database.close();
  }
}

const keysOf = ({ publickey, privatekey }: SqlKeys): RSAKeyPair => ({
  publicKey: new Uint8Array(publickey),
  privateKey: new Uint8Array(privatekey),
});

const hostOf = (row: SqlHost): HostRow => ({ address: row.address, keys: keysOf(row), lastSeen: row.lastseen });
