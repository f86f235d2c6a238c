import { parseHex, toHex0x } from "../../../host/protocol/bytes.js";
import { escapeJson, isJsonArray, isJsonObject, JsonDouble, type JsonValue } from "../../../host/protocol/json.js";
import { formatSize, formatUptime } from "../../../host/protocol/json-views/format.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import { toEnd } from "../../../host/protocol/slices.js";
import { encodeUtf8 } from "../../../host/protocol/text.js";
import { CommandLineError, parseCommand } from "../../../host/rpc/command-line.js";
import { orderCoins, type Selectable, selectCoins } from "../../../host/wallet/coin-selection.js";
import type { Area, Case } from "../area.js";
import { each, same } from "../checks.js";
import { lowerHex } from "./base-bytes.js";
import { REFERENCE_COMMANDS } from "./rpc-commands.js";
import { checkEvents } from "./rpc-events.js";
import { checkAuth, checkHttp } from "./rpc-raw.js";
import { checkSession } from "./rpc-session.js";

interface ParseCase {
  readonly input: string;
  readonly command?: string;
  readonly params?: unknown;
  readonly error?: string;
  readonly exception?: string;
}

/** Parameters as plain JSON values, to compare with a vector file's. */
function plain(value: JsonValue): unknown {
  if (isJsonObject(value)) return Array.from(value, ([key, item]) => [key, plain(item)]);
  if (isJsonArray(value)) return value.map(plain);
  if (value instanceof JsonDouble) return value.value;
  return typeof value === "bigint" ? Number(value) : value;
}

/** Objects of a vector file as lists of entries, so that the order of keys counts. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value === "object" && value !== null) return Object.entries(value).map(([key, item]) => [key, ordered(item)]);
  return value;
}

/** What follows is the platform's own text. */
const platformText = / org\.minima\.utils\.json\.parser\.ParseException:.*$/s;

function checkParse(item: ParseCase): void {
  const isKnown = (name: string): boolean => REFERENCE_COMMANDS.has(name);
  if (item.command === undefined) {
    try {
      parseCommand(item.input, isKnown);
    } catch (error) {
      if (error instanceof CommandLineError) throw new Error(`got the error ${error.message}, expected an exception`);
      return;
    }
    throw new Error("got a command, expected an exception");
  }
  try {
    const parsed = parseCommand(item.input, isKnown);
    same([parsed.name, plain(parsed.params)], [item.command, ordered(item.params)]);
  } catch (error) {
    if (!(error instanceof CommandLineError)) throw error;
    const expected = item.error ?? "";
    const text = platformText.test(expected) ? error.message.slice(0, expected.replace(platformText, "").length) : error.message;
    same([error.command, text], [item.command, expected.replace(platformText, "")]);
  }
}

interface FormatFile {
  readonly formatSize: readonly { bytes: number; text: string }[];
  readonly uptime: readonly { milli: number; text: string }[];
  readonly jsonEscape: readonly { utf16: readonly number[]; escapedUtf8Hex: string }[];
}

function* checkFormat(data: unknown): Iterable<Case> {
  const file = data as FormatFile;
  yield* each("size", file.formatSize, ({ bytes, text }) => same(formatSize(Number(bytes)), text));
  yield* each("uptime", file.uptime, ({ milli, text }) => same(formatUptime(Number(milli)), text));
  yield* each("escape", file.jsonEscape, ({ utf16, escapedUtf8Hex }) =>
    same(lowerHex(encodeUtf8(escapeJson(String.fromCharCode(...utf16)))), escapedUtf8Hex.replace(/^0x/, "").toLowerCase()),
  );
}

interface SelectCase {
  readonly coins: readonly { coinid: string; address: string; amount: string }[];
  readonly required: string;
  readonly ordered: readonly string[];
  readonly selected: readonly string[];
}

function checkSelection({ coins, required, ordered, selected }: SelectCase): void {
  const parsed = coins.map(({ coinid, address, amount }) => ({
    coinid: parseHex(coinid),
    address: parseHex(address),
    amount: MiniNumber.parse(amount),
  }));
  const ids = (chosen: readonly Selectable[]): string[] => chosen.map(({ coinid }) => toHex0x(coinid));
  same(ids(toEnd(orderCoins(parsed))), ordered, "order");
  same(ids(toEnd(selectCoins(parsed, MiniNumber.parse(required), () => false))), selected, "selection");
}

/** Vectors of spec 09. */
export const rpc: Area = {
  parse: (data) => each("line", data as readonly ParseCase[], checkParse),
  format: checkFormat,
  coinselect: (data) => each("selection", data as readonly SelectCase[], checkSelection),
  session: checkSession,
  events: checkEvents,
  http: checkHttp,
  auth: checkAuth,
};
