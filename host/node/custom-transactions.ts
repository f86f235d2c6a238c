import { type IdKey, idKey } from "../chain/id-key.js";
import type { Bytes } from "../protocol/bytes.js";
import type { TxnRow } from "../protocol/txn-row.js";
import type { TxnTable } from "../store/txn-table.js";

/** How often a waiting caller looks whether the lock is free. */
const LOCK_POLL_MS = 50;

/** The transactions under construction of a node (spec 09 §14). They outlive restarts. */
export class CustomTransactions {
  readonly #table: TxnTable;
  readonly #rows: Map<string, TxnRow>;
  readonly lock = new CooperativeLock();
  /** Coins taken by transactions under construction; null while nobody asked to keep them apart. */
  #lockedCoins: Set<IdKey> | null = null;

  constructor(table: TxnTable) {
    this.#table = table;
    this.#rows = new Map(table.all().map((row) => [row.id, row]));
  }

  /** In the order they were made. */
  list(): readonly TxnRow[] {
    return Array.from(this.#rows.values());
  }

  get(id: string): TxnRow | undefined {
    return this.#rows.get(id);
  }

  /** Keeps a transaction, in the place of another one with the same id. */
  put(row: TxnRow): TxnRow {
    this.#table.put(row);
    this.#rows.set(row.id, row);
    return row;
  }

  /** Gives whether there was one. */
  remove(id: string): boolean {
    this.#table.remove(id);
    return this.#rows.delete(id);
  }

  clear(): void {
    this.#table.clear();
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
