import type { Database } from "better-sqlite3";
import type { IdKey } from "../chain/id-key.js";
import type { TreeNode } from "../chain/tree-node.js";
import { type Bytes, toHex } from "../protocol/bytes.js";
import { decode } from "../protocol/reader.js";
import { readTxBlock, type TxBlock, writeTxBlock } from "../protocol/txblock.js";
import { txpowId } from "../protocol/txpow.js";
import { encode } from "../protocol/writer.js";

/** A stored TxBlock whose bytes were not read. */
export interface TxBlockMark {
  readonly key: IdKey;
  readonly number: number;
  /** Bytes of its encoding. */
  readonly size: number;
}

const blob = (key: IdKey): Buffer => Buffer.from(key, "hex");

/** TxBlocks of the tree and of the archive below it (spec 06b §16). */
export class TxBlockTable {
  readonly #statements;

  constructor(database: Database) {
    this.#statements = {
      add: database.prepare("INSERT OR REPLACE INTO txblock (id, number, archived, bytes) VALUES (?, ?, ?, ?)"),
      anyOfTree: database.prepare<[], { seq: number }>("SELECT seq FROM txblock WHERE archived = 0 LIMIT 1"),
      treeKeys: database.prepare<[], { id: Buffer }>("SELECT id FROM txblock WHERE archived = 0 ORDER BY seq"),
      get: database.prepare<[Buffer], { bytes: Buffer }>("SELECT bytes FROM txblock WHERE id = ?"),
      archivedNumber: database.prepare<[Buffer], { number: number }>("SELECT number FROM txblock WHERE id = ? AND archived = 1"),
      archive: database.prepare("UPDATE txblock SET archived = 1 WHERE id = ?"),
      drop: database.prepare("DELETE FROM txblock WHERE id = ?"),
      size: database.prepare<[Buffer], { size: number }>("SELECT LENGTH(bytes) AS size FROM txblock WHERE id = ?"),
      archived: database.prepare<[number, number], { id: Buffer; number: number; size: number }>(
        "SELECT id, number, LENGTH(bytes) AS size FROM txblock WHERE archived = 1 AND number >= ? AND number < ? ORDER BY number",
      ),
      oldest: database.prepare<[], { bytes: Buffer }>("SELECT bytes FROM txblock WHERE archived = 1 ORDER BY number LIMIT 1"),
      bounds: database.prepare<[], { low: number | null; high: number | null; n: number }>(
        "SELECT MIN(number) AS low, MAX(number) AS high, COUNT(*) AS n FROM txblock WHERE archived = 1",
      ),
      trim: database.prepare("DELETE FROM txblock WHERE archived = 1 AND number < ?"),
    };
  }

  /** Appends a block to the saved tree. */
  addToTree(node: TreeNode): void {
    this.#statements.add.run(blob(node.key), node.number, 0, encode(writeTxBlock, node.txblock));
  }

  /** Adds an older block to the archive. */
  addToArchive(block: TxBlock, number: number): void {
    this.#statements.add.run(txpowId(block.txpow), number, 1, encode(writeTxBlock, block));
  }

  archive(key: IdKey): void {
    this.#statements.archive.run(blob(key));
  }

  drop(key: IdKey): void {
    this.#statements.drop.run(blob(key));
  }

  hasTree(): boolean {
    return this.#statements.anyOfTree.get() !== undefined;
  }

  /** The keys of the blocks of the tree in the order they were added. */
  treeKeys(): IdKey[] {
    return this.#statements.treeKeys.all().map(({ id }) => toHex(id));
  }

  /** Appends a block that was in the tree of another store. Throws `ProtocolError`. */
  restoreToTree(bytes: Bytes, numberOf: (block: TxBlock) => number): void {
    const block = decode(readTxBlock, bytes);
    this.#statements.add.run(txpowId(block.txpow), numberOf(block), 0, bytes);
  }

  /** The encoding of a block of the tree or the archive. */
  bytes(key: IdKey): Bytes | undefined {
    return this.#statements.get.get(blob(key))?.bytes;
  }

  /** The number of an archived block. */
  archivedNumber(key: IdKey): number | undefined {
    return this.#statements.archivedNumber.get(blob(key))?.number;
  }

  /** Bytes of a stored block's encoding; 0 when it is not stored. */
  size(key: IdKey): number {
    return this.#statements.size.get(blob(key))?.size ?? 0;
  }

  /** Archived blocks `from` <= number < `to`, ascending. */
  archived(from: number, to: number): TxBlockMark[] {
    return this.#statements.archived.all(from, to).map(({ id, number, size }) => ({ key: toHex(id), number, size }));
  }

  /** The archived block with the lowest number. */
  oldestArchived(): TxBlock | undefined {
    const row = this.#statements.oldest.get();
    return row === undefined ? undefined : decode(readTxBlock, row.bytes);
  }

  /** Lowest and highest archived number and how many there are; null when the archive is empty. */
  archiveBounds(): { readonly low: number; readonly high: number; readonly count: number } | null {
    const { low, high, n } = this.#statements.bounds.get() ?? { low: null, high: null, n: 0 };
    return low === null || high === null ? null : { low, high, count: n };
  }

  /** Forgets archived blocks below a number. */
  trimArchive(below: number): void {
    this.#statements.trim.run(below);
  }
}
