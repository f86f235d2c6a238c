import { LOG_TOPICS } from "../../node/log-topics.js";
import type { MinimoteNode } from "../../node/node.js";
import { jsonObject } from "../../protocol/json.js";
import { forWriters, type RpcCommand, response } from "../command.js";
import { CommandError } from "../params.js";

type Command = RpcCommand<MinimoteNode>;

/** `logs`: log more about a topic (spec 09 §7.9). */
export const logs: Command = {
  name: "logs",
  summary: "Log more, or less, about a topic",
  details: `logs (scripts:true|false) (mining:true|false) (maxima:true|false) (blocks:true|false) (networking:true|false) (ibd:true|false) (peerschecker:true|false) (txpowdb:true|false)

scripts: scripts that fail or take long.
mining: when mining of a TxPoW begins and ends.
maxima: Maxima messages that are forwarded.
blocks: every block that is added.
networking: every message between nodes.
ibd: downloads of chains.
peerschecker: peers that are tried out.
txpowdb: every TxPoW that is stored.

All are off when the node starts. Where the node logs to is the same as ever.

logs
logs blocks:true mining:true`,
  params: [...LOG_TOPICS],
  write: false,
  run: (params, { topics }, mode) => {
    if (params.values.size > 0) forWriters(mode);
    for (const topic of LOG_TOPICS) if (params.has(topic)) topics.set(topic, params.boolean(topic, false));
    return response(jsonObject(...LOG_TOPICS.map((topic) => [topic, topics.isOn(topic)] as const)));
  },
};

/** `trace`: log every step of the chain (spec 09 §5). */
export const trace: Command = {
  name: "trace",
  summary: "Log every step the chain takes",
  details: `trace enable:true|false (filter:) (network:true|false)

enable: begin or end.
filter: only steps whose name contains this text, such as block or store.
network: true also logs every message between nodes.

trace enable:true filter:block
trace enable:false`,
  params: ["enable", "filter", "network"],
  write: false,
  run: (params, { topics }, mode) => {
    forWriters(mode);
    if (!params.has("enable")) throw new CommandError("Must specify enable");
    const enabled = params.boolean("enable", false);
    const filter = params.optionalString("filter") ?? "";
    const network = params.boolean("network", false);
    topics.trace(enabled ? filter : undefined);
    topics.set("networking", network);
    return response(jsonObject(["enabled", enabled], ["filter", filter], ["shownetwork", network]));
  },
};
