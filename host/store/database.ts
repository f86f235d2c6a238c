import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { Database } from "better-sqlite3";
import { openSqlite, SqliteError } from "./sqlite.js";

/** How long a file that another process is just letting go of is waited for. */
const BUSY_TIMEOUT_MS = 1000;

export interface DatabaseOptions {
  readonly path: string;
  /** FULL: a commit survives a power cut. NORMAL: it survives a crash of the process, and the file is never torn. */
  readonly synchronous: "NORMAL" | "FULL";
  /** SQLite's page cache. */
  readonly cacheKiB: number;
  /** One SQL script per schema version; `PRAGMA user_version` counts those applied. Never edit one that was released: add one. */
  readonly migrations: readonly string[];
}

/** What a store says when it cannot be used: the text tells the owner what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

/**
 * Opens a database file, readable by its owner only, in WAL mode, and brings its schema up to date. The file is locked against
 * every other process until it is closed. Throws `StoreError`.
 */
export function openDatabase(options: DatabaseOptions): Database {
  mkdirSync(dirname(options.path), { recursive: true, mode: 0o700 });
  closeSync(openSync(options.path, "a", 0o600));
  chmodSync(options.path, 0o600);
  const database = openSqlite(options.path, { timeout: BUSY_TIMEOUT_MS });
  try {
    database.pragma("locking_mode = EXCLUSIVE");
    database.pragma("journal_mode = WAL");
    database.pragma(`synchronous = ${options.synchronous}`);
    database.pragma(`cache_size = -${options.cacheKiB}`);
    database.pragma("temp_store = MEMORY");
    database.pragma("journal_size_limit = 4194304");
    migrate(database, options.migrations);
    return database;
  } catch (error) {
    database.close();
    throw explained(error, options.path);
  }
}

function migrate(database: Database, migrations: readonly string[]): void {
  const version = Number(database.pragma("user_version", { simple: true }));
  if (version > migrations.length)
    throw new StoreError(`it was written by a newer minimote (schema ${version}, this one knows ${migrations.length})`);
  database
    .transaction(() => {
      for (const script of migrations.slice(version)) database.exec(script);
      database.pragma(`user_version = ${migrations.length}`);
    })
    .exclusive();
}

function explained(error: unknown, path: string): Error {
  const code = error instanceof SqliteError ? error.code : "";
  if (code.startsWith("SQLITE_BUSY"))
    return new StoreError(`${path} is in use by another process: stop the other minimote first, or use another --data folder`);
  if (code === "SQLITE_NOTADB" || code.startsWith("SQLITE_CORRUPT"))
    return new StoreError(`${path} is damaged: restore a backup, or move the file away and sync again`);
  if (code === "SQLITE_FULL") return new StoreError(`there is no room for ${path}: the disk is full`);
  if (code.startsWith("SQLITE_READONLY") || code.startsWith("SQLITE_CANTOPEN"))
    return new StoreError(`${path} cannot be written: its folder and files have to be writable for the user that runs this`);
  if (code.startsWith("SQLITE_IOERR"))
    return new StoreError(`${path} cannot be read or written (${code}): the disk or card may be failing`);
  return new StoreError(`${path} cannot be opened: ${error instanceof Error ? error.message : String(error)}`);
}
