import type { Database } from "better-sqlite3";
import type { IdKey } from "../chain/id-key.js";
import { decodeSettled, encodeSettled, type SettledNode } from "../chain/settled-node.js";
import type { TreeNode } from "../chain/tree.js";
import { type Bytes, toHex } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import { decode } from "../protocol/reader.js";
import { readTxBlock, type TxBlock } from "../protocol/txblock.js";
import { inPages } from "./pages.js";

interface TreeRow {
  readonly seq: number;
  readonly id: Buffer;
  /** Null for a block that is not saved settled: then its TxBlock is there. */
  readonly settled: Buffer | null;
  readonly txblock: Buffer | null;
}

const blob = (key: IdKey): Buffer => Buffer.from(key, "hex");

/** Settled blocks of the tree in the form in which the tree holds them: derived from TxBlocks, for quick starts. */
export class SettledTable {
  readonly #statements;
  /** Blocks that have a row. */
  readonly #saved = new Set<IdKey>();

  constructor(database: Database) {
    this.#statements = {
      add: database.prepare("INSERT OR REPLACE INTO settledblock (id, bytes) VALUES (?, ?)"),
      drop: database.prepare("DELETE FROM settledblock WHERE id = ?"),
      tree: database.prepare<[number, number], TreeRow>(
        `SELECT b.seq, b.id, s.bytes AS settled, CASE WHEN s.id IS NULL THEN b.bytes END AS txblock
         FROM txblock b LEFT JOIN settledblock s ON s.id = b.id WHERE b.archived = 0 AND b.seq > ? ORDER BY b.seq LIMIT ?`,
      ),
      txblock: database.prepare<[Buffer], { bytes: Buffer }>("SELECT bytes FROM txblock WHERE id = ?"),
    };
  }

  /** The blocks of the tree in the order they were added, settled ones in short where they were saved so. */
  *tree(): Iterable<TxBlock | SettledNode> {
    for (const row of inPages((after, limit) => this.#statements.tree.all(after, limit))) yield this.#settled(row) ?? this.#whole(row);
  }

  #settled({ id, settled }: TreeRow): SettledNode | undefined {
    if (settled === null) return undefined;
    try {
      const key = toHex(id);
      const node = decodeSettled(key, aligned(settled));
      this.#saved.add(key);
      return node;
    } catch (error) {
      // Then from its TxBlock.
      if (error instanceof ProtocolError) return undefined;
      throw error;
    }
  }

  #whole({ id, txblock }: TreeRow): TxBlock {
    const bytes = txblock ?? this.#statements.txblock.get(id)?.bytes;
    return decode(readTxBlock, bytes ?? Buffer.alloc(0));
  }

  /** Saves blocks that are not saved yet, young ones or settled ones only, at most so many. Tells whether there may be more. */
  save(nodes: Iterable<TreeNode>, which: "settled" | "all", limit: number): boolean {
    let saved = 0;
    for (const node of nodes) {
      if (this.#saved.has(node.key) || (which === "settled" && node.settled === undefined)) continue;
      const bytes = encodeSettled(node);
      if (bytes === undefined) continue;
      if (saved++ >= limit) return true;
      this.#statements.add.run(blob(node.key), bytes);
      this.#saved.add(node.key);
    }
    return false;
  }

  /** A block left the tree. */
  drop(key: IdKey): void {
    this.#statements.drop.run(blob(key));
    this.#saved.delete(key);
  }
}

/** The same bytes where arrays of doubles may lie. */
function aligned(bytes: Buffer): Bytes {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}
