import { parseHex } from "../../protocol/bytes.js";
import { isJsonArray, type JsonValue } from "../../protocol/json.js";
import { canonicalAddress } from "../../protocol/mx.js";
import { parseCommand, splitCommands } from "../../rpc/command-line.js";
import { COMMANDS } from "../../rpc/commands/index.js";

const ADDRESS_BYTES = 32;
const PAYING = new Set(["send", "sendpoll", "sendnosign", "txnauto", "txnoutput"]);

/**
 * Why a line of commands should not be run: it pays to an address nobody can have. The node itself takes such addresses, as scripts
 * burn money that way; somebody at a keyboard has more likely lost some letters.
 */
export function lostMoney(line: string): string | undefined {
  for (const text of splitCommands(line)) {
    const wrong = addressesPaid(text).find((address) => byteLength(address) !== undefined && byteLength(address) !== ADDRESS_BYTES);
    if (wrong !== undefined)
      return `No address is ${byteLength(wrong)} bytes long, they all have ${ADDRESS_BYTES}: money sent to ${wrong} would be lost for ever.`;
  }
  return undefined;
}

function addressesPaid(text: string): string[] {
  try {
    const { name, params } = parseCommand(text, (known) => COMMANDS.has(known));
    if (!PAYING.has(name)) return [];
    const multi = params.get("multi");
    const listed: readonly JsonValue[] = isJsonArray(multi) ? multi.map((item) => String(item).split(":")[0] as string) : [];
    return [params.get("address"), ...listed].filter((value): value is string => typeof value === "string");
  } catch {
    // What cannot be parsed the node refuses in its own words.
    return [];
  }
}

function byteLength(address: string): number | undefined {
  try {
    return parseHex(canonicalAddress(address.trim())).length;
  } catch {
    return undefined;
  }
}
