import { setImmediate } from "node:timers/promises";
import { type IdKey, idKey, txpowKey } from "../../chain/id-key.js";
import type { TreeNode } from "../../chain/tree-node.js";
import { localZone } from "../../node/local-zone.js";
import type { MinimoteNode } from "../../node/node.js";
import { equalBytes, parseHex, toHex0x } from "../../protocol/bytes.js";
import type { Coin } from "../../protocol/coin.js";
import { type JsonObject, type JsonValue, jsonObject } from "../../protocol/json.js";
import { javaDateText } from "../../protocol/json-views/java-date.js";
import { txpowToJSON } from "../../protocol/json-views/txpow-json.js";
import { decode } from "../../protocol/reader.js";
import { readTxBlock } from "../../protocol/txblock.js";
import { isBlock, isTransaction, type TxPoW, txpowId } from "../../protocol/txpow.js";
import type { OnChain } from "../../store/onchain-table.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";
import { burn } from "./burn.js";
import { history, MOST_TXPOWS, printed, rowsParam } from "./history.js";

type Command = RpcCommand<MinimoteNode>;

/** Rows of the on-chain index in one answer. */
const MOST_ROWS = 10_000;
const DEFAULT_MAX = 100;
const STORED_DAYS = 3;

/** `txpow`: find a TxPoW, or the block it is in (spec 09 §15). */
const txpow: Command = {
  name: "txpow",
  summary: "Find a TxPoW, or see whether it is on the chain",
  details: `txpow txpowid:|onchain:|block:|inblock:|address:|relevant:true (max:)|action:info

txpowid: the TxPoW with this id.
onchain: whether and where the TxPoW with this id is in the chain.
block: the block of this number in the current chain.
inblock: what a block brought that is settled for good, by its number or id.
address: the TxPoWs of recent blocks that take from or give to this address.
relevant: the TxPoWs that concern the wallet.
max: with address and relevant, at most this many; ${DEFAULT_MAX} if not given, ${MOST_TXPOWS} at most.
action: info tells how much is stored.

txpow onchain:0x...
txpow block:100
txpow relevant:true max:5`,
  params: ["txpowid", "block", "address", "onchain", "relevant", "max", "action", "inblock"],
  write: false,
  run: async (params, node) => {
    if (params.has("action")) return response(info(params, node));
    if (params.has("txpowid")) return response(byId(params, node));
    if (params.has("relevant")) return response(await relevant(params, node));
    if (params.has("inblock")) return response(jsonObject(["txns", inBlock(params, node).map(onchainRow)]));
    if (params.has("onchain")) return response(onchain(params, node));
    if (params.has("block")) return response(atHeight(params, node));
    if (params.has("address")) return response(await byAddress(params, node));
    throw new CommandError("Must Specify search params");
  },
};

function info(params: Params, { store }: MinimoteNode): JsonObject {
  const action = params.string("action");
  if (action !== "info") throw new CommandError(`Invalid action : ${action}`);
  const row = (found: OnChain | undefined): JsonObject =>
    found === undefined
      ? jsonObject(["found", false])
      : jsonObject(["found", true], ...onchainRow(found), ["date", javaDateText(BigInt(found.added), localZone())]);
  return jsonObject(
    ["storedays", STORED_DAYS],
    ["txpowdb", jsonObject(["size", store.txpows.count()])],
    ["onchaindb", jsonObject(["size", store.onchain.count()], ["first", row(store.onchain.first())], ["last", row(store.onchain.last())])],
  );
}

function byId(params: Params, node: MinimoteNode): JsonObject {
  const id = params.address("txpowid");
  const found = id.startsWith("0x") ? complete(idKey(parseHex(id)), node) : undefined;
  if (found === undefined) throw new CommandError(`TxPoW not found : ${id}`);
  return txpowToJSON(found, localZone());
}

/** A TxPoW with its witness, which blocks of the tree give up after a while. */
function complete(key: IdKey, { chain, store }: MinimoteNode): TxPoW | undefined {
  const found = chain.get(key);
  const bytes = found === undefined ? store.txblocks.bytes(key) : undefined;
  return bytes === undefined ? found : decode(readTxBlock, bytes).txpow;
}

