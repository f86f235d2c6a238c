import type { Database } from "better-sqlite3";
import { decode } from "../protocol/reader.js";
import { readTxnRow, type TxnRow, writeTxnRow } from "../protocol/txn-row.js";
import { encode } from "../protocol/writer.js";

/** Transactions under construction, in the order they were made (spec 09 §14). */
export class TxnTable {
  readonly #statements;

  constructor(database: Database) {
    this.#statements = {
      all: database.prepare<[], { bytes: Buffer }>("SELECT bytes FROM txn ORDER BY seq"),
      put: database.prepare("INSERT INTO txn (id, bytes) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes"),
      remove: database.prepare("DELETE FROM txn WHERE id = ?"),
      clear: database.prepare("DELETE FROM txn"),
    };
  }

  /** Throws `ProtocolError` when it is not what was written. */
  all(): TxnRow[] {
    return this.#statements.all.all().map(({ bytes }) => decode(readTxnRow, new Uint8Array(bytes)));
  }

  put(row: TxnRow): void {
    this.#statements.put.run(row.id, encode(writeTxnRow, row));
  }

  remove(id: string): void {
    this.#statements.remove.run(id);
  }

  clear(): void {
    this.#statements.clear.run();
  }
}
