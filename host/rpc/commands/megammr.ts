import type { MinimoteNode } from "../../node/node.js";
import { toHex0x } from "../../protocol/bytes.js";
import { jsonObject } from "../../protocol/json.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError } from "../params.js";

/** `megammr`: the full set of coins of a node that keeps one (spec 09 §17). */
export const megammr: RpcCommand<MinimoteNode> = {
  name: "megammr",
  summary: "Show the MegaMMR: all unspent coins of the network",
  details: `megammr (action:info)

For nodes started with --megammr. Others restore their wallets from such a node (megammrsync).

action: info, also when nothing is said.

megammr`,
  params: ["action"],
  write: false,
  run: (params, node) => {
    const action = params.optionalString("action") ?? "info";
    if (action !== "info") throw new CommandError(`Unknown action : ${action}`);
    const { mega } = node;
    if (mega === undefined) return response(jsonObject(["enabled", false]));
    const { mmr } = mega.store.mega;
    const root = mmr.root();
    const { nodes, coins } = mega.store.counts();
    return response(
      jsonObject(
        ["enabled", true],
        ["complete", mega.isReady],
        [
          "mmr",
          jsonObject(
            ["block", String(mega.store.tip ?? 0)],
            ["entrynumber", mmr.next.toString()],
            ["size", nodes],
            ["root", root === null ? null : jsonObject(["data", toHex0x(root.hash)], ["value", root.value.toString()])],
          ),
        ],
        ["coins", coins],
      ),
    );
  },
};
