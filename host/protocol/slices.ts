/** Work that may be interrupted wherever it yields, so that whoever runs it can let others have their turn. */
export type Slices<Result> = Generator<void, Result, void>;

/** Runs such work to its end, letting others have their turn or not. */
export type RunSlices = <Result>(slices: Slices<Result>) => Promise<Result>;

/** Items looked at between two interruptions: some tens of microseconds. */
const AT_ONCE = 32;
/** Items sorted without an interruption: about a millisecond. */
const SORTED_AT_ONCE = 512;

/** Runs what works in slices without a break. */
export function toEnd<Result>(slices: Slices<Result>): Result {
  for (;;) {
    const { done, value } = slices.next();
    if (done === true) return value;
  }
}

/** As `toEnd`, for who can wait. */
export const runHere: RunSlices = async (slices) => toEnd(slices);

/** The items that pass, in order. */
export function* filterInSlices<Item>(items: Iterable<Item>, passes: (item: Item) => boolean): Slices<Item[]> {
  const found: Item[] = [];
  let looked = 0;
  for (const item of items) {
    if (passes(item)) found.push(item);
    if (++looked % AT_ONCE === 0) yield;
  }
  return found;
}

/** The first item that passes. */
export function* findInSlices<Item>(items: Iterable<Item>, passes: (item: Item) => boolean): Slices<Item | undefined> {
  let looked = 0;
  for (const item of items) {
    if (passes(item)) return item;
    if (++looked % AT_ONCE === 0) yield;
  }
  return undefined;
}

/** The items in order; equal ones as they were given. */
export function* sortInSlices<Item>(items: readonly Item[], compare: (a: Item, b: Item) => number): Slices<Item[]> {
  let runs: Item[][] = [];
  for (let at = 0; at < items.length; at += SORTED_AT_ONCE) {
    runs.push(items.slice(at, at + SORTED_AT_ONCE).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const merged: Item[][] = [];
    for (let i = 0; i < runs.length; i += 2) merged.push(yield* merge(runs[i] ?? [], runs[i + 1] ?? [], compare));
    runs = merged;
  }
  return runs[0] ?? [];
}

function* merge<Item>(a: readonly Item[], b: readonly Item[], compare: (a: Item, b: Item) => number): Slices<Item[]> {
  const merged: Item[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && compare(a[i] as Item, b[j] as Item) <= 0);
    merged.push((fromA ? a[i++] : b[j++]) as Item);
    if (merged.length % SORTED_AT_ONCE === 0) yield;
  }
  return merged;
}
