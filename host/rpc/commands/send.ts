import { localZone } from "../../node/local-zone.js";
import type { MinimoteNode } from "../../node/node.js";
import { type Bytes, parseHex } from "../../protocol/bytes.js";
import { type JsonValue, printJson } from "../../protocol/json.js";
import { txpowToJSON } from "../../protocol/json-views/txpow-json.js";
import { canonicalAddress } from "../../protocol/mx.js";
import { MiniNumber } from "../../protocol/number.js";
import { type StateVariable, stateVariableFromText } from "../../protocol/state-variable.js";
import { planSend, type Recipient, type SendRequest } from "../../wallet/send.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";
import { paidTxPoW } from "./mined.js";
import { encodedSizes, payOrTry } from "./pay.js";

/** `send`: pay (spec 09 §11). */
export const send: RpcCommand<MinimoteNode> = {
  name: "send",
  summary: "Send Minima or tokens",
  details: `send address: amount: (tokenid:) (burn:) (split:) (coinage:) (state:) (storestate:false) (fromaddress:) (signkey:) (mine:true) (dryrun:true) (password:)
send multi:["ADDRESS:AMOUNT",..] (..)

address: who is paid, Mx... or 0x...
amount: how much, in units of the token.
multi: several receivers in one transaction, instead of address and amount.
tokenid: the token, Minima if not given.
burn: Minima to burn, so that the transaction is preferred where there is little room.
split: into this many equal coins, 1 to 10.
coinage: only spend coins at least this many blocks old.
state: state variables of the transaction, by port.
storestate: false keeps the state out of the new coins.
fromaddress: only spend coins of this address.
signkey: sign with this key, for coins of fromaddress.
mine: true waits until the transaction is mined.
dryrun: true builds the transaction without sending it.
action: taken for compatibility.
uid: taken for compatibility.
password: the password of a locked wallet, which stays locked.

send address:Mx... amount:1.5
send address:Mx... amount:10 tokenid:0x... burn:0.01
send multi:["MxA...:1","MxB...:2.5"]
send address:Mx... amount:1 state:{"0":"0xFF","1":"[a text]"}`,
  params: [
    "action",
    "uid",
    "address",
    "amount",
    "multi",
    "tokenid",
    "state",
    "burn",
    "coinage",
    "split",
    "debug",
    "dryrun",
    "mine",
    "password",
    "storestate",
    "fromaddress",
    "signkey",
  ],
  write: true,
  run: async (params, node) => {
    const { unsent, pending } = await payOrTry(params, node, (context) => planSend(sendRequest(params), context));
    if (unsent !== undefined) return [["dryrun", true], ...response(txpowToJSON(unsent, localZone())), ["bytesize", encodedSizes(unsent)]];
    return [["dryrun", false], ...response(txpowToJSON(await paidTxPoW(pending, params.boolean("mine", false)), localZone()))];
  },
};

/** What the parameters of a payment ask for. Throws `CommandError`. */
export function sendRequest(params: Params): SendRequest {
  return {
    recipients: recipientsOf(params),
    ...(params.has("tokenid") ? { tokenid: params.data("tokenid") } : {}),
    ...(params.has("burn") ? { burn: params.number("burn") } : {}),
    ...(params.has("split") ? { split: params.number("split") } : {}),
    ...(params.has("coinage") ? { coinage: params.number("coinage") } : {}),
    ...(params.has("state") ? { state: stateOf(params) } : {}),
    ...(params.has("fromaddress") ? { fromAddress: parseHex(params.address("fromaddress")) } : {}),
    ...(params.has("signkey") ? { signKey: params.data("signkey") } : {}),
    storestate: params.boolean("storestate", true),
  };
}

function recipientsOf(params: Params): Recipient[] {
  if (!params.has("multi")) return [{ address: addressBytes(params.string("address")), amount: params.number("amount") }];
  return params.array("multi").map((item) => {
    const [address, amount] = typeof item === "string" ? item.split(":").filter((part) => part !== "") : [];
    if (address === undefined || amount === undefined) throw new CommandError(`multi must be a list of "ADDRESS:AMOUNT"`);
    return { address: addressBytes(address.trim()), amount: numberOf(amount.trim()) };
  });
}

/** Any length is taken, as the reference does: scripts burn by paying to a short one (spec 09 §11.1). Throws `CommandError`. */
export function addressBytes(text: string): Bytes {
  try {
    return parseHex(canonicalAddress(text));
  } catch {
    throw new CommandError(`Invalid address : ${text}`);
  }
}

function numberOf(text: string): MiniNumber {
  try {
    return MiniNumber.parse(text);
  } catch {
    throw new CommandError(`Invalid amount : ${text}`);
  }
}

/** The state variables of a `state:{"port":value}` parameter (spec 09 §11.2 step 13). */
export function stateOf(params: Params): StateVariable[] {
  return Array.from(params.object("state"), ([port, value]) => stateVariableFromText(portOf(port), textOf(value)));
}

/** The port of a state variable. Throws `CommandError`. */
export function portOf(text: string): number {
  const port = /^[+-]?\d+$/.test(text) ? Number(text) : -1;
  if (port < 0 || port > 255) throw new CommandError("State Variable port MUST be 0-255");
  return port;
}

function textOf(value: JsonValue): string {
  if (typeof value === "string") return value;
  return printJson(value);
}

export const SEND_COMMANDS: readonly RpcCommand<MinimoteNode>[] = [send];
