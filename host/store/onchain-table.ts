import type { Database } from "better-sqlite3";
import { toHex } from "../protocol/bytes.js";

/** That a block brought a TxPoW into the chain. */
export interface OnChain {
  readonly txpow: Uint8Array;
  readonly block: Uint8Array;
  readonly number: number;
  /** When this was noted, in Unix milliseconds; 0 where that is not known. */
  readonly added: number;
}

const COLUMNS = "SELECT txpow, block, number, added FROM onchain";

/** Which block brought a TxPoW into the chain, once the block has left the tree (spec 09 §15). */
export class OnChainTable {
  readonly #statements;

  constructor(database: Database) {
    this.#statements = {
      add: database.prepare("INSERT OR IGNORE INTO onchain (txpow, block, number, added) VALUES (?, ?, ?, ?)"),
      find: database.prepare<[Buffer], OnChain>(`${COLUMNS} WHERE txpow = ?`),
      inBlock: database.prepare<[number, number], OnChain>(`${COLUMNS} WHERE number = ? LIMIT ?`),
      first: database.prepare<[], OnChain>(`${COLUMNS} ORDER BY number LIMIT 1`),
      last: database.prepare<[], OnChain>(`${COLUMNS} ORDER BY number DESC LIMIT 1`),
      count: database.prepare<[], { n: number }>("SELECT COUNT(*) AS n FROM onchain"),
      expire: database.prepare("DELETE FROM onchain WHERE number < ?"),
    };
  }

  add({ txpow, block, number, added }: OnChain): void {
    this.#statements.add.run(Buffer.from(txpow), Buffer.from(block), number, added);
  }

  find(txpow: Uint8Array): OnChain | undefined {
    return this.#statements.find.get(Buffer.from(txpow));
  }

  /** What the block of this number brought, at most `limit`. */
  inBlock(number: number, limit: number): OnChain[] {
    return this.#statements.inBlock.all(number, limit);
  }

  /** What the block of this number and id brought, at most `limit`. */
  inBlockOfId(number: number, id: Uint8Array, limit: number): OnChain[] {
    return this.inBlock(number, limit).filter(({ block }) => toHex(block) === toHex(id));
  }

  /** Of the lowest block. */
  first(): OnChain | undefined {
    return this.#statements.first.get();
  }

  /** Of the highest block. */
  last(): OnChain | undefined {
    return this.#statements.last.get();
  }

  count(): number {
    return this.#statements.count.get()?.n ?? 0;
  }

  /** Forgets blocks below a number. */
  expire(below: number): void {
    this.#statements.expire.run(below);
  }
}
