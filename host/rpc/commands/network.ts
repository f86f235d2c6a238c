import { parseAddress } from "../../net/endpoint.js";
import type { MinimoteNode } from "../../node/node.js";
import { jsonObject } from "../../protocol/json.js";
import { type RpcCommand, response } from "../command.js";
import { formatSize } from "../format.js";
import { CommandError } from "../params.js";

type Command = RpcCommand<MinimoteNode>;

/** `network`: connections and traffic (spec 09 §7.9). */
export const network: Command = {
  name: "network",
  summary: "Show the connections to other nodes",
  details: `network (action:list|restart)

action: list shows connections and traffic, restart ends and makes them anew. The default is list.

network
network action:restart`,
  params: ["action"],
  write: false,
  run: (params, node) => {
    const action = params.optionalString("action") ?? "list";
    if (action === "restart") {
      node.network.restart();
      return response("Restarting..");
    }
    if (action !== "list") throw new CommandError("Invalid action");
    const peers = node.network.peers();
    const { connecting } = node.network.metrics();
    return response(
      jsonObject(
        [
          "connections",
          peers.map((peer) =>
            jsonObject(
              ["uid", peer.uid],
              ["incoming", peer.incoming],
              ["host", peer.host],
              ["port", peer.port],
              ["minimaport", peer.announcedPort ?? 0],
              ["isconnected", true],
              ["valid", peer.valid],
              ["read", formatSize(peer.bytesRead)],
              ["write", formatSize(peer.bytesWritten)],
            ),
          ),
        ],
        [
          "details",
          jsonObject(
            ["host", node.config.listenHost],
            ["port", node.network.listening?.port ?? node.config.port],
            ["connecting", connecting],
            ["connected", peers.filter(({ valid }) => valid).length],
          ),
        ],
      ),
    );
  },
};

/** `connect`: connect with a node (spec 09 §7.9). */
export const connect: Command = {
  name: "connect",
  summary: "Connect with a node and stay connected",
  details: `connect host:

host: address and port of the other node.

connect host:203.0.113.7:9001`,
  params: ["host"],
  write: false,
  run: (params, node) => {
    const text = params.string("host");
    const endpoint = parseAddress(text);
    if (endpoint === undefined) throw new CommandError("Must specify host:port");
    node.network.connect(endpoint);
    return [["message", `Attempting to connect to ${text}`]];
  },
};

/** `disconnect`: end a connection (spec 09 §7.9). */
export const disconnect: Command = {
  name: "disconnect",
  summary: "End a connection",
  details: `disconnect uid:

uid: the connection's uid as network lists it, or all.

disconnect uid:all`,
  params: ["uid"],
  write: false,
  run: (params, node) => {
    const uid = params.string("uid");
    const targets = uid === "all" ? node.network.peers().map((peer) => peer.uid) : [uid];
    const ended = targets.filter((target) => node.network.hangUp(target));
    if (ended.length === 0 && uid !== "all") throw new CommandError(`No connection with uid : ${uid}`);
    return [["message", `Disconnected ${uid}`]];
  },
};
