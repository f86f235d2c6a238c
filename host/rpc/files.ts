import { constants, realpathSync } from "node:fs";
import { mkdir, open, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import type { Bytes } from "../protocol/bytes.js";
import { CommandError } from "./params.js";

/** Where files without a path live, below the data folder. */
const FOLDER = "files";
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** A place that a command may read or write. */
export interface CommandFile {
  readonly path: string;
  /** It lies in the folder that belongs to commands, where files may be replaced. */
  readonly isOwn: boolean;
}

/**
 * The file a `file` parameter means: a plain name lies in a folder of its own below the data folder; any other place must be given
 * from the root, and none of the node's own files can be meant, by way of symbolic links neither. Only for commands that need write access. Throws `CommandError`.
 */
export function commandFile(dataDir: string, name: string): CommandFile {
  if (!/[/\\]/.test(name)) {
    if (name.startsWith(".")) throw new CommandError(`Invalid file name : ${name}`);
    return allowed(dataDir, resolve(dataDir, FOLDER, name), name);
  }
  if (!isAbsolute(name)) throw new CommandError(`Give a plain file name, or a whole path from the root : ${name}`);
  return allowed(dataDir, resolve(name), name);
}

function allowed(dataDir: string, asked: string, name: string): CommandFile {
  const path = realPath(asked);
  const isOwn = isBelow(path, realPath(resolve(dataDir, FOLDER)));
  if (!isOwn && isBelow(path, realPath(resolve(dataDir)))) throw new CommandError(`This is no place for files : ${name}`);
  return { path, isOwn };
}

/** Where a path leads through all symbolic links; what is not there yet lies in the nearest folder that is. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(realPath(folder), basename(path));
  }
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !way.startsWith("..") && !isAbsolute(way);
}

/** Writes a file that only its owner can read. Outside the own folder nothing that exists is replaced. Throws `CommandError`. */
export async function writeCommandFile({ path, isOwn }: CommandFile, bytes: Bytes): Promise<void> {
  if (isOwn) await mkdir(resolve(path, ".."), { recursive: true, mode: 0o700 });
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | (isOwn ? constants.O_TRUNC : constants.O_EXCL);
  const file = await open(path, flags, 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(error.code === "EEXIST" ? `File exists already : ${path}` : `Cannot write ${path} : ${error.code}`);
  });
  try {
    await file.chmod(0o600);
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Throws `CommandError`. */
export async function readCommandFile({ path }: CommandFile): Promise<Bytes> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile()) throw new CommandError(`File does not exist : ${path}`);
  if (found.size > MAX_FILE_BYTES) throw new CommandError(`File is too large : ${path}`);
  const file = await open(path, constants.O_RDONLY).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`Cannot read ${path} : ${error.code}`);
  });
  try {
    return new Uint8Array(await file.readFile());
  } finally {
    await file.close();
  }
}
