import type { Database } from "better-sqlite3";
import { type IdKey, parentKey, txpowKey } from "../chain/id-key.js";
import type { TxPoWSource } from "../chain/types.js";
import { type Bytes, toHex } from "../protocol/bytes.js";
import { decode } from "../protocol/reader.js";
import { isBlock, readTxPoW, type TxPoW, txpowBytes } from "../protocol/txpow.js";
import { inPages } from "./pages.js";

/** Decoded TxPoWs kept in memory: a block's listed transactions are asked for again soon after they arrive. */
const CACHE_SIZE = 256;

const blob = (key: IdKey): Buffer => Buffer.from(key, "hex");

/** The TxPoWs on disk (spec 06b §16). */
export class TxPoWTable implements TxPoWSource {
  readonly #statements;
  readonly #cache = new Map<IdKey, TxPoW>();

  constructor(database: Database) {
    this.#statements = {
      get: database.prepare<[Buffer], { bytes: Buffer }>("SELECT bytes FROM txpow WHERE id = ?"),
      has: database.prepare<[Buffer], { found: number }>("SELECT 1 AS found FROM txpow WHERE id = ?"),
      children: database.prepare<[Buffer], { bytes: Buffer }>("SELECT bytes FROM txpow WHERE parent = ? ORDER BY seq"),
      put: database.prepare(
        "INSERT INTO txpow (id, parent, relevant, stored, bytes) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes",
      ),
      since: database.prepare<[number, number, number], { seq: number; bytes: Buffer }>(
        `SELECT seq, bytes FROM txpow WHERE stored >= ? AND seq > ?
         AND id NOT IN (SELECT txpow FROM onchain) AND id NOT IN (SELECT id FROM txblock WHERE archived = 1)
         ORDER BY seq LIMIT ?`,
      ),
      relevant: database.prepare<[number, number], { bytes: Buffer }>(
        "SELECT bytes FROM txpow WHERE relevant = 1 ORDER BY seq DESC LIMIT ? OFFSET ?",
      ),
      relevantKeys: database.prepare<[number], { id: Buffer }>("SELECT id FROM txpow WHERE relevant = 1 ORDER BY seq DESC LIMIT ?"),
      expire: database.prepare("DELETE FROM txpow WHERE stored < ? AND relevant = 0"),
      count: database.prepare<[], { n: number }>("SELECT COUNT(*) AS n FROM txpow"),
    };
  }

  get(key: IdKey): TxPoW | undefined {
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const bytes = this.bytes(key);
    if (bytes === undefined) return undefined;
    const txpow = decode(readTxPoW, bytes);
    this.#remember(key, txpow);
    return txpow;
  }

  /** The encoding as it was stored. */
  bytes(key: IdKey): Bytes | undefined {
    return this.#statements.get.get(blob(key))?.bytes;
  }

  has(key: IdKey): boolean {
    return this.#cache.has(key) || this.#statements.has.get(blob(key)) !== undefined;
  }

  childrenOf(parent: IdKey): readonly TxPoW[] {
    return this.#statements.children.all(blob(parent)).map(({ bytes }) => decode(readTxPoW, bytes));
  }

  /** Stores a TxPoW; under an id that is there already, only the content is replaced. `now` in Unix milliseconds. */
  put(txpow: TxPoW, relevant: boolean, now: number): void {
    const key = txpowKey(txpow);
    const parent = isBlock(txpow) ? blob(parentKey(txpow)) : null;
    this.#statements.put.run(blob(key), parent, relevant ? 1 : 0, now, txpowBytes(txpow));
    this.#remember(key, txpow);
  }

  /** TxPoWs stored at or after a time that have not gone into the cascade, in the order they were stored. */
  *storedSince(time: number): Iterable<TxPoW> {
    for (const { bytes } of inPages((after, limit) => this.#statements.since.all(time, after, limit))) yield decode(readTxPoW, bytes);
  }

  /** Relevant TxPoWs, the newest first. */
  relevant(limit: number, offset: number): TxPoW[] {
    return this.#statements.relevant.all(limit, offset).map(({ bytes }) => decode(readTxPoW, bytes));
  }

  /** Keys of relevant TxPoWs, the newest first. */
  relevantKeys(limit: number): IdKey[] {
    return this.#statements.relevantKeys.all(limit).map(({ id }) => toHex(id));
  }

  /** Deletes what is not relevant and was stored before a time. */
  expire(before: number): void {
    this.#statements.expire.run(before);
  }

  count(): number {
    return this.#statements.count.get()?.n ?? 0;
  }

  #remember(key: IdKey, txpow: TxPoW): void {
    this.#cache.set(key, txpow);
    const oldest = this.#cache.size > CACHE_SIZE ? this.#cache.keys().next().value : undefined;
    if (oldest !== undefined) this.#cache.delete(oldest);
  }
}
