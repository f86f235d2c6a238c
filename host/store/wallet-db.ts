import type { Database } from "better-sqlite3";
import { type Bytes, toHex } from "../protocol/bytes.js";
import type { NodeKeyStore } from "../wallet/node-memory.js";
import type { ScriptRow } from "../wallet/scripts.js";
import type { KeyRow, Life, Place, Restoration, WalletStore } from "../wallet/wallet-store.js";
import { openDatabase, StoreError } from "./database.js";
import { WALLET_MIGRATIONS } from "./wallet-schema.js";

export interface WalletDatabaseOptions {
  readonly path: string;
  /** SQLite's page cache. */
  readonly cacheKiB: number;
}

/** Signatures kept to answer repeated requests; each has about 4 KiB. */
const SIGNATURES_KEPT = 512;
/** Key-tree nodes kept; each has about 2 KiB. */
const NODES_KEPT = 512;

interface SqlKey {
  readonly number: number;
  readonly modifier: Buffer;
  readonly publickey: Buffer;
  readonly size: number;
  readonly depth: number;
}

interface SqlScript {
  readonly script: string;
  readonly address: Buffer;
  readonly simple: number;
  readonly isdefault: number;
  readonly publickey: Buffer;
  readonly track: number;
}

/** The wallet on disk. Every change but what is kept to save work has reached the disk when the call returns; what is removed is overwritten. */
export class WalletDatabase implements WalletStore, NodeKeyStore {
  readonly #database: Database;
  readonly #statements;
  readonly #addKeyAndScript: (key: KeyRow, script: ScriptRow) => void;
  readonly #keepAndForget: (publicKey: Bytes, digest: Bytes, signature: Bytes) => void;

