import type { MinimoteNode } from "../../node/node.js";
import { type JsonObject, jsonObject, RawJson } from "../../protocol/json.js";
import { mmrDataToJSON, mmrEntryToJSON } from "../../protocol/json-views/proof-json.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError } from "../params.js";

/** What a node without MegaMMR shows of it. */
const NO_MMR: JsonObject = jsonObject(["block", 0], ["entrynumber", 0], ["size", 0], ["maxrow", 0], ["maxentries", []], ["root", null]);

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
    if (mega === undefined) return response(jsonObject(["enabled", false], ["mmr", NO_MMR], ["coins", 0]));
    const { mmr } = mega.store.mega;
    const root = mmr.root();
    const peaks = mmr.peaks();
    const { nodes, coins } = mega.store.counts();
    return response(
      jsonObject(
        ["enabled", true],
        [
          "mmr",
          jsonObject(
            ["block", mega.store.tip ?? 0],
            ["entrynumber", new RawJson(mmr.next.toString())],
            ["size", nodes],
            ["maxrow", Math.max(0, ...peaks.map(({ row }) => row))],
            // The newest entry of the rows that have a peak: more would take a search.
            ["maxentries", peaks.map(mmrEntryToJSON)],
            ["root", root === null ? null : mmrDataToJSON(root)],
          ),
        ],
        ["coins", coins],
        ["complete", mega.isReady],
      ),
    );
  },
};
