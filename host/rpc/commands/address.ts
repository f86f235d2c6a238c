import type { MinimoteNode } from "../../node/node.js";
import { toHex0x } from "../../protocol/bytes.js";
import { type JsonObject, jsonObject } from "../../protocol/json.js";
import { encodeMx } from "../../protocol/mx.js";
import type { ScriptRow } from "../../wallet/scripts.js";
import { type RpcCommand, response } from "../command.js";

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
export const getaddress: RpcCommand<MinimoteNode> = {
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
export const newaddress: RpcCommand<MinimoteNode> = {
  name: "newaddress",
  summary: "Make a new address",
  details: `newaddress

Takes a moment: a new key is made. Change never comes to such an address.

newaddress`,
  params: [],
  write: false,
  run: async (_params, { wallet }) => response(scriptRowToJSON(await wallet.newAddress())),
};
