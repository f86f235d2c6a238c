import { parseHex, toHex0x } from "../protocol/bytes.js";
import { WalletError } from "./errors.js";
import type { ScriptRow } from "./scripts.js";
import type { KeyRow, WalletStore } from "./wallet-store.js";

/** A wallet as a backup holds it. */
export interface WalletRecord {
  /** Null while it is locked. */
  readonly phrase: string | null;
  /** The phrase under a password, hex. */
  readonly sealed: string | null;
  readonly keys: readonly {
    readonly index: number;
    readonly modifier: string;
    readonly publickey: string;
    readonly size: number;
    readonly depth: number;
    /** Uses that may be gone. */
    readonly uses: number;
  }[];
  readonly scripts: readonly {
    readonly script: string;
    readonly address: string;
    readonly simple: boolean;
    readonly default: boolean;
    readonly publickey: string;
    readonly track: boolean;
  }[];
}

/** Everything a wallet knows that cannot be found again. */
export function walletRecord(store: WalletStore, usesOf: (publicKey: Uint8Array) => number): WalletRecord {
  const sealed = store.sealedPhrase();
  return {
    phrase: store.phrase() ?? null,
    sealed: sealed === undefined ? null : toHex0x(sealed),
    keys: store.keys().map(({ index, modifier, publicKey, shape }) => ({
      index,
      modifier: toHex0x(modifier),
      publickey: toHex0x(publicKey),
      size: shape.keys,
      depth: shape.levels,
      uses: usesOf(publicKey),
    })),
    scripts: store.scripts().map((row) => ({
      script: row.script,
      address: toHex0x(row.address),
      simple: row.simple,
      default: row.default,
      publickey: toHex0x(row.publicKey),
      track: row.track,
    })),
  };
}

/** Throws `refused`. */
export function parseWalletRecord(bytes: Uint8Array): WalletRecord {
  const record = JSON.parse(Buffer.from(bytes).toString("utf8")) as Partial<WalletRecord>;
  if (!Array.isArray(record.keys) || !Array.isArray(record.scripts)) throw new WalletError("refused", "The backup holds no wallet");
  return { phrase: record.phrase ?? null, sealed: record.sealed ?? null, keys: record.keys, scripts: record.scripts };
}

/**
 * Fills an empty wallet, but for its phrase. `nextUse` says where a key goes on: what was backed up may have been used since. The wallet will not sign
 * before it has seen the chain.
 */
export function fillWallet(store: WalletStore, record: WalletRecord, nextUse: (key: KeyRow, uses: number) => number): void {
  store.setRestoration("catching-up");
  for (const { index, modifier, publickey, size, depth, uses } of record.keys) {
    const key: KeyRow = { index, modifier: parseHex(modifier), publicKey: parseHex(publickey), shape: { keys: size, levels: depth } };
    store.moveFreeUse(key.publicKey, 0, nextUse(key, uses));
    const script = record.scripts.find((row) => row.simple && row.publickey === publickey);
    if (script === undefined) throw new WalletError("refused", "The backup holds a key without its address");
    store.addKey(key, scriptRow(script));
  }
  for (const script of record.scripts) if (!script.simple) store.putScript(scriptRow(script));
}

/** Makes an empty store one of a phrase that was used elsewhere, before it has any key: it has yet to see the chain (spec 04 §10). */
export function fillRestoredPhrase(store: WalletStore, phrase: string, keyUses: number): void {
  store.setRestoration("catching-up");
  store.setLeastUse(keyUses);
  store.setPhrase(phrase);
}

/** Puts the phrase where it was: in the wallet, or locked away. */
export function fillPhrase(store: WalletStore, { phrase, sealed }: WalletRecord): void {
  if (phrase !== null) store.setPhrase(phrase);
  else store.removePhrase(sealed === null ? undefined : parseHex(sealed));
}

function scriptRow({ script, address, simple, default: isDefault, publickey, track }: WalletRecord["scripts"][number]): ScriptRow {
  return { script, address: parseHex(address), simple, default: isDefault, publicKey: parseHex(publickey), track };
}
