import type { Cascade } from "../../chain/cascade.js";
import { chainSpeed } from "../../chain/difficulty.js";
import type { NetworkParams } from "../../chain/params.js";
import type { TreeNode } from "../../chain/tree-node.js";
import { floorWeight, targetWeight } from "../../chain/weight.js";
import type { DiskUsage } from "../../node/data-files.js";
import { localZone } from "../../node/local-zone.js";
import type { MinimoteNode } from "../../node/node.js";
import { padLeft, toHex0x } from "../../protocol/bytes.js";
import { type JsonValue, jsonObject, RawJson } from "../../protocol/json.js";
import { formatSize, formatUptime } from "../../protocol/json-views/format.js";
import { javaDateText } from "../../protocol/json-views/java-date.js";
import { MiniNumber } from "../../protocol/number.js";
import { txpowId } from "../../protocol/txpow.js";
import { type RpcCommand, response } from "../command.js";
import { networkSummary } from "../network-json.js";
import { CommandError } from "../params.js";

/** What the reference takes for the hash rate of a slower machine. */
const LEAST_HASH_RATE = 10_000;

/** `status`: node, chain, memory and network at a glance (spec 09 §7.1). */
const status: RpcCommand<MinimoteNode> = {
  name: "status",
  summary: "Show the state of the node, its chain and its network",
  details: `status (complete:true) (clean:true)

complete: true shows more of the files.
clean: taken for compatibility, memory is never cleaned by hand.

status
status complete:true`,
  params: ["clean", "debug", "complete"],
  write: false,
  run: (given, node) => {
    const { chain, store, config, wallet, params } = node;
    const complete = given.boolean("complete", false);
    const { tree, cascade } = chain;
    const treeWeight = tree === null ? 0n : floorWeight(tree.root.total);
    const length = (tree?.length ?? 0) + cascade.nodes.length;
    const disk = node.diskUsage();
    const counts = store.counts();
    return response(
      jsonObject(
        ["version", `${params.version}.15`],
        ["uptime", formatUptime(Date.now() - node.startedAt)],
        ["locked", wallet.isLocked],
        ...(complete
          ? ([
              ["powmode", "normal"],
              ["devices", String(devices(node))],
            ] as const)
          : []),
        ["length", length],
        ["weight", String(treeWeight + floorWeight(cascade.weight))],
        ["minima", tree === null ? "0" : tree.tip.txpow.header.total.toString()],
        ["coins", tree === null ? "0" : tree.tip.mmr.next.toString()],
        ["data", config.dataDir],
        [
          "memory",
          jsonObject(
            ["ram", formatSize(process.memoryUsage.rss())],
            ["disk", formatSize(disk.chain + disk.wallet + disk.maxima + disk.settings)],
            ["files", filesToJSON(disk, complete)],
          ),
        ],
        [
          "chain",
          tree === null
            ? jsonObject(
                ["block", 0],
                ["time", "NO BLOCKS YET"],
                ["hash", "0x00"],
                ["length", 0],
                ["branches", 0],
                ["cascade", cascadeToJSON(cascade)],
              )
            : jsonObject(
                ["block", tree.tip.number],
                ["time", javaDateText(tree.tip.txpow.header.time.toInt64(), localZone())],
                ["hash", toHex0x(txpowId(tree.tip.txpow))],
                ["speed", speedOf(tree.tip, params)],
                ["difficulty", toHex0x(padLeft(tree.tip.txpow.header.blkdiff, 32))],
                ["size", tree.size],
                ["length", tree.length],
                ["branches", tree.size - tree.length],
                ["weight", String(treeWeight)],
                ["cascade", cascadeToJSON(cascade)],
              ),
        ],
        [
          "txpow",
          jsonObject(
            ["mempool", Array.from(chain.mempool.transactions()).length],
            ["ramdb", chain.pool.size],
            ["txpowdb", counts.txpows],
            ["archivedb", counts.archived],
          ),
        ],
        ["network", jsonObject(...networkSummary(node))],
      ),
    );
  },
};

/**
 * Sizes under the names of the reference's files. The chain is in one file, as is the wallet; what the reference keeps apart is in
 * there (spec 09 §7.1).
 */
function filesToJSON({ chain, wallet, maxima, settings }: DiskUsage, complete: boolean): JsonValue {
  const none = formatSize(0);
  return jsonObject(
    ["txpowdb", formatSize(chain)],
    ["archivedb", none],
    ["cascade", none],
    ["chaintree", none],
    ["wallet", formatSize(wallet)],
    ["userdb", formatSize(maxima + settings)],
    ["p2pdb", none],
    ...(complete
      ? ([
          ["mds", none],
          ["allfiles", jsonObject(["total", formatSize(chain + wallet + maxima + settings)], ["dirs", jsonObject()])],
        ] as const)
      : []),
  );
}

function cascadeToJSON({ nodes: [newest, ...others], weight }: Cascade): JsonValue {
  return jsonObject(
    ["start", newest === undefined ? -1 : Number(newest.txpow.header.block.toBigInt())],
    ["length", newest === undefined ? 0 : others.length + 1],
    ["weight", String(floorWeight(weight))],
  );
}

/** How many machines like this one make the work of a block every second. */
function devices({ chain, miner }: MinimoteNode): number {
  if (chain.tip === null) return 0;
  const work = Number(floorWeight(targetWeight(chain.tip.txpow.header.blkdiff)));
  return Math.ceil(work / Math.max(miner.hashRate, LEAST_HASH_RATE));
}

/** Blocks per second, 5 significant digits: 1 while there are hardly any blocks, -1 if it cannot be told (spec 09 §7.1). */
function speedOf(tip: TreeNode, params: NetworkParams): JsonValue {
  if (tip.number <= 2) return 1;
  const speed = chainSpeed(tip, params);
  return speed === null ? -1 : new RawJson(MiniNumber.parse((speed * 1000).toPrecision(5)).toString());
}

/** `block`: the tip (spec 09 §7.2). */
const block: RpcCommand<MinimoteNode> = {
  name: "block",
  summary: "Show the tip of the chain",
  details: `block

block`,
  params: [],
  write: false,
  run: (_params, { chain }) => {
    const { tip } = chain;
    if (tip === null) throw new CommandError("NO Blocks yet..");
    const time = tip.txpow.header.time.toInt64();
    return response(
      jsonObject(
        ["block", String(tip.number)],
        ["hash", toHex0x(txpowId(tip.txpow))],
        ["timemilli", String(time)],
        ["date", javaDateText(time, localZone())],
      ),
    );
  },
};

export const CHAIN_COMMANDS: readonly RpcCommand<MinimoteNode>[] = [status, block];
