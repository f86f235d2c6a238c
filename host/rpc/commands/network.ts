import { parseAddress } from "../../net/endpoint.js";
import type { MinimoteNode } from "../../node/node.js";
import { localHost } from "../../node/own-host.js";
import { jsonObject } from "../../protocol/json.js";
import { forWriters, type RpcCommand, response } from "../command.js";
import { connectionToJSON, networkDetails } from "../network-json.js";
import { CommandError } from "../params.js";
import { message, ping } from "./messages.js";
import { p2pstate, peers } from "./peers.js";
import { slavenode } from "./slavenode.js";

type Command = RpcCommand<MinimoteNode>;

/** `network`: connections and traffic (spec 09 §7.9). */
const network: Command = {
  name: "network",
  summary: "Show the connections to other nodes",
  details: `network (action:list|reset|restart|recalculateip|loggingon|loggingoff)

action: list shows connections and traffic, reset counts the traffic anew, restart ends all connections and makes them anew, recalculateip shows under which address others reach the node, loggingon and loggingoff begin and end to log every message. The default is list.

network
network action:restart`,
  params: ["action"],
  write: false,
  run: (params, node, mode) => {
    const action = params.optionalString("action") ?? "list";
    if (action !== "list" && action !== "recalculateip") forWriters(mode);
    switch (action) {
      case "list":
        return response(jsonObject(["connections", node.network.peers().map(connectionToJSON)], ["details", networkDetails(node)]));
      case "reset":
        node.network.traffic.reset(Date.now());
        return response("Traffic counter restarted..");
      case "restart":
        node.network.restart();
        return response("Restarting..");
      case "recalculateip":
        return response(jsonObject(["ip", localHost(node.config)]));
      case "loggingon":
        return response(logMessages(node, true));
      case "loggingoff":
        return response(logMessages(node, false));
      default:
        throw new CommandError("Invalid action");
    }
  },
};

function logMessages({ topics }: MinimoteNode, on: boolean): string {
  for (const topic of ["networking", "ibd", "peerschecker"] as const) topics.set(topic, on);
  return `Full Network logging ${on ? "ON" : "OFF"}`;
}

/** `connect`: connect with a node (spec 09 §7.9). */
const connect: Command = {
  name: "connect",
  summary: "Connect with a node and stay connected",
  details: `connect host:

host: address and port of the other node.

connect host:203.0.113.7:9001`,
  params: ["host"],
  write: false,
  run: (params, node, mode) => {
    forWriters(mode);
    if (!params.has("host")) throw new CommandError("No host specified");
    const text = params.string("host");
    const endpoint = parseAddress(text);
    if (endpoint === undefined) throw new CommandError("Must specify host:port");
    node.network.connect(endpoint);
    return [["message", `Attempting to connect to ${text}`]];
  },
};

/** `disconnect`: end a connection (spec 09 §7.9). */
const disconnect: Command = {
  name: "disconnect",
  summary: "End a connection",
  details: `disconnect uid:

uid: the connection's uid as network lists it, or all.

disconnect uid:all`,
  params: ["uid"],
  write: false,
  run: (params, node, mode) => {
    forWriters(mode);
    if (!params.has("uid")) throw new CommandError("No uid specified");
    const uid = params.string("uid");
    const targets = uid === "all" ? node.network.peers().map((peer) => peer.uid) : [uid];
    for (const target of targets) node.network.hangUp(target);
    return [["message", `Attempting to disconnect from ${uid}`]];
  },
};

export const NETWORK_COMMANDS: readonly Command[] = [network, connect, disconnect, ping, message, peers, p2pstate, slavenode];
