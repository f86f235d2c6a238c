import { field, number, shapeOf, tokenName } from "./shapes.js";
import { type Column, pairsOf, tableOf } from "./table.js";
import { cellOf, type Fields, fieldsOf, isFields, rowsOf, textOf } from "./value.js";

/** A command's answer for people. */
export function answerLines(command: string, response: unknown): string[] {
  return (COMMANDS[command] ?? shapeOf)(response);
}

/** Commands whose answers deserve more than what their form tells. */
const COMMANDS: Readonly<Record<string, (response: unknown) => string[]>> = {
  status: (response) => (isFields(response) && isFields(response.chain) ? statusLines(response, response.chain) : shapeOf(response)),
  balance: (response) => tableOrShape(response, BALANCE_COLUMNS),
  tokens: (response) => tableOrShape(response, TOKEN_COLUMNS),
  keys: (response) => partsOf(response, "keys", (total) => `${total} keys`),
  network: (response) => {
    if (!isFields(response) || !Array.isArray(response.connections)) return shapeOf(response);
    const table = response.connections.length === 0 ? ["No connections."] : tableOf(CONNECTION_COLUMNS, rowsOf(response.connections));
    return [...table, "", ...shapeOf(response.details)];
  },
  maxcontacts: contactLines,
  maxima: (response) => {
    if (!isFields(response) || !Array.isArray(response.hosts)) return shapeOf(response);
    return response.hosts.length === 0 ? ["No hosts yet."] : tableOf(HOST_COLUMNS, rowsOf(response.hosts));
  },
  history: historyLines,
  help: (response) => {
    if (!isFields(response) || typeof response.fullhelp !== "string") return shapeOf(response);
    return [textOf(response.help), "", ...textOf(response.fullhelp).split("\n")];
  },
};

function tableOrShape(response: unknown, columns: readonly Column<Fields>[]): string[] {
  return Array.isArray(response) && response.length > 0 && response.every(isFields) ? tableOf(columns, response) : shapeOf(response);
}

/** The people one writes to, by the number that other commands take. */
function contactLines(response: unknown): string[] {
  const { contacts } = fieldsOf(response);
  if (!Array.isArray(contacts)) return shapeOf(response);
  if (contacts.length === 0) return ["No contacts yet: minimote maxcontacts action:add contact:Mx...@host:port"];
  return tableOf(CONTACT_COLUMNS, rowsOf(contacts));
}

/** A list inside an answer, and how many there are. */
function partsOf(response: unknown, name: string, total: (count: number) => string): string[] {
  if (!isFields(response) || !Array.isArray(response[name])) return shapeOf(response);
  return [...shapeOf(response[name]), "", total(response[name].length)];
}

const token: Column<Fields> = { title: "TOKEN", text: (row) => tokenName(row.token) };

const BALANCE_COLUMNS: readonly Column<Fields>[] = [
  token,
  number("SENDABLE", "sendable"),
  number("CONFIRMED", "confirmed"),
  number("UNCONFIRMED", "unconfirmed"),
  number("COINS", "coins"),
  number("TOTAL SUPPLY", "total"),
  { title: "TOKEN ID", text: ({ tokenid }) => textOf(tokenid) },
];

const TOKEN_COLUMNS: readonly Column<Fields>[] = [
  { title: "TOKEN", text: (row) => tokenName(row) },
  number("TOTAL SUPPLY", "total"),
  number("DECIMALS", "decimals"),
  field("SCRIPT", "script"),
  field("TOKEN ID", "tokenid"),
];

const CONTACT_COLUMNS: readonly Column<Fields>[] = [
  number("ID", "id"),
  { title: "NAME", text: ({ extradata }) => cellOf(fieldsOf(extradata), "name") },
  field("SAME CHAIN", "samechain"),
  field("LAST SEEN", "date"),
  { title: "REACHED AT", text: ({ currentaddress }) => textOf(currentaddress).replace(/^.*@/s, "") },
  { title: "PUBLIC KEY", text: ({ publickey }) => `..${textOf(publickey).slice(KEY_START, KEY_START + KEY_SHOWN)}..` },
];
/** What all RSA keys of this length begin with tells nothing. */
const KEY_START = 60;
const KEY_SHOWN = 16;

