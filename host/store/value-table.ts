import type { Database } from "better-sqlite3";
import { decode, type Reader } from "../protocol/reader.js";
import { encode, type Writer } from "../protocol/writer.js";

/** Single values by name. */
export class ValueTable {
  readonly #statements;

  constructor(database: Database) {
    this.#statements = {
      get: database.prepare<[string], { bytes: Buffer }>("SELECT bytes FROM value WHERE name = ?"),
      set: database.prepare("INSERT OR REPLACE INTO value (name, bytes) VALUES (?, ?)"),
      all: database.prepare<[], { name: string; bytes: Buffer }>("SELECT name, bytes FROM value ORDER BY name"),
      remove: database.prepare("DELETE FROM value WHERE name = ?"),
    };
  }

  bytes(name: string): Buffer | undefined {
    return this.#statements.get.get(name)?.bytes;
  }

  /** Throws `ProtocolError` when it is not what was written. */
  get<T>(name: string, read: (reader: Reader) => T): T | undefined {
    const bytes = this.bytes(name);
    return bytes === undefined ? undefined : decode(read, bytes);
  }

  set<T>(name: string, write: (writer: Writer, value: T) => void, value: T): void {
    this.#statements.set.run(name, encode(write, value));
  }

  text(name: string): string | undefined {
    return this.bytes(name)?.toString();
  }

  setText(name: string, text: string): void {
    this.#statements.set.run(name, Buffer.from(text));
  }

  /** All values, as texts. */
  texts(): readonly (readonly [name: string, text: string])[] {
    return this.#statements.all.all().map(({ name, bytes }) => [name, bytes.toString()]);
  }

  remove(name: string): void {
    this.#statements.remove.run(name);
  }
}
