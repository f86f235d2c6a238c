import { idKey, txpowKey } from "../../chain/id-key.js";
import type { MinimoteNode } from "../../node/node.js";
import { toHex0x } from "../../protocol/bytes.js";
import { type JsonObject, jsonObject } from "../../protocol/json.js";
import { txpowToJSON } from "../../protocol/json-views/txpow-json.js";
import { isBlock, isTransaction, txpowId } from "../../protocol/txpow.js";
import { type RpcCommand, response } from "../command.js";
import { localZone } from "../format.js";
import { CommandError, type Params } from "../params.js";

type Command = RpcCommand<MinimoteNode>;

/** `txpow`: find a TxPoW, or the block it is in (spec 09 §15). */
export const txpow: Command = {
  name: "txpow",
  summary: "Find a TxPoW, or see whether it is on the chain",
  details: `txpow txpowid: | onchain: | block: | relevant:true (max:)

txpowid: the TxPoW with this id.
onchain: whether and where the TxPoW with this id is in the chain.
block: the block of this number in the current chain.
relevant: the TxPoWs that concern the wallet.
max: at most this many, 100 if not given.
address: taken for compatibility.
inblock: taken for compatibility.
action: taken for compatibility.

txpow onchain:0x...
txpow block:100
txpow relevant:true max:5`,
  params: ["txpowid", "block", "address", "onchain", "relevant", "max", "action", "inblock"],
  write: false,
  run: (params, node) => {
    if (params.has("txpowid")) return response(byId(params, node));
    if (params.has("relevant"))
      return response(node.store.txpows.relevant(params.integerOr("max", 100), 0).map((item) => txpowToJSON(item, localZone())));
    if (params.has("onchain")) return response(onchain(params, node));
    if (params.has("block")) return response(atHeight(params, node));
    throw new CommandError("Must Specify search params");
  },
};

function byId(params: Params, { chain }: MinimoteNode): JsonObject {
  const id = params.data("txpowid");
  const found = chain.get(idKey(id));
  if (found === undefined) throw new CommandError(`TxPoW not found : ${toHex0x(id)}`);
  return txpowToJSON(found, localZone());
}

function atHeight(params: Params, { chain }: MinimoteNode): JsonObject {
  const number = params.integerOr("block", 0);
  const found = chain.tree?.mainAt(number);
  if (found === undefined) throw new CommandError(`TxPoW not found @ height ${number}`);
  return txpowToJSON(found.txpow, localZone());
}

/** The block that brought a TxPoW into the chain: in the tree, or below it. */
function onchain(params: Params, { chain, store }: MinimoteNode): JsonObject {
  const id = params.data("onchain");
  const tip = chain.tip?.number ?? 0;
  const node = chain.blockOf(idKey(id));
  const block = node === undefined ? store.onchain(id) : { number: node.number, block: txpowId(node.txpow) };
  if (block === undefined) return jsonObject(["found", false]);
  return jsonObject(
    ["found", true],
    ["block", String(block.number)],
    ["blockid", toHex0x(block.block)],
    ["tip", String(tip)],
    ["confirmations", String(tip - block.number)],
  );
}

/** `mempool`: what waits for a block (spec 09 §7.12). */
export const mempool: Command = {
  name: "mempool",
  summary: "Show the transactions that wait for a block",
  details: `mempool

mempool`,
  params: [],
  write: false,
  run: (_params, { chain }) => {
    const waiting = Array.from(chain.mempool.transactions());
    return response(
      jsonObject(
        [
          "txpow",
          waiting.map((item) =>
            jsonObject(["txpowid", `0x${txpowKey(item)}`], ["transaction", isTransaction(item)], ["block", isBlock(item)]),
          ),
        ],
        ["total", chain.pool.size],
        ["transactions", waiting.length],
      ),
    );
  },
};
