import type { MMRData } from "../../protocol/mmr-objects.js";
import type { MMR } from "./mmr.js";

/** Removes what hangs below nodes without value, from each peak downward (spec 03 §12). Peaks and root stay as they are. */
export function pruneZeros(mmr: MMR): void {
  for (const { row, entry } of mmr.peaks()) pruneZerosBelow(mmr, row, entry.unscaled);
}

function pruneZerosBelow(mmr: MMR, row: number, entry: bigint): void {
  const node = mmr.get(row, entry);
  if (row === 0 || node === undefined) return;
  const left = entry << 1n;
  pruneZerosBelow(mmr, row - 1, left);
  pruneZerosBelow(mmr, row - 1, left | 1n);
  if (!node.value.isZero()) return;
  mmr.delete(row - 1, left);
  mmr.delete(row - 1, left | 1n);
}

/** Leaves marked as belonging to coins nobody can spend, and the inner nodes found to hold nothing else (spec 03 §12). */
export type Unspendable = Set<MMRData>;

/**
 * Removes what hangs below nodes that hold nothing spendable (spec 03 §12). `unspendable` holds the marked leaves' nodes and is
 * brought up to date for inner nodes. Gives the entries of the leaves that were removed.
 */
export function pruneUnspendable(mmr: MMR, unspendable: Unspendable): bigint[] {
  const removed: bigint[] = [];
  for (const { row, entry } of mmr.peaks()) scan(mmr, row, entry.unscaled, unspendable, removed);
  return removed;
}

/** Whether a node holds nothing spendable. */
function scan(mmr: MMR, row: number, entry: bigint, unspendable: Unspendable, removed: bigint[]): boolean {
  const node = mmr.get(row, entry);
  if (node === undefined) return true;
  if (row === 0) return unspendable.has(node);
  const children = [entry << 1n, (entry << 1n) | 1n];
  const idle = children.map((child) => scan(mmr, row - 1, child, unspendable, removed) || isZero(mmr.get(row - 1, child)));
  if (!idle.every((is) => is)) {
    unspendable.delete(node);
    return false;
  }
  unspendable.add(node);
  for (const child of children) if (mmr.delete(row - 1, child) && row === 1) removed.push(child);
  return true;
}

function isZero(node: MMRData | undefined): boolean {
  return node?.value.isZero() === true;
}
