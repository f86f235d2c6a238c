import { type Column, pairsOf, tableOf } from "./table.js";
import { blockOf, cellOf, type Fields, fieldsOf, isFields, rowsOf, textOf } from "./value.js";

/** A column that shows a field as it is. */
export const field = (title: string, name: string): Column<Fields> => ({ title, text: (row) => cellOf(row, name) });
/** The same for numbers. */
export const number = (title: string, name: string): Column<Fields> => ({ ...field(title, name), align: "right" });

/** The name of a token: text, an object with a `name`, or a token description with either (spec 09 §6). */
export function tokenName(token: unknown): string {
  if (token === null || token === undefined) return "Minima";
  return isFields(token) ? tokenName(token.name ?? "?") : textOf(token).replaceAll("\n", " ");
}

/** What a coin holds, in units of its token, and the token's name. */
function holding(coin: Fields): string {
  return `${textOf(coin.tokenamount ?? coin.amount)} ${tokenName(coin.token)}`;
}

const COIN_COLUMNS: readonly Column<Fields>[] = [
  { title: "AMOUNT", text: (coin) => textOf(coin.tokenamount ?? coin.amount), align: "right" },
  { title: "TOKEN", text: (coin) => tokenName(coin.token) },
  number("AGE", "age"),
  {
    title: "STATE",
    text: ({ state }) => (isEmptyState(state) ? "" : `${Object.keys(fieldsOf(state)).length || rowsOf(state).length}`),
    align: "right",
  },
  field("COIN", "coinid"),
  field("ADDRESS", "miniaddress"),
];

function isEmptyState(state: unknown): boolean {
  return state === null || typeof state !== "object" || Object.keys(state).length === 0;
}

const KEY_COLUMNS: readonly Column<Fields>[] = [
  field("KEY", "modifier"),
  field("PUBLIC KEY", "publickey"),
  number("USES", "uses"),
  number("OF", "maxuses"),
];

const SCRIPT_COLUMNS: readonly Column<Fields>[] = [
  field("ADDRESS", "miniaddress"),
  field("DEFAULT", "default"),
  field("TRACKED", "track"),
  { title: "SCRIPT", text: (row) => shortened(cellOf(row, "script")) },
];

const MAX_SCRIPT = 48;

function shortened(text: string): string {
  return text.length > MAX_SCRIPT ? `${text.slice(0, MAX_SCRIPT)}...` : text;
}

/** Kinds of rows by the field that only they have. */
const TABLES: readonly (readonly [mark: string, columns: readonly Column<Fields>[]])[] = [
  ["coinid", COIN_COLUMNS],
  ["modifier", KEY_COLUMNS],
  ["miniaddress", SCRIPT_COLUMNS],
];

/** Any answer, with what is known of coins, keys, scripts and TxPoWs told by their fields. */
export function shapeOf(value: unknown): string[] {
  if (isTxPoW(value)) return txpowLines(value);
  if (Array.isArray(value) && value.length > 0) {
    const rows = rowsOf(value);
    if (rows.length === value.length && rows.every(isTxPoW))
      return rows.flatMap((row, i) => (i === 0 ? txpowLines(row) : ["", ...txpowLines(row)]));
    const table = TABLES.find(([mark]) => rows.length === value.length && rows.every((row) => mark in row));
    if (table !== undefined) return tableOf(table[1], rows);
  }
  const [only, ...others] = isFields(value) ? Object.values(value) : [];
  if (others.length === 0 && typeof only === "string" && only.includes("\n")) return textOf(only).split("\n");
  return blockOf(value, shapeOf);
}

function isTxPoW(value: unknown): value is Fields {
  return isFields(value) && "txpowid" in value && isFields(value.header);
}

/** A TxPoW: what it is, and what its transactions move. The whole of it is in `--json`. */
function txpowLines(txpow: Fields): string[] {
  const header = fieldsOf(txpow.header);
  const { txn, burntxn, txnlist } = fieldsOf(txpow.body);
  const kind = [txpow.istransaction === true ? "transaction" : "", txpow.isblock === true ? "block" : ""].filter((word) => word !== "");
  const hasBurn = rowsOf(fieldsOf(burntxn).inputs).length > 0;
  return pairsOf([
    ["TxPoW", textOf(txpow.txpowid)],
    ["Kind", kind.join(" and ") || "not mined yet; it gets its final id then: see minimote history"],
    ["Block", textOf(header.block)],
    ["Date", textOf(header.date)],
    ["Size", `${textOf(txpow.size)} bytes`],
    ...(textOf(txpow.burn) === "0" ? [] : [["Burn", textOf(txpow.burn)] as const]),
    ...transactionPairs(txn),
    ...(hasBurn ? transactionPairs(burntxn).map(([name, value]) => [`Burn ${name.toLowerCase()}`, value] as const) : []),
    ...(Array.isArray(txnlist) && txnlist.length > 0 ? [["Holds", txnlist.map(textOf)] as const] : []),
  ]);
}

function transactionPairs(transaction: unknown): (readonly [string, string[]])[] {
  const { inputs, outputs } = fieldsOf(transaction);
  const coins = (list: unknown): string[] => rowsOf(list).map((coin) => `${holding(coin)}  ${textOf(coin.miniaddress)}`);
  return (
    [
      ["Inputs", coins(inputs)],
      ["Outputs", coins(outputs)],
    ] as const
  )
    .filter(([, lines]) => lines.length > 0)
    .map(([name, lines]) => [name, lines]);
}
