import { BackupError } from "./container.js";

/** A row of a table: its values as text, by the names of the columns. */
export type SqlRow = ReadonlyMap<string, string>;

interface Token {
  readonly type: "text" | "name" | "word" | "sign";
  readonly text: string;
}

/** Blanks and comments; a text, with Unicode escapes or without; a quoted name; a word or number; a sign. */
const TOKEN = /(?:\s+|--[^\n]*)|(U&)?'([^']*(?:''[^']*)*)'|"([^"]*(?:""[^"]*)*)"|(\w+(?:\.\w+)*|-[\d.]+)|([^\s\w'"])/gy;

/** The rows of all tables in a script that H2 has made of a database. Anything but tables and rows is passed over. Throws `BackupError`. */
export function readSqlDump(script: string): ReadonlyMap<string, readonly SqlRow[]> {
  const tables = new Map<string, { readonly columns: readonly string[]; readonly rows: SqlRow[] }>();
  for (const statement of statements(script)) {
    const table = tableIn(statement);
    if (table === undefined) continue;
    const { name, rest } = table;
    if (isWord(statement[0], "CREATE")) tables.set(name, { columns: listAt(rest).items.map(([first]) => first?.text ?? ""), rows: [] });
    else {
      const known = tables.get(name);
      if (known === undefined) throw new BackupError(UNREADABLE);
      for (const row of rowsIn(rest, known.columns)) known.rows.push(row);
    }
  }
  return new Map(Array.from(tables, ([name, { rows }]) => [name, rows]));
}

const UNREADABLE = "The wallet in this backup cannot be read";

const isWord = (token: Token | undefined, word: string): boolean => token?.type === "word" && token.text.toUpperCase() === word;
const isSign = (token: Token | undefined, sign: string): boolean => token?.type === "sign" && token.text === sign;

function* statements(script: string): Generator<readonly Token[]> {
  let statement: Token[] = [];
  for (const token of tokens(script)) {
    if (!isSign(token, ";")) statement.push(token);
    else {
      yield statement;
      statement = [];
    }
  }
  if (statement.length > 0) throw new BackupError(UNREADABLE);
}

function* tokens(script: string): Generator<Token> {
  let end = 0;
  for (const match of script.matchAll(TOKEN)) {
    end = match.index + match[0].length;
    const [, unicode, text, name, word, sign] = match;
    if (text !== undefined) yield { type: "text", text: unicode === undefined ? unquoted(text) : unescaped(unquoted(text)) };
    else if (name !== undefined) yield { type: "name", text: name.replaceAll('""', '"') };
    else if (word !== undefined) yield { type: "word", text: word };
    else if (sign !== undefined) yield { type: "sign", text: sign };
  }
  if (end !== script.length) throw new BackupError(UNREADABLE);
}

const unquoted = (text: string): string => text.replaceAll("''", "'");

/** Escapes of a U& text: a backslash and four digits, `\+` and six, or two backslashes. */
function unescaped(text: string): string {
  return text.replaceAll(/\\(?:\\|\+([0-9a-f]{6})|([0-9a-f]{4}))/gi, (_all, six?: string, four?: string) => {
    const code = Number.parseInt(six ?? four ?? "5c", 16);
    if (code > 0x10ffff) throw new BackupError(UNREADABLE);
    return String.fromCodePoint(code);
  });
}

/** The table that a statement makes or fills, and what is said of it. */
function tableIn(statement: readonly Token[]): { readonly name: string; readonly rest: readonly Token[] } | undefined {
  const makes = isWord(statement[0], "CREATE") && statement.slice(1, 4).some((token) => isWord(token, "TABLE"));
  const fills = isWord(statement[0], "INSERT") && isWord(statement[1], "INTO");
  if (!makes && !fills) return undefined;
  const at = statement.findIndex(({ type }) => type === "name");
  const last = isSign(statement[at + 1], ".") ? at + 2 : at;
  const name = at < 0 ? undefined : statement[last]?.text;
  return name === undefined ? undefined : { name, rest: statement.slice(last + 1) };
}

/** A list in brackets at the beginning, as the tokens of each item, and what comes after it. */
function listAt(list: readonly Token[]): { readonly items: readonly (readonly Token[])[]; readonly after: readonly Token[] } {
  if (!isSign(list[0], "(")) throw new BackupError(UNREADABLE);
  const items: Token[][] = [[]];
  let depth = 1;
  for (let i = 1; i < list.length; i++) {
    const token = list[i] as Token;
    if (isSign(token, "(")) depth++;
    else if (isSign(token, ")")) depth--;
    if (depth === 0) return { items, after: list.slice(i + 1) };
    if (depth === 1 && isSign(token, ",")) items.push([]);
    else items.at(-1)?.push(token);
  }
  throw new BackupError(UNREADABLE);
}

function* rowsIn(said: readonly Token[], allColumns: readonly string[]): Generator<SqlRow> {
  const named = isSign(said[0], "(") ? listAt(said) : undefined;
  const columns = named?.items.map(([first]) => first?.text ?? "") ?? allColumns;
  let rest = named?.after ?? said;
  if (!isWord(rest[0], "VALUES")) throw new BackupError(UNREADABLE);
  do {
    const { items, after } = listAt(rest.slice(1));
    if (items.length !== columns.length || items.some((item) => item.length !== 1)) throw new BackupError(UNREADABLE);
    yield new Map(columns.map((column, i) => [column, items[i]?.[0]?.text ?? ""]));
    rest = after;
  } while (isSign(rest[0], ","));
}
