import { setImmediate } from "node:timers/promises";
import type { MMR } from "../../chain/mmr/mmr.js";
import type { TreeNode } from "../../chain/tree-node.js";
import { localZone } from "../../node/local-zone.js";
import type { MinimoteNode } from "../../node/node.js";
import { toHex0x } from "../../protocol/bytes.js";
import { type JsonObject, jsonObject, RawJson } from "../../protocol/json.js";
import { javaDateText } from "../../protocol/json-views/java-date.js";
import { mmrDataToJSON, mmrEntryToJSON } from "../../protocol/json-views/proof-json.js";
import { transactionToJSON } from "../../protocol/json-views/txpow-json.js";
import type { MMREntry } from "../../protocol/mmr-objects.js";
import { isEmptyTransaction, type Transaction } from "../../protocol/transaction.js";
import { type TxPoW, txpowId } from "../../protocol/txpow.js";
import { transactionsOf } from "../block-transactions.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError } from "../params.js";
import { printtree } from "./printtree.js";
import { systemcheck } from "./systemcheck.js";

type Command = RpcCommand<MinimoteNode>;

const DEFAULT_SCAN = 16;
/** Transactions in one answer. */
const MOST_SCANNED = 1000;

/** `healthcheck`: whether chain and cascade fit together (spec 09 §7.12). */
const healthcheck: Command = {
  name: "healthcheck",
  summary: "Check that the chain and what is below it fit together",
  details: `healthcheck

tipcorrect must be true: the newest block of the cascade is right below the oldest block of the tree.

healthcheck`,
  params: [],
  write: false,
  run: (_params, { chain, maxima, maximaServices }) => {
    const { tree, cascade } = chain;
    if (tree === null) throw new CommandError("No TIP block found.. ?");
    const [newest] = cascade.nodes;
    const { root, tip } = tree;
    return response(
      jsonObject(
        [
          "chain",
          jsonObject(["tip", String(tip.number)], ["root", String(root.number)], ["chainlength", String(tip.number - root.number)]),
        ],
        [
          "cascade",
          newest === undefined
            ? "nocacade"
            : jsonObject(
                ["tip", newest.txpow.header.block.toString()],
                ["tipcorrect", newest.txpow.header.block.increment().equals(root.txpow.header.block)],
                ["cascadelength", cascade.nodes.length],
              ),
        ],
        ["maxima", jsonObject(["hosts", maxima.hosts().length], ["contacts", maximaServices.contacts.count()])],
      ),
    );
  },
};

/** `printmmr`: the MMR of the tip (spec 09 §7.12). */
const printmmr: Command = {
  name: "printmmr",
  summary: "Show the MMR of the tip",
  details: `printmmr

Only what the newest block wrote is shown; the rest is in the blocks below it.

printmmr`,
  params: [],
  write: false,
  run: (_params, { chain }) => {
    if (chain.tip === null) throw new CommandError("NO Blocks yet..");
    return response(mmrToJSON(chain.tip.mmr));
  },
};

function mmrToJSON(mmr: MMR): JsonObject {
  const entries = Array.from(mmr.entries());
  const last: (MMREntry | undefined)[] = [];
  for (const entry of entries) {
    const before = last[entry.row];
    if (before === undefined || before.entry.unscaled <= entry.entry.unscaled) last[entry.row] = entry;
  }
  const root = mmr.root();
  return jsonObject(
    ["block", mmr.blocktime],
    ["entrynumber", new RawJson(mmr.next.toString())],
    ["size", entries.length],
    ["entries", entries.map(mmrEntryToJSON)],
    ["maxrow", Math.max(0, last.length - 1)],
    ["maxentries", last.flatMap((entry) => (entry === undefined ? [] : [mmrEntryToJSON(entry)]))],
    ["root", root === null ? null : mmrDataToJSON(root)],
  );
}

/** `scanchain`: the newest blocks and their transactions (spec 09 §5). */
const scanchain: Command = {
  name: "scanchain",
  summary: "Show the newest blocks and their transactions",
  details: `scanchain (depth:)

depth: this many blocks below the tip, ${DEFAULT_SCAN} if not given. It ends early after ${MOST_SCANNED} transactions.

scanchain depth:100`,
  params: ["depth"],
  write: false,
  run: async (params, { chain }) => {
    const { tip } = chain;
    if (tip === null) throw new CommandError("NO Blocks yet..");
    const depth = params.integerOr("depth", DEFAULT_SCAN);
    const blocks: JsonObject[] = [];
    let left = MOST_SCANNED;
    for (let node: TreeNode | null = tip; node !== null && blocks.length <= depth && left > 0; node = node.parent) {
      const transactions = transactionsOf(node, chain).map(transactionDetails);
      left -= transactions.length;
      const time = node.txpow.header.time;
      blocks.push(
        jsonObject(
          ["block", node.number],
          ["depth", tip.number - node.number],
          ["timemilli", new RawJson(time.toString())],
          ["date", javaDateText(time.toInt64(), localZone())],
          ["txpowid", toHex0x(txpowId(node.txpow))],
          ["transactions", transactions],
        ),
      );
      await setImmediate();
    }
    return response(jsonObject(["depth", depth], ["blocks", blocks]));
  },
};

function transactionDetails(txpow: TxPoW): JsonObject {
  const shown = (transaction: Transaction | undefined): JsonObject | undefined =>
    transaction === undefined || isEmptyTransaction(transaction) ? undefined : transactionToJSON(transaction);
  const main = shown(txpow.body?.transaction);
  const burn = shown(txpow.body?.burnTransaction);
  return jsonObject(
    ["txpowid", toHex0x(txpowId(txpow))],
    ["istransaction", main !== undefined],
    main && ["transaction", main],
    ["isburntransaction", burn !== undefined],
    burn && ["burntransaction", burn],
  );
}

export const DIAGNOSTIC_COMMANDS: readonly Command[] = [healthcheck, systemcheck, scanchain, printtree, printmmr];
