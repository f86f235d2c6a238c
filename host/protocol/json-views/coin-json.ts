import { toHex0x } from "../bytes.js";
import type { Coin } from "../coin.js";
import { entryNumberText } from "../entry-number.js";
import { type JsonObject, type JsonValue, jsonObject, RawJson } from "../json.js";
import { encodeMx } from "../mx.js";
import type { StateVariable } from "../state-variable.js";
import { trimControls } from "../text.js";
import { type Token, tokenAmount, tokenDecimals, tokenId, tokenTotal } from "../token.js";

/** How a coin's state is printed: the list of variables, or the simple form of notifications (spec 02 §3). */
export type StateForm = "list" | "simple";

/** Port and type are bare numbers (spec 02 §3). */
export function stateVariableToJSON(variable: StateVariable): JsonObject {
  return jsonObject(["port", variable.port], ["type", variable.type], ["data", variable.text]);
}

/** A state as text by port (spec 02 §3). */
export function simpleStateToJSON(state: readonly StateVariable[]): JsonObject {
  return jsonObject(...state.map(({ port, text }) => [String(port), text] as const));
}

/** A name that looks like a JSON object is printed as it is, valid or not (spec 02 §5). Throws `range` (Q11). */
export function tokenToJSON(token: Token): JsonObject {
  return jsonObject(
    ["name", trimControls(token.name).startsWith("{") ? new RawJson(token.name) : token.name],
    ["coinid", toHex0x(token.coinid)],
    ["total", tokenTotal(token).toString()],
    ["decimals", tokenDecimals(token)],
    ["script", token.script],
    ["totalamount", token.amount.toString()],
    ["scale", token.scale.toString()],
    ["created", token.created.toString()],
    ["tokenid", toHex0x(tokenId(token))],
  );
}

/** Spec 02 §6. Throws `range` when a token amount or the entry number cannot be printed. */
export function coinToJSON(coin: Coin, stateForm: StateForm = "list"): JsonObject {
  const state: JsonValue = stateForm === "simple" ? simpleStateToJSON(coin.state) : coin.state.map(stateVariableToJSON);
  return jsonObject(
    ["coinid", toHex0x(coin.coinid)],
    ["amount", coin.amount.toString()],
    ["address", toHex0x(coin.address)],
    ["miniaddress", encodeMx(coin.address)],
    ["tokenid", toHex0x(coin.tokenid)],
    ["token", coin.token === null ? null : tokenToJSON(coin.token)],
    coin.token === null ? undefined : ["tokenamount", tokenAmount(coin.token, coin.amount).toString()],
    ["storestate", coin.storestate],
    ["state", state],
    ["spent", coin.spent !== 0],
    ["mmrentry", entryNumberText(coin.mmrentry)],
    ["created", coin.created.toString()],
  );
}
