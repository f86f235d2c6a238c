import type { MinimoteNode } from "../../node/node.js";
import { parseHex, toHex0x } from "../../protocol/bytes.js";
import { type JsonObject, jsonObject } from "../../protocol/json.js";
import { encodeMx } from "../../protocol/mx.js";
import type { ScriptRow } from "../../wallet/scripts.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError } from "../params.js";

type Command = RpcCommand<MinimoteNode>;

const ADDRESS_TEXT_LENGTH = 66;

/** A script row (spec 09 §6). */
export function scriptRowToJSON(row: ScriptRow): JsonObject {
  return jsonObject(
    ["script", row.script],
    ["address", toHex0x(row.address)],
    ["miniaddress", encodeMx(row.address)],
    ["simple", row.simple],
    ["default", row.default],
    ["publickey", toHex0x(row.publicKey)],
    ["track", row.track],
  );
}

/** `getaddress`: one of the default addresses (spec 09 §7.3). */
const getaddress: Command = {
  name: "getaddress",
  summary: "Show an address to receive with",
  details: `getaddress

One of the wallet's default addresses, chosen at random.

getaddress`,
  params: [],
  write: false,
  run: (_params, { wallet }) => response(scriptRowToJSON(wallet.getAddress())),
};

/** `newaddress`: an address of a new key, never used for change (spec 09 §7.3). */
const newaddress: Command = {
  name: "newaddress",
  summary: "Make a new address",
  details: `newaddress

Takes a moment: a new key is made. Change never comes to such an address.

newaddress`,
  params: [],
  write: false,
  run: async (_params, { wallet }) => response(scriptRowToJSON(await wallet.newAddress())),
};

/** `checkaddress`: is it an address, and is it ours? (spec 09 §7.3) */
const checkaddress: Command = {
  name: "checkaddress",
  summary: "Check and convert an address",
  details: `checkaddress address:

address: an address in either form, Mx... or 0x...

checkaddress address:Mx...`,
  params: ["address"],
  write: false,
  run: (params, { wallet }) => {
    const text = params.address("address");
    if (!text.startsWith("0x")) throw new CommandError("Address does not start with 0x or Mx");
    if (text.length !== ADDRESS_TEXT_LENGTH)
      throw new CommandError(`Invalid Length for 0x address should be ${ADDRESS_TEXT_LENGTH} chars long : ${text.length}`);
    const address = parseHex(text);
    return response(
      jsonObject(
        ["original", text],
        ["0x", text],
        ["Mx", encodeMx(address)],
        ["relevant", wallet.tracked.addresses.has(text)],
        ["simple", wallet.isSimple(address)],
      ),
    );
  },
};

export const ADDRESS_COMMANDS: readonly Command[] = [getaddress, newaddress, checkaddress];
