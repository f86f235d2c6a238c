import { parseAddress } from "../../net/endpoint.js";
import { savedMaster, saveMaster } from "../../node/master.js";
import type { MinimoteNode } from "../../node/node.js";
import { type JsonValue, jsonObject } from "../../protocol/json.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError } from "../params.js";

/** `slavenode`: whether the node takes ready-made blocks from one host only, from its next start on (spec 09 §5). */
export const slavenode: RpcCommand<MinimoteNode> = {
  name: "slavenode",
  summary: "Take blocks from one node only, without checking transactions",
  details: `slavenode (enable:true|false) (host:IP:PORT)

The smallest boards need not check every transaction of the network: they take ready-made blocks from one node that does, and check
headers, work and sums. They still hold their own coins and pay. Takes effect at the next start.

enable: true to follow a node, false to check everything again.
host: the node to follow.

slavenode
slavenode enable:true host:10.0.0.5:9001
slavenode enable:false`,
  params: ["enable", "host"],
  write: true,
  run: (params, node) => {
    const { values } = node.store;
    const changed = params.has("enable");
    if (changed) saveMaster(values, params.boolean("enable", false) ? hostParam(params.string("host")) : undefined);
    const master = savedMaster(values);
    return response(
      jsonObject(
        ...(changed ? ([["message", "RESTART REQUIRED"]] as [string, JsonValue][]) : []),
        ["enabled", master !== undefined],
        ["master", master ?? ""],
      ),
    );
  },
};

function hostParam(text: string): string {
  if (parseAddress(text) === undefined) throw new CommandError(`Invalid host, must be IP:PORT : ${text}`);
  return text;
}
