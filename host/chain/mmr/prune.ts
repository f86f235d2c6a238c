import type { MMR } from "./mmr.js";
import { MAX_ROWS } from "./position.js";

/** Subtrees of this height are scanned in one step: up to some thousand nodes. */
const ROWS_PER_STEP = 10;

/**
 * Removes what hangs below nodes without value, from leaves upward (spec 03 §12). Done for all leaves that became 0, this leaves what
 * a scan of the whole MMR would leave. Peaks and root stay as they are.
 */
export function pruneZeros(mmr: MMR, leaves: Iterable<bigint>): void {
  let level = new Set(leaves);
  for (let row = 1; row < MAX_ROWS && level.size > 0; row++) {
    const parents = new Set<bigint>();
    for (const child of level) {
      if (mmr.get(row, child >> 1n)?.value.isZero() !== true) continue;
      mmr.delete(row - 1, child);
      mmr.delete(row - 1, child ^ 1n);
      parents.add(child >> 1n);
    }
    level = parents;
  }
}

/**
 * Removes, from each peak downward, what hangs below nodes that hold nothing spendable: only leaves of coins that nobody can spend,
 * or that are spent (spec 03 §12, "only with an option"). Gives the entries of the leaves that were removed. Works in steps.
 */
export function* pruneUnspendable(mmr: MMR, isUnspendable: (entry: bigint) => boolean): Generator<void, bigint[], void> {
  const removed: bigint[] = [];
  for (const { row, entry } of mmr.peaks()) yield* new Scan(mmr, isUnspendable, removed).steps(row, entry.unscaled);
  return removed;
}

class Scan {
  constructor(
    readonly mmr: MMR,
    readonly isUnspendable: (entry: bigint) => boolean,
    readonly removed: bigint[],
  ) {}

  /** As `node`, with pauses. */
  *steps(row: number, entry: bigint): Generator<void, boolean, void> {
    if (row <= ROWS_PER_STEP) {
      yield;
      return this.node(row, entry);
    }
    if (this.mmr.get(row, entry) === undefined) return true;
    const left = yield* this.steps(row - 1, entry << 1n);
    const right = yield* this.steps(row - 1, (entry << 1n) | 1n);
    return this.#close(row, entry, left, right);
  }

  /** Whether a node holds nothing spendable; if so its children are gone. */
  node(row: number, entry: bigint): boolean {
    if (this.mmr.get(row, entry) === undefined) return true;
    if (row === 0) return this.isUnspendable(entry);
    const left = this.node(row - 1, entry << 1n);
    const right = this.node(row - 1, (entry << 1n) | 1n);
    return this.#close(row, entry, left, right);
  }

  #close(row: number, entry: bigint, left: boolean, right: boolean): boolean {
    const children = [entry << 1n, (entry << 1n) | 1n] as const;
    if (!(left || this.#isZero(row - 1, children[0])) || !(right || this.#isZero(row - 1, children[1]))) return false;
    for (const child of children) if (this.mmr.delete(row - 1, child) && row === 1) this.removed.push(child);
    return true;
  }

  #isZero(row: number, entry: bigint): boolean {
    return this.mmr.get(row, entry)?.value.isZero() === true;
  }
}
