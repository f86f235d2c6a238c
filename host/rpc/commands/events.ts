import type { MinimoteNode } from "../../node/node.js";
import { jsonObject } from "../../protocol/json.js";
import { forWriters, type RpcCommand, response } from "../command.js";
import { CommandError } from "../params.js";

type Command = RpcCommand<MinimoteNode>;

/** `webhooks`: URLs that events are posted to (spec 09 §16.2). */
export const webhooks: Command = {
  name: "webhooks",
  summary: "Post the node's events to URLs",
  details: `webhooks (action:list|add|remove|clear|errorlogs) (hook:URL) (filter:TEXT) (enable:true|false)

action: list, add, remove, clear, or errorlogs to log deliveries that fail. The default is list.
hook: an http or https URL; to remove one, its whole FILTER#URL text.
filter: only events whose name contains it, such as NEWBLOCK or NEW.
enable: true or false, with errorlogs.

Each event is POSTed as {"event":"NAME","data":{...}}, in order, at most once.
The same events can be read as a stream of server-sent events: GET /events, or GET /events?filter=NEWBLOCK.

webhooks action:add hook:http://127.0.0.1:8080/minima
webhooks action:add hook:http://127.0.0.1:8080/blocks filter:NEWBLOCK
webhooks action:remove hook:NEWBLOCK#http://127.0.0.1:8080/blocks`,
  params: ["enable", "action", "hook", "filter"],
  write: false,
  run: (params, { notify }, mode) => {
    const action = params.optionalString("action") ?? "list";
    const hooks = notify.webhooks;
    if (["add", "remove", "clear", "errorlogs"].includes(action)) forWriters(mode);
    if (action === "add") {
      const filter = params.has("filter") ? params.string("filter") : "";
      if (!hooks.add(filter, params.string("hook"))) throw new CommandError("There are too many webhooks: remove one first");
    } else if (action === "remove") hooks.remove(params.string("hook"));
    else if (action === "clear") hooks.clear();
    else if (action === "errorlogs") {
      params.string("enable");
      hooks.logErrors = params.boolean("enable", false);
    }
    return response(jsonObject(["webhooks", hooks.list()]));
  },
};

/** `coinnotify`: events for the coins of an address, whoever owns it (spec 09 §7.11). */
export const coinnotify: Command = {
  name: "coinnotify",
  summary: "Get events for the coins of an address",
  details: `coinnotify action:add|remove|check address:

action: add or remove an address, or check whether it is watched.
address: whose coins to tell about, 0x or Mx.

NOTIFYCOIN events tell of coins at the address that come or go, NOTIFYCASCADECOIN that they are settled for good. Until the node stops.

coinnotify action:add address:0x...`,
  params: ["action", "address"],
  write: false,
  run: (params, { notify: { watch } }) => {
    const action = params.string("action");
    const address = params.address("address");
    const found = (value: boolean) => response(jsonObject(["address", address], ["found", value]));
    switch (action) {
      case "add":
        if (!watch.add(address)) throw new CommandError("Too many addresses are watched: remove one first");
        return response(jsonObject(["address", address]));
      case "remove":
        return found(watch.remove(address));
      case "check":
        return found(watch.has(address));
      default:
        throw new CommandError(`Invalid action : ${action}`);
    }
  },
};
