import { WALLET_FILE } from "./open-wallet.js";

export const CHAIN_FILE = "chain.db";
export const SETTINGS_FILE = "settings.json";
/** The files of a data folder that a restore replaces. */
export const REPLACED_BY_RESTORE: readonly string[] = [WALLET_FILE, CHAIN_FILE, SETTINGS_FILE];
