import { statSync } from "node:fs";
import { join } from "node:path";

/** Names of the files in a data folder. */
export const WALLET_FILE = "wallet.db";
export const CHAIN_FILE = "chain.db";
export const MAXIMA_FILE = "maxima.db";
export const SETTINGS_FILE = "settings.json";
/** Those that a restore replaces. */
export const REPLACED_BY_RESTORE: readonly string[] = [WALLET_FILE, CHAIN_FILE, SETTINGS_FILE];

/** Bytes of the data folder's files. */
export interface DiskUsage {
  readonly chain: number;
  readonly wallet: number;
  readonly maxima: number;
  readonly settings: number;
}

/** Bytes on disk, with what SQLite has yet to merge. */
export function diskUsage(dataDir: string): DiskUsage {
  const size = (file: string): number =>
    ["", "-wal"].reduce((sum, end) => sum + (statSync(join(dataDir, file + end), { throwIfNoEntry: false })?.size ?? 0), 0);
  return { chain: size(CHAIN_FILE), wallet: size(WALLET_FILE), maxima: size(MAXIMA_FILE), settings: size(SETTINGS_FILE) };
}
