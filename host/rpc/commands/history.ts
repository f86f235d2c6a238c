import { setImmediate } from "node:timers/promises";
import type { TreeNode } from "../../chain/tree-node.js";
import { localZone } from "../../node/local-zone.js";
import type { MinimoteNode } from "../../node/node.js";
import { toHex0x } from "../../protocol/bytes.js";
import type { Coin } from "../../protocol/coin.js";
import { hashSetOrder, hashtableOrder } from "../../protocol/java-hashtable.js";
import { type JsonObject, type JsonValue, jsonObject, printJson, RawJson } from "../../protocol/json.js";
import { txpowToJSON } from "../../protocol/json-views/txpow-json.js";
import { MiniNumber } from "../../protocol/number.js";
import { tokenAmount } from "../../protocol/token.js";
import { isTransaction, type TxPoW } from "../../protocol/txpow.js";
import { parseTxPoWFilter } from "../../store/txpow-filter.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";

const DEFAULT_MAX = 100;
/** TxPoWs in one answer: more are asked for with `offset`. */
export const MOST_TXPOWS = 1000;
const DEFAULT_DEPTH = 1720;
const ONE_DAY_MS = 24 * 3600 * 1000;

/** `history`: the TxPoWs that concern the wallet (spec 09 §15). */
export const history: RpcCommand<MinimoteNode> = {
  name: "history",
  summary: "Show the transactions that concern the wallet",
  details: `history (action:list|size|transactions|customsize) (max:) (offset:) (relevant:true|false) (startmilli:) (depth:) (where:)

action: list shows them, the newest first; size counts them; transactions counts those in the newest blocks; customsize counts stored TxPoWs that meet a condition. The default is list.
max: at most this many, ${DEFAULT_MAX} if not given, ${MOST_TXPOWS} at most.
offset: skip this many of the newest.
relevant: false takes all TxPoWs that are still stored.
startmilli: with size and relevant:false, count what came after this time; the last day if not given.
depth: with transactions, this many blocks, ${DEFAULT_DEPTH} if not given.
where: with customsize, comparisons of isblock, istransaction, isrelevant, timemilli, txpowid and parentid, with AND, OR, NOT and brackets.

history max:10
history max:10 offset:10
history action:transactions depth:100
history action:customsize where:"istransaction=1 AND timemilli>1700000000000"`,
  params: ["depth", "max", "offset", "action", "relevant", "startmilli", "where"],
  write: false,
  run: async (params, node) => {
    const action = params.optionalString("action") ?? "list";
    switch (action) {
      case "list":
        return response(await listed(params, node));
      case "size":
        return response(sizeOf(params, node));
      case "transactions":
        return response(await countTransactions(params, node));
      case "customsize":
        return response(jsonObject(["size", await countWhere(params.string("where"), node)]));
      default:
        throw new CommandError(`Invalid action:${action}`);
    }
  },
};

/** A number of rows; one beyond the most is taken for the most, and there are none where it is negative. */
export function rowsParam(params: Params, fallback: number): number {
  return Math.min(Math.max(0, params.integerOr("max", fallback)), MOST_TXPOWS);
}

/** A TxPoW of a long list, as text already: printing the whole list at once would hold up everything else. */
export function printed(txpow: TxPoW): RawJson {
  return new RawJson(printJson(txpowToJSON(txpow, localZone())));
}

async function listed(params: Params, { store, wallet }: MinimoteNode): Promise<JsonObject> {
  const relevant = params.boolean("relevant", true);
  const offset = params.integerOr("offset", 0);
  const limit = offset < 0 ? 0 : rowsParam(params, DEFAULT_MAX);
  const txpows: JsonValue[] = [];
  const details: JsonValue[] = [];
  for (const txpow of store.txpows.newest({ relevant, limit, offset: Math.max(0, offset) })) {
    txpows.push(printed(txpow));
    details.push(detailsOf(txpow, wallet.tracked.addresses));
    await setImmediate();
  }
  return jsonObject(["relevant", relevant], ["txpows", txpows], ["details", details], ["size", txpows.length]);
}

type Sums = Map<string, MiniNumber>;

/** What a transaction takes from own addresses and gives to them, by token. */
function detailsOf({ body }: TxPoW, addresses: ReadonlySet<string>): JsonObject {
  const ins = sums(body?.transaction.inputs ?? [], addresses);
  const outs = sums(body?.transaction.outputs ?? [], addresses);
  const differences: Sums = new Map();
  for (const token of hashSetOrder(new Set([...hashtableOrder(ins), ...hashtableOrder(outs)].map(([id]) => id))))
    differences.set(token, (outs.get(token) ?? MiniNumber.ZERO).sub(ins.get(token) ?? MiniNumber.ZERO));
  const difference = Array.from(differences, ([token, sum]) => [token, sum.toString()] as const);
  return jsonObject(["inputs", sumsToJSON(ins)], ["outputs", sumsToJSON(outs)], ["difference", jsonObject(...difference)]);
}

function sums(coins: readonly Coin[], addresses: ReadonlySet<string>): Sums {
  const byToken: Sums = new Map();
  for (const { address, tokenid, token, amount } of coins) {
    if (!addresses.has(toHex0x(address))) continue;
    const id = toHex0x(tokenid);
    byToken.set(id, (byToken.get(id) ?? MiniNumber.ZERO).add(token === null ? amount : tokenAmount(token, amount)));
  }
  return byToken;
}

function sumsToJSON(byToken: Sums): JsonObject {
  return jsonObject(...hashtableOrder(byToken).map(([token, sum]) => [token, sum.toString()] as const));
}

function sizeOf(params: Params, { store }: MinimoteNode): JsonObject {
  if (params.boolean("relevant", true)) return jsonObject(["size", store.txpows.relevantCount()]);
  const start = params.numberOr("startmilli", MiniNumber.of(Date.now() - ONE_DAY_MS)).toInt64();
  return jsonObject(["startmilli", start], ["size", store.txpows.countSince(Number(start))]);
}

/** Blocks counted before others get their turn. */
const BLOCKS_AT_ONCE = 64;

async function countTransactions(params: Params, { chain }: MinimoteNode): Promise<JsonObject> {
  const { tip } = chain;
  if (tip === null) throw new CommandError("NO Blocks yet..");
  const depth = params.integerOr("depth", DEFAULT_DEPTH);
  let blocks = 0;
  let transactions = 0;
  for (let node: TreeNode | null = tip; node !== null && blocks < depth; node = node.parent) {
    blocks++;
    transactions += (isTransaction(node.txpow) ? 1 : 0) + node.listed.length;
    // Most blocks are read from disk.
    if (blocks % BLOCKS_AT_ONCE === 0) await setImmediate();
  }
  return jsonObject(["startblock", tip.number], ["depth", blocks], ["transactions", transactions]);
}

async function countWhere(where: string, { store }: MinimoteNode): Promise<number> {
  const counting = store.txpows.countWhere(parseTxPoWFilter(where));
  for (;;) {
    const { done, value } = counting.next();
    if (done === true) return value;
    await setImmediate();
  }
}
