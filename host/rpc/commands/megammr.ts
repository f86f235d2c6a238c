import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { completeIBD } from "../../net/ibd-choice.js";
import { chainView } from "../../node/chain-port.js";
import { localZone } from "../../node/local-zone.js";
import { writeMegaFile } from "../../node/mega/mega-file.js";
import type { MegaKeeper } from "../../node/mega/mega-keeper.js";
import type { MinimoteNode } from "../../node/node.js";
import { ResyncError } from "../../node/resync/errors.js";
import type { ResyncResult } from "../../node/resync/resync.js";
import { type JsonValue, jsonObject, RawJson } from "../../protocol/json.js";
import { formatSize } from "../../protocol/json-views/format.js";
import { javaDateText } from "../../protocol/json-views/java-date.js";
import { mmrDataToJSON, mmrEntryToJSON } from "../../protocol/json-views/proof-json.js";
import { type CommandAnswer, type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";

/** What a node without MegaMMR shows of it. */
const NO_MMR: JsonValue = jsonObject(["block", 0], ["entrynumber", 0], ["size", 0], ["maxrow", 0], ["maxentries", []], ["root", null]);

/** `megammr`: the full set of coins of a node that keeps one (spec 09 §17). */
export const megammr: RpcCommand<MinimoteNode> = {
  name: "megammr",
  summary: "Show, export, import or check the MegaMMR: all unspent coins of the network",
  details: `megammr (action:info|export|import|integrity) (file:)

For nodes started with --megammr. Others restore their wallets from such a node (megammrsync). Files are those of the reference, too.

action: info shows how large it is, export writes it to a file, import takes one in and starts the node again, integrity checks one.
  The default is info.
file: in the data folder, or anywhere with its path; export makes up a name if none is given.

megammr
megammr action:export file:coins.megammr
megammr action:integrity file:coins.megammr
megammr action:import file:coins.megammr`,
  params: ["action", "file"],
  write: false,
  run: (params, node, mode) => {
    const action = params.optionalString("action") ?? "info";
    if (action !== "info" && mode !== "write") throw new CommandError("This command needs write access");
    switch (action) {
      case "info":
        return response(info(node.mega));
      case "export":
        return exportFile(params, node, enabled(node));
      case "import":
        enabled(node);
        return importFile(params, node);
      case "integrity":
        return checkFile(params, node);
      default:
        throw new CommandError(`Unknown action : ${action}`);
    }
  },
};

function enabled({ mega }: MinimoteNode): MegaKeeper {
  if (mega === undefined) throw new CommandError("MegaMMR not enabled");
  return mega;
}

function info(mega: MegaKeeper | undefined): JsonValue {
  if (mega === undefined) return jsonObject(["enabled", false], ["mmr", NO_MMR], ["coins", 0]);
  const { mmr } = mega.store.mega;
  const root = mmr.root();
  const peaks = mmr.peaks();
  const { nodes, coins } = mega.store.counts();
  return jsonObject(
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
  );
}

async function exportFile(params: Params, node: MinimoteNode, mega: MegaKeeper): Promise<CommandAnswer> {
  const name = params.optionalString("file") ?? `megammr_${node.chain.tip?.number ?? 0}.megammr`;
  const path = resolve(node.config.dataDir, name);
  await mega.catchUp();
  if (!mega.isReady || mega.store.tip === undefined) throw new CommandError("The MegaMMR is not complete yet");
  let tip = 0;
  const size = await writeMegaFile(path, mega, () => {
    if (!mega.isReady) throw new CommandError("The MegaMMR is being brought up to date, try again");
    tip = node.chain.tip?.number ?? 0;
    return completeIBD(chainView(node.chain, node.store));
  });
  return response(jsonObject(["megammrtip", mega.store.tip], ["ibdtip", tip], ["backup", path], ["size", formatSize(size)]));
}

async function importFile(params: Params, node: MinimoteNode): Promise<CommandAnswer> {
  const { coins } = await readFile(params, node, false);
  node.restart();
  return response(jsonObject(["message", "MegaMMR import finished.. the node restarts"], ["coins", coins]));
}

async function checkFile(params: Params, node: MinimoteNode): Promise<CommandAnswer> {
  const { root, cascadeTime, tip, weight } = await readFile(params, node, true);
  return response(
    jsonObject(
      ["cascadetip", root - 1],
      ["cascadedate", javaDateText(BigInt(cascadeTime), localZone())],
      ["chaintip", tip],
      ["weight", weight.toString()],
    ),
  );
}

async function readFile(params: Params, node: MinimoteNode, checkOnly: boolean): Promise<ResyncResult> {
  const path = resolve(node.config.dataDir, params.string("file"));
  if (!existsSync(path)) throw new CommandError(`MegaMMR file doesn't exist : ${basename(path)}`);
  try {
    return await node.resync.run({ source: { type: "file", path }, checkOnly });
  } catch (error) {
    if (error instanceof ResyncError) throw new CommandError(error.message);
    throw error;
  }
}
