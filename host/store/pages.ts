const PAGE_ROWS = 64;

/**
 * Walks a long result in pages, by `seq`: memory stays bounded and the connection is free between pages, also for writing.
 * `fetch` gives the rows after a `seq`, ascending, at most `limit`.
 */
export function* inPages<Row extends { readonly seq: number }>(fetch: (after: number, limit: number) => readonly Row[]): Iterable<Row> {
  let after = 0;
  for (;;) {
    const rows = fetch(after, PAGE_ROWS);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) return;
    after = last.seq;
  }
}
