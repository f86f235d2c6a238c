import { constants, existsSync, statSync } from "node:fs";
import { access, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CHAIN_FILE, MAXIMA_FILE, SETTINGS_FILE, WALLET_FILE } from "../../node/data-files.js";
import { formatSize } from "../../protocol/json-views/format.js";
import { PASSWORDS_FILE } from "../../rpc/passwords.js";
import { type Database, openSqlite, SqliteError } from "../../store/sqlite.js";
import { CONFIG_FILE } from "../config-file.js";
import { type Check, type Finding, fail, ok, warn } from "./finding.js";

const MIB = 1024 * 1024;
/** The chain of a node that keeps no archive stays below 1 GB. */
const LEAST_DISK = { fail: 256 * MIB, warn: 1024 * MIB } as const;
/** Whoever reads these can spend, write in the owner's name, or use the RPC server. */
const SECRET_FILES = [
  WALLET_FILE,
  `${WALLET_FILE}-wal`,
  MAXIMA_FILE,
  `${MAXIMA_FILE}-wal`,
  PASSWORDS_FILE,
  SETTINGS_FILE,
  CONFIG_FILE,
] as const;
const OTHERS = 0o077;

/** The first folder on the way up that is there. */
function existing(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existing(dirname(folder));
}

/** Whether the data folder can be written and nobody else reads it. */
export const checkFolder: Check = async ({ config }) => {
  const { dataDir } = config;
  const there = existing(dataDir);
  try {
    await access(there, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const text = `${there} cannot be written`;
    if ((error as NodeJS.ErrnoException).code === "EROFS")
      return [
        fail(
          "data folder",
          `${text}: its file system is read-only`,
          "mount it writable; a card that turned so by itself is often worn out",
        ),
      ];
    return [fail("data folder", text, `make it yours: chown -R $(id -un) ${there}, or choose another --data`)];
  }
  if (there !== dataDir) return [ok("data folder", `${dataDir} will be made`)];
  const open = SECRET_FILES.map((name) => join(dataDir, name)).filter(
    (path) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & OTHERS) !== 0,
  );
  const opened = open.map((path) => fail("file modes", `others can read ${path}`, `chmod 600 ${path}`));
  const folder =
    (statSync(dataDir).mode & OTHERS) === 0
      ? ok("data folder", dataDir)
      : warn("data folder", `others can look into ${dataDir}`, `chmod 700 ${dataDir}`);
  return [folder, ...opened];
};

export const checkDisk: Check = async ({ config }) => {
  const { bavail, bsize, files, ffree } = await statfs(existing(config.dataDir));
  const free = bavail * bsize;
  const text = `${formatSize(free)} free`;
  const fix = "make room, or put --data on a larger disk";
  if (files > 0 && ffree === 0) return [fail("disk", "no more files can be made", fix)];
  if (free < LEAST_DISK.fail) return [fail("disk", text, fix)];
  return [free < LEAST_DISK.warn ? warn("disk", text, fix) : ok("disk", text)];
};

/** Whether the native part of SQLite fits this machine; then reads the databases through, except a running node's. */
export const checkDatabases: Check = ({ config }) => {
  try {
    openSqlite(":memory:").close();
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return Promise.resolve([
      fail("sqlite", reason, "install better-sqlite3 for this machine and version of Node.js: npm rebuild better-sqlite3"),
    ]);
  }
  return Promise.resolve([WALLET_FILE, CHAIN_FILE, MAXIMA_FILE].flatMap((name) => checkDatabase(join(config.dataDir, name), name)));
};

const FIXES: Readonly<Record<string, (path: string) => string>> = {
  [WALLET_FILE]: (path) => `, move ${path} away and restore the wallet from its phrase: minimote init --restore`,
  [CHAIN_FILE]: (path) => ` and move ${path} away: the chain is synced again`,
  [MAXIMA_FILE]: (path) => ` and restore a backup, or move ${path} away: Maxima contacts then have to be added again`,
};

function checkDatabase(path: string, name: string): Finding[] {
  if (!existsSync(path)) return [];
  const fix = `stop the node${FIXES[name]?.(path) ?? ""}`;
  let database: Database | undefined;
  try {
    database = openSqlite(path, { readonly: true, fileMustExist: true, timeout: 0 });
    const result = String(database.pragma("quick_check(1)", { simple: true }));
    return [result === "ok" ? ok(name, "sound") : fail(name, result, fix)];
  } catch (error) {
    const code = error instanceof SqliteError ? error.code : "";
    if (code.startsWith("SQLITE_BUSY")) return [ok(name, "in use by a running node; checked only while it is stopped")];
    // Neither damaged nor fit to be read through: what keeps it from being opened is another finding.
    if (code.startsWith("SQLITE_CANTOPEN") || code.startsWith("SQLITE_READONLY"))
      return [warn(name, "cannot be opened, and so was not checked", "let the user that runs this write to its folder")];
    return [fail(name, error instanceof Error ? error.message : String(error), fix)];
  } finally {
    database?.close();
  }
}
