import { StoreError } from "../store/database.js";
import { WalletError } from "../wallet/errors.js";

const ROOM = "the disk is full: make room, or use --data with a folder on a larger one";
const OTHER_FOLDER = "or use --data with another folder";
const FILES = "the system allows no more open files: raise its limit with ulimit -n 1024";
const PLACE = `a file is where a folder should be: move it away, ${OTHER_FOLDER}`;
const OWNER = `it belongs to somebody else: run this as its owner, make it yours with chown -R, ${OTHER_FOLDER}`;

/** What to do about what the system refuses. */
const CURES: Readonly<Record<string, string>> = {
  EACCES: OWNER,
  EPERM: OWNER,
  EROFS: `nothing can be written there: mount it writable (a card that turned read-only by itself is often worn out), ${OTHER_FOLDER}`,
  ENOSPC: ROOM,
  EDQUOT: ROOM,
  EMFILE: FILES,
  ENFILE: FILES,
  EEXIST: PLACE,
  ENOTDIR: PLACE,
  EADDRNOTAVAIL: "this machine has no such address: see --listen and --rpc-host",
};

/** A failure in words that say what to do; undefined for one that is a mistake of the program. */
export function failureText(error: unknown): string | undefined {
  if (error instanceof StoreError || error instanceof WalletError) return error.message;
  if (!(error instanceof Error)) return undefined;
  const { code = "", syscall } = error as NodeJS.ErrnoException;
  if (isAddonFailure(error)) return addonText(error);
  if (syscall === undefined) return undefined;
  if (syscall === "listen" && code === "EACCES")
    return `${error.message}: ports below 1024 are not for ordinary users, choose a higher one`;
  return `${error.message}: ${CURES[code] ?? "minimote doctor may tell what is wrong"}`;
}

/** Whether the native part of SQLite is not there, or for another machine. */
function isAddonFailure(error: NodeJS.ErrnoException): boolean {
  return error.code === "ERR_DLOPEN_FAILED" || /bindings file|better_sqlite3\.node/.test(error.message);
}

/** Packages list many places in which they looked. */
function addonText({ message }: Error): string {
  const reason = message.split("\n")[0] ?? "";
  return `SQLite does not load: ${reason}. Its native part has to be for this machine and version of Node.js: npm rebuild better-sqlite3`;
}
