import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Where the files of a restore are made ready. */
const FOLDER = "restore.new";
/** There once all of them are complete; holds the name of the folder for the files they replace. */
const READY_FILE = "ready";

/** An empty folder for the files of a restore: whatever an earlier one left is gone. */
export function beginRestore(dataDir: string): string {
  const folder = join(dataDir, FOLDER);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** All files of the restore are complete: the next start takes them up. Gives the name of the folder for those they replace. */
export function commitRestore(dataDir: string, now: number): string {
  const replaced = `replaced-${now}`;
  const file = openSync(join(dataDir, FOLDER, READY_FILE), "w", 0o600);
  try {
    writeSync(file, replaced);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return replaced;
}

/** Forgets a restore that was not committed. */
export function abandonRestore(dataDir: string): void {
  rmSync(join(dataDir, FOLDER), { recursive: true, force: true });
}

/**
 * Takes up a restore that was committed: puts the files of the data folder that it replaces aside, and its own in their place. It
 * may be interrupted anywhere and is taken up again. `checkUnused` throws when another process uses the folder. Gives the folder of
 * the files that were replaced, if there was a restore.
 */
export function finishRestore(dataDir: string, replacedFiles: readonly string[], checkUnused: () => void): string | undefined {
  const folder = join(dataDir, FOLDER);
  const ready = join(folder, READY_FILE);
  if (!existsSync(ready)) return undefined;
  checkUnused();
  const replaced = join(dataDir, readFileSync(ready, "utf8"));
  mkdirSync(replaced, { recursive: true, mode: 0o700 });
  for (const name of replacedFiles) {
    // From when this mark is there, a file of this name in the data folder is the restored one.
    const mark = join(folder, `${name}.aside`);
    if (!existsSync(mark)) {
      for (const part of [name, `${name}-wal`, `${name}-shm`])
        if (existsSync(join(dataDir, part))) renameSync(join(dataDir, part), join(replaced, part));
      closeSync(openSync(mark, "w", 0o600));
    }
    if (existsSync(join(folder, name))) renameSync(join(folder, name), join(dataDir, name));
  }
  rmSync(folder, { recursive: true, force: true });
  return replaced;
}
