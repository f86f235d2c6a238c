/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Numbers line up at their ends. */
  readonly align?: "right";
}

const GAP = "  ";

/** A table for people: a title line, then a line for each row. Columns that are empty everywhere are left out. */
export function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const filled = columns
    .map((column) => ({ column, cells: rows.map((row) => column.text(row)) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""))
    .map(({ column, cells }) => ({ ...column, cells, width: Math.max(column.title.length, ...cells.map((cell) => cell.length)) }));
  const line = (cellOf: (column: (typeof filled)[number]) => string): string =>
    filled
      .map((column) => (column.align === "right" ? cellOf(column).padStart(column.width) : cellOf(column).padEnd(column.width)))
      .join(GAP)
      .trimEnd();
  return [line(({ title }) => title), ...rows.map((_, i) => line(({ cells }) => cells[i] ?? ""))];
}

/** Names on the left, values on the right; a value of several lines goes on below itself. */
export function pairsOf(pairs: readonly (readonly [name: string, value: string | readonly string[]])[]): string[] {
  const width = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs.flatMap(([name, value]) => {
    const [first = "", ...rest] = typeof value === "string" ? value.split("\n") : value;
    const indent = " ".repeat(width + GAP.length);
    return [`${name.padEnd(width)}${GAP}${first}`.trimEnd(), ...rest.map((line) => `${indent}${line}`)];
  });
}
