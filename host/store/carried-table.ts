import type { Database } from "better-sqlite3";
import type { IdKey } from "../chain/id-key.js";
import type { CarriedPart, SavedRoot } from "../chain/snapshot.js";
import { readCoin, writeCoin } from "../protocol/coin.js";
import { readMMREntry, writeMMREntry } from "../protocol/mmr-objects.js";
import { decode, type Reader } from "../protocol/reader.js";
import { encode, type Writer } from "../protocol/writer.js";

/** Rows of former roots deleted with every part that is saved. */
const DROPPED_AT_ONCE = 4;

const blob = (key: IdKey): Buffer => Buffer.from(key, "hex");

/**
 * What cuts carry over into the root, in parts: a wallet may have so many coins that no cut could save them at once. Parts are saved
 * before the cut that needs them and count once that block is the root.
 */
export class CarriedTable {
  readonly #statements;

  constructor(database: Database) {
    this.#statements = {
      begin: database.prepare("DELETE FROM carried WHERE root = ?"),
      add: database.prepare("INSERT INTO carried (root, part, bytes) VALUES (?, ?, ?)"),
      dropOthers: database.prepare(
        `DELETE FROM carried WHERE rowid IN (SELECT rowid FROM carried WHERE root <> ? AND root <> ? LIMIT ${DROPPED_AT_ONCE})`,
      ),
      parts: database.prepare<[Buffer], { bytes: Buffer }>("SELECT bytes FROM carried WHERE root = ? ORDER BY part"),
    };
  }

  /** Saves a part; `current` is the root that there is. */
  add({ root, part, mmr, carried }: CarriedPart, current: IdKey): void {
    if (part === 0) this.#statements.begin.run(blob(root));
    this.#statements.add.run(blob(root), part, encode(writePart, { mmr, carried }));
    this.#statements.dropOthers.run(blob(root), blob(current));
  }

  /** All that was saved for a root. */
  of(key: IdKey): SavedRoot {
    const parts = this.#statements.parts.all(blob(key)).map(({ bytes }) => decode(readPart, bytes));
    return { key, mmr: parts.flatMap(({ mmr }) => mmr), carried: parts.flatMap(({ carried }) => carried) };
  }
}

type Part = Pick<SavedRoot, "mmr" | "carried">;

function writePart(writer: Writer, { mmr, carried }: Part): void {
  writer.list(mmr, writeMMREntry);
  writer.list(carried, writeCoin);
}

function readPart(reader: Reader): Part {
  return { mmr: reader.list(18, readMMREntry), carried: reader.list(30, readCoin) };
}
