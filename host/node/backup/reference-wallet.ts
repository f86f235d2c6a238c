import { equalBytes, parseHex, toHex0x } from "../../protocol/bytes.js";
import { ProtocolError } from "../../protocol/errors.js";
import { isJsonObject, parseJson } from "../../protocol/json.js";
import { Reader } from "../../protocol/reader.js";
import { scriptAddress } from "../../protocol/script-address.js";
import { decodeUtf8 } from "../../protocol/text.js";
import { keyModifier, keySeed, phraseSeed } from "../../wallet/seedphrase.js";
import { DEFAULT_SHAPE } from "../../wallet/treekey.js";
import type { WalletRecord } from "../../wallet/wallet-record.js";
import { BackupError } from "./container.js";
import { readSqlDump, type SqlRow } from "./sql-dump.js";

/** What stands in the place of a secret that was taken away. */
const NONE = "0x00";
const MAX_WALLET_BYTES = 32 * 1024 * 1024;

/**
 * The wallet in what a backup of the reference has inside (spec 09 §17). Its first part is a script that H2 has made of the tables of keys,
 * scripts and the phrase; the phrase of a locked wallet is among the settings, under its own password. Throws `BackupError`.
 */
export function readReferenceWallet(content: Uint8Array): WalletRecord {
  try {
    const reader = new Reader(content);
    const dump = reader.data();
    if (dump.length > MAX_WALLET_BYTES) throw new BackupError(UNREADABLE);
    // The cascade and the tree.
    reader.data();
    reader.data();
    const settings = reader.data();
    return walletOf(readSqlDump(decodeUtf8(dump)), settings);
  } catch (error) {
    if (error instanceof ProtocolError) throw new BackupError(UNREADABLE);
    throw error;
  }
}

const UNREADABLE = "The wallet in this backup cannot be read";

function walletOf(tables: ReadonlyMap<string, readonly SqlRow[]>, settings: Uint8Array): WalletRecord {
  const [seedRow] = tables.get("SEED") ?? [];
  const scripts = (tables.get("SCRIPTS") ?? []).map(scriptOf);
  const rows = [...(tables.get("KEYS") ?? [])].sort((a, b) => whole(a, "ID") - whole(b, "ID"));
  if (seedRow === undefined || rows.length === 0) throw new BackupError("The backup holds no wallet");
  const seed = column(seedRow, "SEED");
  const phrase = seed === NONE ? null : column(seedRow, "PHRASE");
  const baseSeed = phrase === null ? undefined : phraseSeed(phrase);
  if (baseSeed !== undefined && toHex0x(baseSeed) !== seed) throw new BackupError("The phrase in this backup is not that of its wallet");
  const keys = rows.map((row, index) => keyOf(row, index, baseSeed));
  return { phrase, sealed: phrase === null ? sealedPhrase(settings) : null, keys, scripts };
}

/** Throws for a key that the wallet could not make of its phrase. */
function keyOf(row: SqlRow, index: number, baseSeed: Uint8Array | undefined): WalletRecord["keys"][number] {
  const modifier = column(row, "MODIFIER");
  const size = whole(row, "SIZE");
  const depth = whole(row, "DEPTH");
  const privateKey = column(row, "PRIVATEKEY");
  const isOwn =
    equalBytes(parseHex(modifier), keyModifier(index)) &&
    size === DEFAULT_SHAPE.keys &&
    depth === DEFAULT_SHAPE.levels &&
    (baseSeed === undefined || privateKey === NONE || toHex0x(keySeed(baseSeed, index)) === privateKey);
  if (!isOwn) throw new BackupError(`Key ${index} in this backup is none that its phrase gives`);
  return { index, modifier, publickey: column(row, "PUBLICKEY"), size, depth, uses: whole(row, "USES") };
}

function scriptOf(row: SqlRow): WalletRecord["scripts"][number] {
  const script = column(row, "SCRIPT");
  const address = column(row, "ADDRESS");
  if (toHex0x(scriptAddress(script)) !== address) throw new BackupError(UNREADABLE);
  const flag = (name: string): boolean => whole(row, name) !== 0;
  return {
    script,
    address,
    simple: flag("SIMPLE"),
    default: flag("DEFAULTADDRESS"),
    publickey: column(row, "PUBLICKEY"),
    track: flag("TRACK"),
  };
}

/** The phrase under the password that the wallet was locked with; null where there is none: then only the phrase itself unlocks it. */
function sealedPhrase(settings: Uint8Array): string | null {
  const parsed = parseJson(new Reader(settings).string());
  const sealed = isJsonObject(parsed) ? parsed.get("encrypted_seed") : undefined;
  return typeof sealed === "string" && sealed !== NONE ? toHex0x(parseHex(sealed)) : null;
}

function column(row: SqlRow, name: string): string {
  const value = row.get(name);
  if (value === undefined) throw new BackupError(UNREADABLE);
  return value;
}

function whole(row: SqlRow, name: string): number {
  const value = Number(column(row, name));
  if (!Number.isSafeInteger(value) || value < 0) throw new BackupError(UNREADABLE);
  return value;
}