  /** Throws `StoreError` when the file cannot be used. */
  constructor({ path, cacheKiB }: WalletDatabaseOptions) {
    const database = openDatabase({ path, synchronous: "FULL", cacheKiB, migrations: WALLET_MIGRATIONS });
    database.pragma("secure_delete = ON");
    this.#database = database;
    this.#statements = {
      seed: database.prepare<[], { phrase: string | null; sealed: Buffer | null }>("SELECT phrase, sealed FROM seed"),
      setSeed: database.prepare("INSERT OR REPLACE INTO seed (id, phrase, sealed) VALUES (0, ?, ?)"),
      keys: database.prepare<[], SqlKey>("SELECT * FROM keys ORDER BY number"),
      addKey: database.prepare("INSERT INTO keys (number, modifier, publickey, size, depth) VALUES (?, ?, ?, ?, ?)"),
      scripts: database.prepare<[], SqlScript>("SELECT * FROM scripts ORDER BY seq"),
      putScript: database.prepare(
        "INSERT OR REPLACE INTO scripts (address, script, simple, isdefault, publickey, track) VALUES (?, ?, ?, ?, ?, ?)",
      ),
      removeScript: database.prepare("DELETE FROM scripts WHERE address = ?"),
      freeUse: database.prepare<[Bytes], { free: number }>("SELECT free FROM uses WHERE publickey = ?"),
      firstUse: database.prepare("INSERT OR IGNORE INTO uses (publickey, free) VALUES (?, ?)"),
      moveUse: database.prepare("UPDATE uses SET free = ? WHERE publickey = ? AND free = ?"),
      signature: database.prepare<[Bytes, Bytes], { signature: Buffer }>(
        "SELECT signature FROM signatures WHERE publickey = ? AND digest = ?",
      ),
      keepSignature: database.prepare("INSERT OR IGNORE INTO signatures (publickey, digest, signature) VALUES (?, ?, ?)"),
      restored: database.prepare<[], { caughtup: number }>("SELECT caughtup FROM restored"),
      setRestored: database.prepare("INSERT OR REPLACE INTO restored (id, caughtup) VALUES (0, ?)"),
      leastUse: database.prepare<[], { use: number }>("SELECT use FROM leastuse"),
      setLeastUse: database.prepare("INSERT OR REPLACE INTO leastuse (id, use) VALUES (0, ?)"),
      life: database.prepare<[], { place: string; seen: number }>("SELECT place, seen FROM life"),
      setLife: database.prepare("INSERT OR REPLACE INTO life (id, place, seen) VALUES (0, ?, ?)"),
      node: database.prepare<[Bytes], { record: Buffer }>("SELECT record FROM nodes WHERE id = ?"),
      keepNode: database.prepare("INSERT OR REPLACE INTO nodes (id, record) VALUES (?, ?)"),
      forgetNodes: database.prepare("DELETE FROM nodes WHERE seq <= (SELECT max(seq) FROM nodes) - ?"),
      coinTracks: database.prepare<[], { coinid: Buffer; track: number }>("SELECT coinid, track FROM cointrack"),
      setCoinTrack: database.prepare("INSERT OR REPLACE INTO cointrack (coinid, track) VALUES (?, ?)"),
      removeCoinTrack: database.prepare("DELETE FROM cointrack WHERE coinid = ?"),
      forgetSignatures: database.prepare("DELETE FROM signatures WHERE seq <= (SELECT max(seq) FROM signatures) - ?"),
    };
    this.#addKeyAndScript = database.transaction((key: KeyRow, script: ScriptRow) => {
      this.#statements.addKey.run(key.index, key.modifier, key.publicKey, key.shape.keys, key.shape.levels);
      this.putScript(script);
    });
    this.#keepAndForget = database.transaction((publicKey: Bytes, digest: Bytes, signature: Bytes) => {
      this.#statements.keepSignature.run(publicKey, digest, signature);
      this.#statements.forgetSignatures.run(SIGNATURES_KEPT);
    });
  }

  phrase(): string | undefined {
    return this.#statements.seed.get()?.phrase ?? undefined;
  }

  setPhrase(phrase: string): void {
    this.#statements.setSeed.run(phrase, null);
  }

  sealedPhrase(): Bytes | undefined {
    const sealed = this.#statements.seed.get()?.sealed ?? undefined;
    return sealed === undefined ? undefined : plainBytes(sealed);
  }

  removePhrase(sealed?: Bytes): void {
    this.#statements.setSeed.run(null, sealed ?? null);
    this.#database.pragma("wal_checkpoint(TRUNCATE)");
  }

  keys(): readonly KeyRow[] {
    return this.#statements.keys.all().map(({ number, modifier, publickey, size, depth }) => ({
      index: number,
      modifier: plainBytes(modifier),
      publicKey: plainBytes(publickey),
      shape: { keys: size, levels: depth },
    }));
  }

  scripts(): readonly ScriptRow[] {
    return this.#statements.scripts.all().map((row) => ({
      script: row.script,
      address: plainBytes(row.address),
      simple: row.simple !== 0,
      default: row.isdefault !== 0,
      publicKey: plainBytes(row.publickey),
      track: row.track !== 0,
    }));
  }

  addKey(key: KeyRow, script: ScriptRow): void {
    this.#addKeyAndScript(key, script);
  }

  putScript({ address, script, simple, default: isDefault, publicKey, track }: ScriptRow): void {
    this.#statements.putScript.run(address, script, Number(simple), Number(isDefault), publicKey, Number(track));
  }

  removeScript(address: Bytes): void {
    this.#statements.removeScript.run(address);
  }

  freeUse(publicKey: Bytes): number {
    return this.#statements.freeUse.get(publicKey)?.free ?? 0;
  }

  moveFreeUse(publicKey: Bytes, from: number, to: number): void {
    const known = this.#statements.freeUse.get(publicKey) !== undefined;
    const { changes } =
      known || from !== 0 ? this.#statements.moveUse.run(to, publicKey, from) : this.#statements.firstUse.run(publicKey, to);
    if (changes !== 1) throw new StoreError(`the uses of key 0x${toHex(publicKey)} were changed by somebody else: nothing was signed`);
  }

  signature(publicKey: Bytes, digest: Bytes): Bytes | undefined {
    const row = this.#statements.signature.get(publicKey, digest);
    return row === undefined ? undefined : plainBytes(row.signature);
  }

  keepSignature(publicKey: Bytes, digest: Bytes, signature: Bytes): void {
    this.#withoutWaiting(() => this.#keepAndForget(publicKey, digest, signature));
  }

  nodeKeys(id: Bytes): Bytes | undefined {
    const row = this.#statements.node.get(id);
    return row === undefined ? undefined : plainBytes(row.record);
  }

  keepNodeKeys(id: Bytes, record: Bytes): void {
    this.#withoutWaiting(() => {
      this.#statements.keepNode.run(id, record);
      this.#statements.forgetNodes.run(NODES_KEPT);
    });
  }

  /** For what may be lost with the power. */
  #withoutWaiting(write: () => void): void {
    this.#database.pragma("synchronous = NORMAL");
    try {
      write();
    } finally {
      this.#database.pragma("synchronous = FULL");
    }
  }

  coinTracks(): readonly { readonly coinid: Bytes; readonly track: boolean }[] {
    return this.#statements.coinTracks.all().map(({ coinid, track }) => ({ coinid: plainBytes(coinid), track: track !== 0 }));
  }

  setCoinTrack(coinid: Bytes, track: boolean): void {
    this.#statements.setCoinTrack.run(coinid, Number(track));
  }

  removeCoinTrack(coinid: Bytes): void {
    this.#statements.removeCoinTrack.run(coinid);
  }

  restoration(): Restoration {
    const row = this.#statements.restored.get();
    if (row === undefined) return "none";
    return row.caughtup === 0 ? "catching-up" : "caught-up";
  }

  setRestoration(state: Exclude<Restoration, "none">): void {
    this.#statements.setRestored.run(state === "caught-up" ? 1 : 0);
  }

  /** All changes that `work` makes, or none; they reach the disk together. */
  atOnce(work: () => void): void {
    this.#database.transaction(work)();
  }

  leastUse(): number {
    return this.#statements.leastUse.get()?.use ?? 0;
  }

  setLeastUse(use: number): void {
    this.#statements.setLeastUse.run(use);
  }

  life(): Life | undefined {
    const row = this.#statements.life.get();
    return row === undefined ? undefined : { place: JSON.parse(row.place) as Place, seen: row.seen };
  }

  setLife({ place, seen }: Life): void {
    this.#statements.setLife.run(JSON.stringify(place), seen);
  }

  close(): void {
    this.#database.close();
  }
}

const plainBytes = (buffer: Buffer): Bytes => new Uint8Array(buffer);