const HOST_COLUMNS: readonly Column<Fields>[] = [field("HOST", "host"), field("CONNECTED", "connected"), field("LAST SEEN", "lastseen")];

const CONNECTION_COLUMNS: readonly Column<Fields>[] = [
  field("PEER", "uid"),
  { title: "ADDRESS", text: ({ host, port }) => `${textOf(host)}:${textOf(port)}` },
  { title: "DIRECTION", text: ({ incoming }) => (incoming === true ? "in" : "out") },
  field("VALID", "valid"),
  field("SINCE", "connected"),
];

function statusLines(status: Fields, chain: Fields): string[] {
  const memory = fieldsOf(status.memory);
  const files = fieldsOf(memory.files);
  const txpow = fieldsOf(status.txpow);
  const network = fieldsOf(status.network);
  const rpc = fieldsOf(network.rpc);
  return pairsOf([
    ["Version", textOf(status.version)],
    ["Up", shortUptime(textOf(status.uptime))],
    ["Wallet", status.locked === true ? "locked" : "unlocked"],
    ["Chain", chainLines(status, chain)],
    ["Coins", `${textOf(status.minima)} Minima, ${textOf(status.coins)} entries`],
    ["TxPoWs", `${textOf(txpow.mempool)} waiting, ${textOf(txpow.ramdb)} in memory, ${textOf(txpow.txpowdb)} on disk`],
    ["Network", `port ${textOf(network.port)}, ${textOf(network.connected)} connected, ${textOf(network.connecting)} connecting`],
    ["RPC", rpc.enabled === true ? `port ${textOf(rpc.port)}` : "off"],
    ["Memory", textOf(memory.ram)],
    ["Disk", [`${textOf(memory.disk)}${filesText(files)}`, textOf(status.data)]],
  ]);
}

/** A node that has no blocks yet tells neither their number nor their speed (spec 09 §7.1). */
function chainLines(status: Fields, chain: Fields): string[] {
  if (!isFields(chain.cascade)) return ["no blocks yet"];
  return [
    `block ${textOf(chain.block)}, ${textOf(chain.time)}`,
    textOf(chain.hash),
    `${textOf(chain.length)} blocks in the tree, ${textOf(chain.cascade.length)} in the cascade, ${textOf(chain.branches)} in branches`,
    `${textOf(chain.speed)} blocks per second, weight ${textOf(status.weight)}`,
  ];
}

function filesText(files: Fields): string {
  const used = Object.entries(files).filter(([, size]) => size !== "0 bytes");
  const parts = used.map(([name, size]) => `${name} ${textOf(size)}`);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

/** `0 Years 0 Months 1 Days 2 Hours ...` without what is zero. */
function shortUptime(text: string): string {
  const parts = Array.from(text.matchAll(/(\d+) (\w+)/g)).filter(([, count]) => count !== "0");
  return parts.length === 0 ? "0 Seconds" : parts.map(([part]) => part).join(" ");
}

interface Movement {
  readonly date: string;
  readonly block: string;
  readonly change: string;
  readonly txpow: string;
}

const MOVEMENT_COLUMNS: readonly Column<Movement>[] = [
  { title: "DATE", text: ({ date }) => date },
  { title: "BLOCK", text: ({ block }) => block, align: "right" },
  { title: "CHANGE", text: ({ change }) => change },
  { title: "TXPOW", text: ({ txpow }) => txpow },
];

/** What each transaction changed for the wallet (spec 09 §15). */
function historyLines(response: unknown): string[] {
  const { txpows, details } = fieldsOf(response);
  if (!Array.isArray(txpows)) return shapeOf(response);
  if (txpows.length === 0) return ["No transactions yet."];
  const changes = rowsOf(details);
  const movements = rowsOf(txpows).map((txpow, i): Movement => {
    const header = fieldsOf(txpow.header);
    const differences = Object.entries(fieldsOf(changes[i]?.difference));
    const change = differences.map(([tokenid, amount]) => `${signed(textOf(amount))} ${tokenid === "0x00" ? "Minima" : textOf(tokenid)}`);
    return { date: textOf(header.date), block: textOf(header.block), change: change.join(", "), txpow: textOf(txpow.txpowid) };
  });
  return tableOf(MOVEMENT_COLUMNS, movements);
}

const signed = (amount: string): string => (amount.startsWith("-") || amount === "0" ? amount : `+${amount}`);
