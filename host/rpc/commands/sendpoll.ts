import { randomBytes } from "node:crypto";
import type { MinimoteNode } from "../../node/node.js";
import { toHex0x } from "../../protocol/bytes.js";
import { isJsonObject, type JsonValue, jsonObject, printJson } from "../../protocol/json.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError, Params } from "../params.js";
import { send } from "./send.js";

const UID_BYTES = 16;
const SECRETS = new Set(["password"]);

/** `sendpoll`: pay as soon as it is possible (spec 09 §11.5). */
const sendpoll: RpcCommand<MinimoteNode> = {
  name: "sendpoll",
  summary: "Send as soon as the coins are there, trying again and again",
  details: `sendpoll (action:add|list|remove) (uid:) ..and all parameters of send

Every half minute the payments that wait are tried; one that worked is not tried again. They are forgotten when the node stops.

action: add, if not given; list shows what waits, remove takes something out.
uid: with remove, what to take out.
address: as with send, like all that follow.
amount: how much, in units of the token.
multi: several receivers in one transaction.
tokenid: the token, Minima if not given.
state: state variables of the transaction, by port.
burn: Minima to burn.
coinage: only spend coins at least this many blocks old.
split: into this many equal coins, 1 to 10.
dryrun: true only tries.
mine: true waits until the transaction is mined.
password: the password of a locked wallet; it is kept in memory while the payment waits.
storestate: false keeps the state out of the new coins.
fromaddress: only spend coins of this address.
signkey: sign with this key.

sendpoll address:Mx... amount:1.5
sendpoll action:list
sendpoll action:remove uid:0x...`,
  params: send.params,
  write: true,
  run: (params, node, mode) => {
    const action = params.optionalString("action") ?? "add";
    if (action === "list") {
      const commands = node.retries.list().map(({ uid, text }) => jsonObject(["uid", uid], ["command", text]));
      return response(jsonObject(["commands", commands], ["total", commands.length]));
    }
    if (action === "remove") {
      const uid = params.string("uid");
      node.retries.remove(uid);
      return response(jsonObject(["removed", uid]));
    }
    if (action !== "add") return response(jsonObject());
    if (params.values.size === 0) throw new CommandError("Must be a valid send command..");
    const text = ["send", ...Array.from(params.values, ([name, value]) => `${name}:${textOf(name, value)}`)].join(" ");
    const given = new Params(params.values);
    const task = {
      uid: toHex0x(randomBytes(UID_BYTES)),
      text,
      attempt: async (): Promise<boolean> => {
        try {
          await send.run(given, node, mode);
          return true;
        } catch (error) {
          node.log.debug("payment not possible yet", { reason: error instanceof Error ? error.message : String(error) });
          return false;
        }
      },
    };
    if (!node.retries.add(task)) throw new CommandError("Too many payments are waiting already");
    return response(jsonObject(["command", text]));
  },
};

function textOf(name: string, value: JsonValue): string {
  if (SECRETS.has(name)) return "***";
  if (isJsonObject(value) || typeof value !== "string") return printJson(value);
  return value.includes(" ") ? `"${value}"` : value;
}

export const SENDPOLL_COMMANDS: readonly RpcCommand<MinimoteNode>[] = [sendpoll];
