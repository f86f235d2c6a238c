import type { MinimoteNode } from "../../node/node.js";
import { toHex0x } from "../../protocol/bytes.js";
import { type JsonObject, type JsonValue, jsonObject } from "../../protocol/json.js";
import { txpowId } from "../../protocol/txpow.js";
import { type RpcCommand, response } from "../command.js";

/** A part of the node: how much waits there, and what it is at. */
interface Part {
  readonly name: string;
  readonly waiting: number;
  readonly doing: string;
}

/** `systemcheck`: the parts of the node and what waits in them (spec 09 §5). */
export const systemcheck: RpcCommand<MinimoteNode> = {
  name: "systemcheck",
  summary: "Show the parts of the node and how much work waits in each",
  details: `systemcheck (action:list|details) (processor:)

action: list shows all parts; details writes one to the log. The default is list.
processor: with details, the part: main, txpowprocessor, txpowminer, niomanager, p2pmanager, mdsmanager, sendpollmanager, notifymanager or timerprocessor.

stack is how much waits. A number that stays high says that the machine does not keep up.

systemcheck
systemcheck action:details processor:niomanager`,
  params: ["processor", "action"],
  write: false,
  run: (params, node) => {
    const action = params.optionalString("action") ?? "list";
    if (action === "list") return response(listed(node));
    if (action !== "details") return response(jsonObject());
    const wanted = params.string("processor").toLowerCase();
    const part = partsOf(node).find(({ name }) => name.toLowerCase() === wanted);
    if (part !== undefined) node.log.info("part of the node", { name: part.name, waiting: part.waiting, doing: part.doing });
    else if (wanted === "timerprocessor") node.log.info("part of the node", { name: "TimerProcessor", waiting: timers() });
    return response(jsonObject(["details", "Sent to Minima Log"]));
  },
};

function listed(node: MinimoteNode): JsonObject {
  const parts = partsOf(node).map(({ name, waiting, doing }): [string, JsonValue] => [
    // The reference spells it so.
    name === "TxPowProcessor" ? "TxPowProcesssor" : name,
    jsonObject(["stack", waiting], ["lastmessage", doing]),
  ]);
  const noService: [string, JsonValue] = ["MDSServices", []];
  const afterMDS = parts.findIndex(([name]) => name === "MDSManager") + 1;
  return jsonObject(
    ...parts.slice(0, afterMDS),
    noService,
    ...parts.slice(afterMDS),
    ["TimerProcessor", timers()],
    ["RWLockInfo", "no locks: one thread changes the chain"],
    ["writelockthread", "main"],
    ["writelockthreadstate", false],
    ["Shutting Down", false],
  );
}

function partsOf({ chain, network, miner, notify, backlog, config }: MinimoteNode): readonly Part[] {
  const { tip, pool } = chain;
  const { peers, validPeers, connecting } = network.metrics();
  const overlay = network.overlay();
  return [
    { name: "Main", waiting: 0, doing: tip === null ? "no blocks yet" : `block ${tip.number} ${toHex0x(txpowId(tip.txpow))}` },
    { name: "TxPowProcessor", waiting: backlog.chain, doing: `${pool.size} TxPoWs in memory` },
    { name: "TxPowMiner", waiting: 0, doing: config.mine ? `${Math.round(miner.hashRate)} hashes per second` : "mining is off" },
    { name: "NIOManager", waiting: backlog.requests, doing: `${validPeers} of ${peers} connections in use, ${connecting} being made` },
    {
      name: "P2PManager",
      waiting: overlay?.uncheckedPeers ?? 0,
      doing: overlay === undefined ? "P2P is off" : `${overlay.knownPeers.length} peers known`,
    },
    { name: "MDSManager", waiting: 0, doing: "MiniDapps are off" },
    { name: "SendPollManager", waiting: 0, doing: "" },
    { name: "NotifyManager", waiting: 0, doing: `${notify.webhooks.list().length} webhooks` },
  ];
}

/** Timers that keep the process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
}
