/** Names of the files in a data folder. */
export const WALLET_FILE = "wallet.db";
export const CHAIN_FILE = "chain.db";
export const MAXIMA_FILE = "maxima.db";
export const SETTINGS_FILE = "settings.json";
/** Those that a restore replaces. */
export const REPLACED_BY_RESTORE: readonly string[] = [WALLET_FILE, CHAIN_FILE, SETTINGS_FILE];
