import Sqlite, { type Database, type Options, type PragmaOptions, type Statement } from "better-sqlite3";

export type { Database } from "better-sqlite3";

export const { SqliteError } = Sqlite;

/** Whatever was opened or prepared, for as long as the process lives: see `openSqlite`. */
const kept: object[] = [];

/**
 * Opens a file of SQLite, and is the only door to it. What comes from here is never collected: better-sqlite3 12, when compiled for
 * Node.js 24.19 or newer, ends the process (`Assertion failed: (env) != nullptr`) where the collector meets a database or a statement
 * while no JavaScript runs. So statements are to be prepared once; the same pragma always is.
 */
export function openSqlite(path: string, options?: Options): Database {
  const database = new Sqlite(path, options);
  kept.push(database);
  database.prepare = keeping(database.prepare);
  const pragmas = new Map<string, Statement>();
  database.pragma = (source: string, { simple = false }: PragmaOptions = {}): unknown => {
    const statement = pragmas.get(source) ?? database.prepare(`PRAGMA ${source}`);
    pragmas.set(source, statement);
    if (!statement.reader) return statement.run();
    return simple ? statement.pluck().get() : statement.pluck(false).all();
  };
  return database;
}

function keeping<F extends (...args: never[]) => object>(make: F): F {
  return new Proxy(make, {
    apply(target, self, args) {
      const made: object = Reflect.apply(target, self, args);
      kept.push(made);
      return made;
    },
  });
}
