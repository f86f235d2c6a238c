import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeSecretFile } from "../../store/secret-file.js";

/** Where the files of a restore are made ready. */
const FOLDER = "restore.new";
const REPLACED_PREFIX = "replaced-";
/** There once all of them are complete; says what the next start is to do. */
const READY_FILE = "ready";

/** What is done when a restore is taken up. */
interface Plan {
  /** The folder for the files that are replaced. */
  readonly replaced: string;
  /** Names of the files to replace; null: all that a restore replaces. */
  readonly files: readonly string[] | null;
  /** Names of replaced files that are not kept. */
  readonly dropped: readonly string[];
}

/** An empty folder for the files of a restore: whatever an earlier one left is gone. */
export function beginRestore(dataDir: string): string {
  const folder = join(dataDir, FOLDER);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/**
 * All files of the restore are complete: the next start takes them up. `files` are those it replaces, if not all; `dropped` those of them
 * that are not kept. Gives the name of the folder for the replaced files.
 */
export function commitRestore(dataDir: string, now: number, { files = null, dropped = [] }: Partial<Omit<Plan, "replaced">> = {}): string {
  const plan: Plan = { replaced: `${REPLACED_PREFIX}${now}`, files, dropped };
  writeSecretFile(join(dataDir, FOLDER, READY_FILE), JSON.stringify(plan));
  return plan.replaced;
}

/** The folders of files that restores have replaced, the latest first. */
export function replacedFolders(dataDir: string): string[] {
  const names = readdirSync(dataDir).filter((name) => name.startsWith(REPLACED_PREFIX));
  const time = (name: string): number => Number(name.slice(REPLACED_PREFIX.length));
  return names.sort((a, b) => time(b) - time(a)).map((name) => join(dataDir, name));
}

/** Forgets a restore that was not committed. */
export function abandonRestore(dataDir: string): void {
  rmSync(join(dataDir, FOLDER), { recursive: true, force: true });
}

/**
 * Takes up a restore that was committed: puts the files of the data folder that it replaces aside, and its own in their place. It
 * may be interrupted anywhere and is taken up again; one that was not committed is cleared away. `checkUnused` throws when another process uses the folder. Gives the folder of
 * the files that were replaced, if there was a restore.
 */
export function finishRestore(dataDir: string, replacedFiles: readonly string[], checkUnused: () => void): string | undefined {
  const folder = join(dataDir, FOLDER);
  const ready = join(folder, READY_FILE);
  if (!existsSync(folder)) return undefined;
  checkUnused();
  if (!existsSync(ready)) {
    abandonRestore(dataDir);
    return undefined;
  }
  const plan = JSON.parse(readFileSync(ready, "utf8")) as Plan;
  const replaced = join(dataDir, plan.replaced);
  mkdirSync(replaced, { recursive: true, mode: 0o700 });
  for (const name of plan.files ?? replacedFiles) {
    // From when this mark is there, a file of this name in the data folder is the restored one.
    const mark = join(folder, `${name}.aside`);
    if (!existsSync(mark)) {
      for (const part of withLogs(name)) if (existsSync(join(dataDir, part))) renameSync(join(dataDir, part), join(replaced, part));
      closeSync(openSync(mark, "w", 0o600));
    }
    if (existsSync(join(folder, name))) renameSync(join(folder, name), join(dataDir, name));
  }
  for (const part of plan.dropped.flatMap(withLogs)) rmSync(join(replaced, part), { force: true });
  rmSync(folder, { recursive: true, force: true });
  return replaced;
}

/** A file and what SQLite may have beside it. */
const withLogs = (name: string): string[] => [name, `${name}-wal`, `${name}-shm`];
