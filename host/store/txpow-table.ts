import type { Database, Statement } from "better-sqlite3";
import { type IdKey, parentKey, txpowKey } from "../chain/id-key.js";
import type { TxPoWSource } from "../chain/types.js";
import { type Bytes, toHex } from "../protocol/bytes.js";
import { decode } from "../protocol/reader.js";
import { isBlock, isTransaction, readTxPoW, type TxPoW, txpowBytes } from "../protocol/txpow.js";
import { inPages } from "./pages.js";
import type { TxPoWFilter } from "./txpow-filter.js";

/** Decoded TxPoWs kept in memory, by their encodings: five times as much. Those of young blocks are in the pool of the chain anyway. */
const CACHED_BYTES = 128 * 1024;

interface NewestRow {
  readonly seq: number;
  readonly stored: number;
  readonly bytes: Buffer;
}

/** Rows before this one, in the order asked for. */
type NewestParams = [{ readonly seq: number; readonly stored: number; readonly limit: number; readonly offset: number }];

/** Rows of the newest TxPoWs that are in memory at once. */
const NEWEST_AT_ONCE = 8;
type CountStatement = Statement<(number | Buffer)[], { readonly last: number | null; readonly hits: number }>;
/** Rows counted before others get their turn: those of large TxPoWs lie apart. */
const COUNTED_AT_ONCE = 512;

const blob = (key: IdKey): Buffer => Buffer.from(key, "hex");

/** The TxPoWs on disk (spec 06b §16). */
export class TxPoWTable implements TxPoWSource {
  readonly #database: Database;
  readonly #statements;
  /** Those read last. */
  readonly #cache = new Map<IdKey, { readonly txpow: TxPoW; readonly size: number }>();
  #cachedBytes = 0;
  readonly #counts = new Map<string, CountStatement>();

  constructor(database: Database) {
    this.#database = database;
    this.#statements = {
      get: database.prepare<[Buffer], { bytes: Buffer }>("SELECT bytes FROM txpow WHERE id = ?"),
      has: database.prepare<[Buffer], { found: number }>("SELECT 1 AS found FROM txpow WHERE id = ?"),
      children: database.prepare<[Buffer], { bytes: Buffer }>("SELECT bytes FROM txpow WHERE parent = ? ORDER BY seq"),
      put: database.prepare(
        "INSERT INTO txpow (id, parent, relevant, stored, transact, bytes) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes",
      ),
      since: database.prepare<[number, number, number], { seq: number; bytes: Buffer }>(
        `SELECT seq, bytes FROM txpow WHERE stored >= ? AND seq > ?
         AND id NOT IN (SELECT txpow FROM onchain) AND id NOT IN (SELECT id FROM txblock WHERE archived = 1)
         ORDER BY seq LIMIT ?`,
      ),
      relevant: database.prepare<NewestParams, NewestRow>(
        "SELECT seq, stored, bytes FROM txpow WHERE relevant = 1 AND seq < :seq ORDER BY seq DESC LIMIT :limit OFFSET :offset",
      ),
      relevantKeys: database.prepare<[number], { id: Buffer }>("SELECT id FROM txpow WHERE relevant = 1 ORDER BY seq DESC LIMIT ?"),
      // By time: rows that are skipped are looked up in the index of times only.
      newest: database.prepare<NewestParams, NewestRow>(
        `SELECT seq, stored, bytes FROM txpow WHERE (stored, seq) < (:stored, :seq)
         ORDER BY stored DESC, seq DESC LIMIT :limit OFFSET :offset`,
      ),
      relevantCount: database.prepare<[], { n: number }>("SELECT COUNT(*) AS n FROM txpow WHERE relevant = 1"),
      countSince: database.prepare<[number], { n: number }>("SELECT COUNT(*) AS n FROM txpow WHERE stored > ?"),
      expire: database.prepare("DELETE FROM txpow WHERE stored < ? AND relevant = 0"),
      count: database.prepare<[], { n: number }>("SELECT COUNT(*) AS n FROM txpow"),
    };
  }

  get(key: IdKey): TxPoW | undefined {
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached.txpow;
    const bytes = this.bytes(key);
    if (bytes === undefined) return undefined;
    const txpow = decode(readTxPoW, bytes);
    this.#remember(key, txpow, bytes.length);
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
    this.#statements.put.run(blob(key), parent, relevant ? 1 : 0, now, isTransaction(txpow) ? 1 : 0, txpowBytes(txpow));
    this.#forget(key);
  }

  /** TxPoWs stored at or after a time that have not gone into the cascade, in the order they were stored. */
  *storedSince(time: number): Iterable<TxPoW> {
    for (const { bytes } of inPages((after, limit) => this.#statements.since.all(time, after, limit))) yield decode(readTxPoW, bytes);
  }

  /** TxPoWs in the order they were stored, the newest first: all, or only relevant ones. Read while they are asked for. */
  *newest(options: { readonly relevant: boolean; readonly limit: number; readonly offset: number }): Iterable<TxPoW> {
    const query = options.relevant ? this.#statements.relevant : this.#statements.newest;
    let seq = Number.MAX_SAFE_INTEGER;
    let stored = Number.MAX_SAFE_INTEGER;
    let { offset } = options;
    for (let left = options.limit; left > 0; left -= NEWEST_AT_ONCE) {
      const rows = query.all({ seq, stored, limit: Math.min(left, NEWEST_AT_ONCE), offset });
      for (const { bytes } of rows) yield decode(readTxPoW, bytes);
      const last = rows.at(-1);
      if (last === undefined) return;
      ({ seq, stored } = last);
      offset = 0;
    }
  }

  relevantCount(): number {
    return this.#statements.relevantCount.get()?.n ?? 0;
  }

  /** How many were stored after a time. */
  countSince(time: number): number {
    return this.#statements.countSince.get(time)?.n ?? 0;
  }

  /** How many pass a filter; gives way after every few rows. */
  *countWhere({ sql, values }: TxPoWFilter): Generator<void, number> {
    const page = this.#counts.get(sql) ?? this.#countPage(sql);
    this.#counts.set(sql, page);
    let count = 0;
    for (let after = 0; ; ) {
      const { last, hits } = page.get(...values, after) ?? { last: null, hits: 0 };
      if (last === null) return count;
      count += hits;
      after = last;
      yield;
    }
  }

  #countPage(sql: string): CountStatement {
    return this.#database.prepare(
      `SELECT MAX(seq) AS last, COUNT(CASE WHEN ${sql} THEN 1 END) AS hits
       FROM (SELECT seq, id, parent, relevant, stored, transact FROM txpow WHERE seq > ? ORDER BY seq LIMIT ${COUNTED_AT_ONCE})`,
    );
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

  #remember(key: IdKey, txpow: TxPoW, size: number): void {
    this.#cache.set(key, { txpow, size });
    this.#cachedBytes += size;
    for (const oldest of this.#cache.keys()) {
      if (this.#cachedBytes <= CACHED_BYTES) return;
      this.#forget(oldest);
    }
  }

  #forget(key: IdKey): void {
    this.#cachedBytes -= this.#cache.get(key)?.size ?? 0;
    this.#cache.delete(key);
  }
}
