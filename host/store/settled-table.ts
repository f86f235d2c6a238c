import type { Database } from "better-sqlite3";
import type { IdKey } from "../chain/id-key.js";
import { SavedBlock, type SettledBody, type SettledSource } from "../chain/saved-block.js";
import { decodeBody, decodeFacts, encodeSettled, type SettledNode } from "../chain/settled-node.js";
import type { TreeNode } from "../chain/tree-node.js";
import { type Bytes, toHex } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import { decode } from "../protocol/reader.js";
import { readTxBlock, type TxBlock } from "../protocol/txblock.js";
import { StoreError } from "./database.js";
import { inPages } from "./pages.js";

/** Bodies kept in memory: a proof looks into some again and again. */
const CACHED_BODIES = 32;

interface TreeRow {
  readonly seq: number;
  readonly id: Buffer;
  /** Null for a block that is not saved settled: then its TxBlock is there. */
  readonly facts: Buffer | null;
  readonly txblock: Buffer | null;
}

const blob = (key: IdKey): Buffer => Buffer.from(key, "hex");

/**
 * Settled blocks of the tree in the form in which the tree holds them: derived from TxBlocks, for quick starts, and so that most of a
 * block need not be in memory.
 */
export class SettledTable implements SettledSource {
  readonly #statements;
  /** Those asked for most recently, last. */
  readonly #bodies = new Map<IdKey, SettledBody>();

  constructor(database: Database) {
    this.#statements = {
      add: database.prepare("INSERT OR REPLACE INTO settledblock (id, facts, body) VALUES (?, ?, ?)"),
      drop: database.prepare("DELETE FROM settledblock WHERE id = ?"),
      // Facts are read at a start only: then all is worked out again.
      distrust: database.prepare("UPDATE settledblock SET facts = x''"),
      body: database.prepare<[Buffer], { body: Buffer }>("SELECT body FROM settledblock WHERE id = ?"),
      tree: database.prepare<[number, number], TreeRow>(
        `SELECT b.seq, b.id, s.facts, CASE WHEN s.id IS NULL THEN b.bytes END AS txblock
         FROM txblock b LEFT JOIN settledblock s ON s.id = b.id WHERE b.archived = 0 AND b.seq > ? ORDER BY b.seq LIMIT ?`,
      ),
      txblock: database.prepare<[Buffer], { bytes: Buffer }>("SELECT bytes FROM txblock WHERE id = ?"),
    };
  }

  /** The blocks of the tree in the order they were added, settled ones in short where they were saved so. */
  *tree(): Iterable<TxBlock | SettledNode> {
    for (const row of inPages((after, limit) => this.#statements.tree.all(after, limit))) yield this.#settled(row) ?? this.#whole(row);
  }

  #settled({ id, facts }: TreeRow): SettledNode | undefined {
    if (facts === null) return undefined;
    try {
      return decodeFacts(toHex(id), facts, this);
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

  /** Throws `StoreError` when it is damaged: the next start works it out again. */
  body(key: IdKey): SettledBody {
    const body = this.#bodies.get(key) ?? this.#read(key);
    this.#bodies.delete(key);
    this.#bodies.set(key, body);
    const [oldest] = this.#bodies.size > CACHED_BODIES ? this.#bodies.keys() : [];
    if (oldest !== undefined) this.#bodies.delete(oldest);
    return body;
  }

  #read(key: IdKey): SettledBody {
    try {
      return decodeBody(aligned(this.#statements.body.get(blob(key))?.body ?? Buffer.alloc(0)));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#statements.distrust.run();
      throw new StoreError("the chain on disk is damaged: start the node again, and it repairs what it can");
    }
  }

  /** Saves blocks that are not saved yet, young ones or settled ones only, if there are at least so many, and at most `limit`. */
  save(nodes: Iterable<TreeNode>, which: "settled" | "all", least: number, limit: number): SavedBlocks {
    const saved: (readonly [TreeNode, SavedBlock])[] = [];
    const unsaved = Array.from(nodes).filter((node) => (which === "all" ? !node.isSaved : node.settled !== undefined));
    if (unsaved.length < least) return { saved, more: false };
    for (const node of unsaved) {
      const row = encodeSettled(node);
      if (row === undefined) continue;
      if (saved.length >= limit) return { saved, more: true };
      this.#statements.add.run(blob(node.key), row.facts, row.body);
      saved.push([node, new SavedBlock(node.key, this, row.kept)]);
    }
    return { saved, more: false };
  }

  /** A block left the tree. */
  drop(key: IdKey): void {
    this.#statements.drop.run(blob(key));
    this.#bodies.delete(key);
  }
}

/** What was saved, each with what is to be kept of it in memory. */
export interface SavedBlocks {
  readonly saved: readonly (readonly [node: TreeNode, kept: SavedBlock])[];
  /** Whether there may be more to save. */
  readonly more: boolean;
}

/** The same bytes where arrays of doubles may lie. */
function aligned(bytes: Buffer): Bytes {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}
