import { type IdKey, idKey } from "../chain/id-key.js";
import type { Bytes } from "../protocol/bytes.js";
import { type TxnRow, writeTxnRow } from "../protocol/txn-row.js";
import { encode } from "../protocol/writer.js";
import type { TxnTable } from "../store/txn-table.js";
import { WalletError } from "../wallet/errors.js";

const MAX_ROWS = 1000;
/** Inputs, outputs, proofs and so on: more than any transaction that fits into a block has. */
export const MAX_PARTS = 2000;
const MAX_ROW_BYTES = 1024 * 1024;
const MAX_BYTES = 32 * 1024 * 1024;
/** How often a waiting caller looks whether the lock is free. */
const LOCK_POLL_MS = 50;

/** The transactions under construction of a node (spec 09 §14). They outlive restarts. */
export class CustomTransactions {
  readonly #table: TxnTable;
  readonly #rows: Map<string, TxnRow>;
  /** Bytes of each row's encoding. */
  readonly #sizes: Map<string, number>;
  readonly lock = new CooperativeLock();
  /** Coins taken by transactions under construction; null while nobody asked to keep them apart. */
  #lockedCoins: Set<IdKey> | null = null;

  constructor(table: TxnTable) {
    this.#table = table;
    const rows = table.all();
    this.#rows = new Map(rows.map((row) => [row.id, row]));
    this.#sizes = new Map(rows.map((row) => [row.id, sizeOf(row)]));
  }

  /** In the order they were made. */
  list(): readonly TxnRow[] {
    return Array.from(this.#rows.values());
  }

  get(id: string): TxnRow | undefined {
    return this.#rows.get(id);
  }

  /** Keeps a transaction, in the place of another one with the same id. Throws `refused` when there is no room. */
  put(row: TxnRow): TxnRow {
    const size = sizeOf(row);
    if (size > MAX_ROW_BYTES || partsOf(row) > MAX_PARTS) throw new WalletError("refused", "this transaction is too large");
    const others = Array.from(this.#sizes).filter(([id]) => id !== row.id);
    if (others.length >= MAX_ROWS || others.reduce((sum, [, bytes]) => sum + bytes, size) > MAX_BYTES)
      throw new WalletError("refused", "too many transactions are under construction : delete some with txndelete");
    this.#table.put(row);
    this.#rows.set(row.id, row);
    this.#sizes.set(row.id, size);
    return row;
  }

  /** Gives whether there was one. */
  remove(id: string): boolean {
    this.#table.remove(id);
    this.#sizes.delete(id);
    return this.#rows.delete(id);
  }

  clear(): void {
    this.#table.clear();
    this.#sizes.clear();
    this.#rows.clear();
  }

  /** Whether coins that were added to a transaction are not added to another one. */
  get locksCoins(): boolean {
    return this.#lockedCoins !== null;
  }

  set locksCoins(on: boolean) {
    this.#lockedCoins = on ? (this.#lockedCoins ?? new Set()) : null;
  }

  isLocked(coinid: Bytes): boolean {
    return this.#lockedCoins?.has(idKey(coinid)) === true;
  }

  /** Notes coins as taken, while coins are locked. */
  lockCoins(coinids: Iterable<Bytes>): void {
    for (const coinid of coinids) this.#lockedCoins?.add(idKey(coinid));
  }
}

function partsOf({ transaction, witness }: TxnRow): number {
  const { inputs, outputs, state } = transaction;
  const { signatures, coinProofs, scripts } = witness;
  return [inputs, outputs, state, signatures, coinProofs, scripts].reduce((sum, { length }) => sum + length, 0);
}

const sizeOf = (row: TxnRow): number => encode(writeTxnRow, row).length;

/** A lock that clients of one node agree to take before they build transactions (spec 09 §14, `txnlock`). */
export class CooperativeLock {
  #locked = false;

  get isLocked(): boolean {
    return this.#locked;
  }

  /** Waits until it is free. Gives false when it is not within the time. */
  async take(timeoutMs: number): Promise<boolean> {
    const end = performance.now() + timeoutMs;
    while (this.#locked) {
      if (performance.now() >= end) return false;
      await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS).unref());
    }
    this.#locked = true;
    return true;
  }

  release(): void {
    this.#locked = false;
  }
}