async function relevant(params: Params, { store }: MinimoteNode): Promise<JsonValue[]> {
  const limit = rowsParam(params, DEFAULT_MAX);
  const found: JsonValue[] = [];
  for (const item of store.txpows.newest({ relevant: true, limit, offset: 0 })) {
    found.push(printed(item));
    await setImmediate();
  }
  return found;
}

function atHeight(params: Params, node: MinimoteNode): JsonObject {
  const number = params.number("block");
  const height = number.isWhole() ? number.toInt32() : -1;
  const key = node.chain.tree?.mainAt(height)?.key ?? node.store.txblocks.archived(height, height + 1)[0]?.key;
  const found = key === undefined ? undefined : complete(key, node);
  if (found === undefined) throw new CommandError(`TxPoW not found @ height ${number.toString()}`);
  return txpowToJSON(found, localZone());
}

function inBlock(params: Params, { store }: MinimoteNode): OnChain[] {
  if (!params.string("inblock").startsWith("0x")) {
    const number = params.number("inblock");
    return number.isWhole() ? store.onchain.inBlock(number.toInt32(), MOST_ROWS) : [];
  }
  const id = params.data("inblock");
  const number = store.txblocks.archivedNumber(idKey(id));
  return number === undefined ? [] : store.onchain.inBlockOfId(number, id, MOST_ROWS);
}

function onchainRow({ txpow: id, block, number, added }: OnChain): JsonObject {
  return jsonObject(["txpowid", toHex0x(id)], ["blockid", toHex0x(block)], ["block", number], ["timemilli", added]);
}

/** The block that brought a TxPoW into the chain: in the tree, or below it. */
function onchain(params: Params, { chain, store }: MinimoteNode): JsonObject {
  const id = params.data("onchain");
  const tip = chain.tip?.number ?? 0;
  const node = chain.blockOf(idKey(id));
  const block = node === undefined ? store.onchain.find(id) : { number: node.number, block: txpowId(node.txpow) };
  if (block === undefined) return jsonObject(["found", false]);
  return jsonObject(
    ["found", true],
    ["block", String(block.number)],
    ["blockid", toHex0x(block.block)],
    ["tip", String(tip)],
    ["confirmations", String(tip - block.number)],
  );
}

/** Looks through the blocks of the tree, newest first. */
async function byAddress(params: Params, { chain }: MinimoteNode): Promise<JsonValue[]> {
  const address = parseHex(params.address("address"));
  const limit = rowsParam(params, DEFAULT_MAX);
  const isThere = (coin: Coin): boolean => equalBytes(coin.address, address);
  const found = new Map<IdKey, JsonValue>();
  for (let node: TreeNode | null = chain.tip; node !== null && found.size < limit; node = node.parent) {
    if (!node.created.some(isThere) && !node.spent.some(isThere)) continue;
    for (const key of [node.key, ...node.listed]) {
      const item = chain.get(key);
      if (item?.body == null || found.size >= limit) continue;
      const { transaction, burnTransaction } = item.body;
      const isIn = [transaction, burnTransaction].some(({ inputs, outputs }) => inputs.some(isThere) || outputs.some(isThere));
      if (isIn) found.set(key, printed(item));
    }
    await setImmediate();
  }
  return Array.from(found.values());
}

/** `mempool`: the TxPoWs in memory (spec 09 §7.12). */
const mempool: Command = {
  name: "mempool",
  summary: "Show the TxPoWs in memory, those that wait for a block among them",
  details: `mempool

Those of settled blocks are not kept in memory: cascade is always 0.

mempool`,
  params: [],
  write: false,
  run: (_params, { chain }) => {
    const all = chain.pool.txpows();
    const rows = all.map((item) => ({ id: `0x${txpowKey(item)}`, transaction: isTransaction(item), block: isBlock(item) }));
    return response(
      jsonObject(
        ["txpow", rows.map(({ id, transaction, block }) => jsonObject(["txpowid", id], ["transaction", transaction], ["block", block]))],
        ["total", rows.length],
        ["onchain", rows.length],
        ["cascade", 0],
        ["transactions", rows.filter(({ transaction }) => transaction).length],
        ["blocks", rows.filter(({ block }) => block).length],
      ),
    );
  },
};

export const TXPOW_COMMANDS: readonly Command[] = [history, txpow, mempool, burn];
