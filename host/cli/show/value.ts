import { replaceUnprintable } from "../../protocol/text.js";
import { pairsOf, tableOf } from "./table.js";

/** A JSON object as `JSON.parse` makes it. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The fields of an object, none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** The objects of a list. */
export function rowsOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** Anything as text. Names of tokens and states come from strangers: what could steer the terminal or turn text around is replaced. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return replaceUnprintable(text, (character) => (character === "\n" ? character : "\uFFFD"));
}

/** A table of more columns, or with longer cells, is no table that anybody can read. */
const MAX_COLUMNS = 8;
const MAX_TABLE_CELL = 72;
const INDENT = "  ";

/**
 * Any answer for people: objects as names and values, lists of alike and short rows as tables, other lists one after the other. `inner`
 * shows what is inside.
 */
export function blockOf(value: unknown, inner: (value: unknown) => string[] = blockOf): string[] {
  if (Array.isArray(value)) return listOf(value, inner);
  if (!isFields(value)) return textOf(value).split("\n");
  const entries = Object.entries(value);
  const simple = entries.filter(([, item]) => !isNested(item));
  const lines = pairsOf(simple.map(([name, item]) => [name, isEmpty(item) ? "none" : textOf(item)]));
  for (const [name, item] of entries) if (isNested(item)) lines.push("", `${name}:`, ...inner(item).map((line) => indented(line)));
  return lines[0] === "" ? lines.slice(1) : lines;
}

const indented = (line: string): string => (line === "" ? "" : `${INDENT}${line}`);

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** Whether a value takes lines of its own. Empty lists and objects do not. */
function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null && !isEmpty(value);
}

function listOf(items: readonly unknown[], inner: (value: unknown) => string[]): string[] {
  if (items.length === 0) return ["none"];
  const rows = rowsOf(items);
  if (rows.length < items.length) return items.flatMap((item) => inner(item));
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const isTable =
    names.length <= MAX_COLUMNS &&
    rows.every((row) => names.every((name) => !isNested(row[name]) && cellOf(row, name).length <= MAX_TABLE_CELL));
  if (isTable)
    return tableOf(
      names.map((name) => ({ title: name, text: (row: Fields) => cellOf(row, name) })),
      rows,
    );
  return rows.flatMap((row, i) => (i === 0 ? inner(row) : ["", ...inner(row)]));
}

/** A field as one line. */
export function cellOf(row: Fields, name: string): string {
  return textOf(row[name]).replaceAll("\n", " ");
}
