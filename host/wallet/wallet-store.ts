import type { Bytes } from "../protocol/bytes.js";
import type { ScriptRow } from "./scripts.js";
import type { TreeShape } from "./treekey.js";

/** What must never be forgotten about the uses of keys. Where nothing else is said, everything is durable when a call returns. */
export interface KeyUseStore {
  /** Every use below this index may have happened, none from it on. 0 for a key that was never used. */
  freeUse(publicKey: Bytes): number;
  /** Moves the index of the first free use. Throws when it is not `from`: somebody else uses the key. */
  moveFreeUse(publicKey: Bytes, from: number, to: number): void;
  /** The encoded signature a key made of data with this digest. */
  signature(publicKey: Bytes, digest: Bytes): Bytes | undefined;
  /** Does not wait for the disk: a power cut may take the last ones away, which costs another use when the same data comes again. */
  keepSignature(publicKey: Bytes, digest: Bytes, signature: Bytes): void;
}

/** A key of the wallet (spec 09 §6); its index is its place in the order of making. */
export interface KeyRow {
  readonly index: number;
  readonly modifier: Bytes;
  readonly publicKey: Bytes;
  readonly shape: TreeShape;
}

/** Whether a wallet was restored from its phrase, and if so whether it has seen the chain since (spec 04 §10). */
export type Restoration = "none" | "catching-up" | "caught-up";

/** Where a wallet's file lies; an empty text where something cannot be told. */
export interface Place {
  /** Of the operating system. */
  readonly machine: string;
  /** Of the hardware. */
  readonly board: string;
  readonly inode: string;
  /** When the file was made. */
  readonly born: string;
}

/** When and where the wallet ran last. */
export interface Life {
  readonly place: Place;
  /** Unix milliseconds. */
  readonly seen: number;
}

/** Where a wallet is kept. Everything is durable when a call returns. */
export interface WalletStore extends KeyUseStore {
  /** The phrase; absent in a new wallet and while it is locked. */
  phrase(): string | undefined;
  setPhrase(phrase: string): void;
  /** The phrase under a password (spec 01 §9.2), while the wallet is locked with one. */
  sealedPhrase(): Bytes | undefined;
  /** Takes the phrase away, so that no copy stays in the file; with `sealed` it can come back. */
  removePhrase(sealed?: Bytes): void;
  /** In the order of their indexes. */
  keys(): readonly KeyRow[];
  /** In the order they were added. */
  scripts(): readonly ScriptRow[];
  /** Adds a key and its script, both or none. */
  addKey(key: KeyRow, script: ScriptRow): void;
  /** Adds a script, in the place of another one with the same address. */
  putScript(script: ScriptRow): void;
  removeScript(address: Bytes): void;
  /** Coins the owner chose to watch, or not to watch. */
  coinTracks(): readonly { readonly coinid: Bytes; readonly track: boolean }[];
  setCoinTrack(coinid: Bytes, track: boolean): void;
  removeCoinTrack(coinid: Bytes): void;
  restoration(): Restoration;
  setRestoration(state: Exclude<Restoration, "none">): void;
  /** Keys that are made in a restored wallet start from this use at least. */
  leastUse(): number;
  setLeastUse(use: number): void;
  /** Absent in a wallet that never ran. */
  life(): Life | undefined;
  setLife(life: Life): void;
  /** Gives the file free for other processes. */
  close(): void;
}
