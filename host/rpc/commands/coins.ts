import { isRelevantCoin } from "../../chain/coins.js";
import { allCoins, searchAll, searchKeys } from "../../node/mega/mega-search.js";
import type { MinimoteNode } from "../../node/node.js";
import { type Bytes, equalBytes, parseHex, toHex0x, ZERO_ID } from "../../protocol/bytes.js";
import type { Coin } from "../../protocol/coin.js";
import { type JsonObject, type JsonValue, jsonObject, printJson, RawJson } from "../../protocol/json.js";
import { coinToJSON } from "../../protocol/json-views/coin-json.js";
import { MiniNumber } from "../../protocol/number.js";
import { filterInSlices, type Slices, sortInSlices } from "../../protocol/slices.js";
import { minimaAmount, type Token, tokenAmount, tokenDecimals, tokenTotal } from "../../protocol/token.js";
import { selectCoins } from "../../wallet/coin-selection.js";
import { type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";
import { descriptionOf } from "./token-proofs.js";

const ANY_DEPTH = 1_000_000_000;
/** Printed coins put together without an interruption. */
const JOINED_AT_ONCE = 128;
/** Coins summed without an interruption. */
const SUMMED_AT_ONCE = 32;

/** The unspent coins of the current branch that pass the filters of `coins` (spec 09 §7.4), newest block first. */
async function findCoins(params: Params, node: MinimoteNode): Promise<Coin[]> {
  const { chain, wallet, payments } = node;
  const { tip } = chain;
  if (tip === null) return [];
  const isSelective = ["relevant", "coinid", "address", "state", "tokenid"].some((name) => params.has(name));
  const oldest = tip.number - params.integerOr("depth", ANY_DEPTH);
  const youngest = params.has("coinage") ? MiniNumber.of(tip.number).sub(params.number("coinage")) : undefined;
  const filters: ((coin: Coin) => boolean)[] = [];
  const isOwnOnly = params.has("relevant") || !isSelective;
  const { tracked } = wallet;
  if (isOwnOnly) filters.push((coin) => isRelevantCoin(coin, tracked));
  if (params.boolean("sendable", false)) filters.push((coin) => wallet.isSimple(coin.address));
  if (params.has("coinid")) filters.push(matches(params.data("coinid"), (coin) => coin.coinid));
  if (params.has("tokenid")) filters.push(matches(params.data("tokenid"), (coin) => coin.tokenid));
  if (params.has("address")) filters.push(matches(parseHex(params.address("address")), (coin) => coin.address));
  if (params.has("amount")) filters.push(matchesNumber(params.number("amount"), (coin) => coin.amount));
  if (params.has("state")) filters.push(holdsState(params.string("state")));
  if (youngest !== undefined) filters.push((coin) => coin.created.lessOrEqual(youngest));
  // The oldest block of the tree also holds what came before it.
  if (oldest > (chain.tree?.root.number ?? 0)) filters.push((coin) => coin.created.moreOrEqual(MiniNumber.of(oldest)));
  if (params.boolean("checkmempool", false)) filters.push((coin) => !payments.isUsed(coin.coinid));
  const passes = (coin: Coin): boolean => filters.every((filter) => filter(coin));
  const below = await coinsBelow(params, node, isOwnOnly, passes);
  return node.turns.run(filterInSlices(allCoins(node.chain.tip ?? tip, below), passes));
}

/** What is searched below the tree with `megammr:true`, where it is kept: by coin, by address, by what the wallet watches, or all. */
async function coinsBelow(params: Params, node: MinimoteNode, isOwnOnly: boolean, passes: (coin: Coin) => boolean): Promise<Coin[]> {
  const { chain, mega, wallet } = node;
  if (mega === undefined || !params.boolean("megammr", false)) return [];
  if (params.has("coinid")) return [mega.store.coin(params.data("coinid")) ?? []].flat();
  if (params.has("address")) return searchKeys(chain, mega, [parseHex(params.address("address"))]);
  const { addresses, publicKeys } = wallet.tracked;
  return isOwnOnly ? searchKeys(chain, mega, [...addresses, ...publicKeys].map(parseHex)) : searchAll(chain, mega, passes);
}

const matches = (bytes: Bytes, of: (coin: Coin) => Bytes) => (coin: Coin) => equalBytes(of(coin), bytes);
const matchesNumber = (number: MiniNumber, of: (coin: Coin) => MiniNumber) => (coin: Coin) => of(coin).equals(number);
const holdsState = (text: string) => (coin: Coin) => coin.state.some((variable) => variable.text.includes(text));

/** `coins`: search unspent coins (spec 09 §7.4). */
const coins: RpcCommand<MinimoteNode> = {
  name: "coins",
  summary: "Search unspent coins",
  details: `coins (relevant:true) (sendable:true) (coinid:) (amount:) (address:) (tokenid:) (state:) (coinage:) (depth:) (checkmempool:true) (order:asc|desc) (simplestate:true) (totalamount:) (megammr:true)

relevant: the wallet's coins, as when nothing is searched for.
sendable: only coins the wallet can spend by a signature.
coinid: this coin only.
amount: coins of this amount.
address: coins at this address.
tokenid: coins of this token; 0x00 is Minima.
state: coins with this text in a state variable.
coinage: coins at least this many blocks old.
depth: search at most this many blocks below the tip.
checkmempool: leave out coins that waiting transactions spend.
order: asc for oldest first, desc for newest first as when it is not given.
simplestate: show state as port and value.
megammr: search below the tree, too, on nodes that keep a MegaMMR.
totalamount: of the coins found, those that a payment of this amount would take.

coins
coins tokenid:0x00 sendable:true order:desc
coins address:Mx... relevant:true`,
  params: [
    "relevant",
    "sendable",
    "coinid",
    "amount",
    "address",
    "tokenid",
    "checkmempool",
    "order",
    "coinage",
    "simplestate",
    "totalamount",
    "depth",
    "state",
    "megammr",
  ],
  write: false,
  run: async (params, node) => {
    const newestFirst = await findCoins(params, node);
    const isAscending = params.optionalString("order") === "asc";
    const found = isAscending ? await node.turns.run(sortInSlices(newestFirst, (a, b) => a.created.compare(b.created))) : newestFirst;
    const chosen = params.has("totalamount") ? await node.turns.run(chooseFor(params, found, node)) : found;
    const tip = MiniNumber.of(node.chain.tip?.number ?? 0);
    const stateForm = params.boolean("simplestate", false) ? "simple" : "list";
    return response(await node.turns.run(printedCoins(chosen, tip, stateForm)));
  },
};

/** One text: a list of as many would be put together without a break. */
function* printedCoins(coins: readonly Coin[], tip: MiniNumber, stateForm: "simple" | "list"): Slices<RawJson> {
  const texts: string[] = [];
  for (let at = 0; at < coins.length; at += JOINED_AT_ONCE) {
    const printed: string[] = [];
    for (const coin of coins.slice(at, at + JOINED_AT_ONCE)) {
      printed.push(printJson(withAge(coinToJSON(coin, stateForm), tip.sub(coin.created))));
      yield;
    }
    texts.push(printed.join(","));
  }
  return new RawJson(`[${texts.join(",")}]`);
}

/** The coins a payment would take: its amount is in units of the token that was searched for (spec 09 §11.2). */
function chooseFor(params: Params, found: readonly Coin[], { payments }: MinimoteNode): Slices<readonly Coin[]> {
  const total = params.number("totalamount");
  const token = params.has("tokenid") ? found[0]?.token : undefined;
  return selectCoins(found, token == null ? total : minimaAmount(token, total), (coinid) => payments.isUsed(coinid));
}

function withAge(coin: JsonObject, age: MiniNumber): JsonObject {
  return jsonObject(...coin, ["age", age.toString()]);
}

interface Sums {
  readonly token: Token | null;
  confirmed: MiniNumber;
  unconfirmed: MiniNumber;
  sendable: MiniNumber;
  coins: number;
}

/** `balance`: what the wallet, or an address, holds of each token (spec 09 §10). */
const balance: RpcCommand<MinimoteNode> = {
  name: "balance",
  summary: "Show the balance of each token",
  details: `balance (address:) (tokenid:) (confirmations:) (tokendetails:true) (megammr:true) (simple:true)

address: what this address holds, not the wallet.
tokenid: only this token; 0x00 is Minima.
confirmations: blocks after which a coin counts as confirmed, 3 if not given.
tokendetails: more about each token.
simple: only the confirmed amounts.
megammr: count coins below the tree, too, on nodes that keep a MegaMMR.

balance
balance tokenid:0x00 confirmations:10`,
  params: ["address", "tokenid", "confirmations", "tokendetails", "megammr", "simple"],
  write: false,
  run: async (params, node) => {
    const byToken = await sumByToken(params, node);
    const wanted = params.optionalString("tokenid");
    const entries = Array.from(byToken).filter(([tokenid]) => wanted === undefined || tokenid === wanted);
    if (params.boolean("simple", false)) return response(entries.map(([, sums]) => simpleBalance(sums)));
    return response(entries.map(([tokenid, sums]) => balanceOf(tokenid, sums, params.boolean("tokendetails", false))));
  },
};

async function sumByToken(params: Params, node: MinimoteNode): Promise<Map<string, Sums>> {
  const below = await coinsBelow(params, node, true, () => true);
  const { tip } = node.chain;
  if (tip === null) throw new CommandError("No blocks yet..");
  return node.turns.run(summed(allCoins(tip, below), tip.number, params, node));
}

function* summed(
  coins: Iterable<Coin>,
  tipNumber: number,
  params: Params,
  { wallet, params: network }: MinimoteNode,
): Slices<Map<string, Sums>> {
  const { tracked } = wallet;
  const depth = params.numberOr("confirmations", MiniNumber.of(network.confirmationDepth));
  const address = params.has("address") ? params.address("address") : undefined;
  const byToken = new Map<string, Sums>([[toHex0x(ZERO_ID), noCoins(null)]]);
  const newest = MiniNumber.of(tipNumber).sub(depth);
  let looked = 0;
  for (const coin of coins) {
    if (++looked % SUMMED_AT_ONCE === 0) yield;
    if (address === undefined ? !isRelevantCoin(coin, tracked) : toHex0x(coin.address) !== address) continue;
    const tokenid = toHex0x(coin.tokenid);
    const sums = byToken.get(tokenid) ?? noCoins(coin.token);
    byToken.set(tokenid, sums);
    const isConfirmed = coin.created.lessOrEqual(newest);
    const isSendable = isConfirmed && wallet.isSimple(coin.address) && (sums.token === null || sums.token.script === "RETURN TRUE");
    if (isConfirmed) sums.confirmed = sums.confirmed.add(coin.amount);
    else sums.unconfirmed = sums.unconfirmed.add(coin.amount);
    if (isSendable) sums.sendable = sums.sendable.add(coin.amount);
    sums.coins++;
  }
  return byToken;
}

function noCoins(token: Token | null): Sums {
  return { token, confirmed: MiniNumber.ZERO, unconfirmed: MiniNumber.ZERO, sendable: MiniNumber.ZERO, coins: 0 };
}

function scaled(token: Token | null, amount: MiniNumber): string {
  return (token === null ? amount : tokenAmount(token, amount)).toString();
}

function simpleBalance({ token, confirmed }: Sums): JsonValue {
  return jsonObject(
    ["name", token === null ? "Minima" : (descriptionOf(token).get("name") ?? token.name)],
    ["amount", scaled(token, confirmed)],
  );
}

function balanceOf(tokenid: string, { token, confirmed, unconfirmed, sendable, coins: count }: Sums, withDetails: boolean): JsonValue {
  return jsonObject(
    ["token", token === null ? "Minima" : nameOf(token)],
    ["tokenid", tokenid],
    ["confirmed", scaled(token, confirmed)],
    ["unconfirmed", scaled(token, unconfirmed)],
    ["sendable", scaled(token, sendable)],
    ["coins", String(count)],
    ["total", token === null ? MiniNumber.BILLION.toString() : tokenTotal(token).toString()],
    withDetails && token !== null
      ? [
          "details",
          jsonObject(
            ["decimals", tokenDecimals(token)],
            ["script", token.script],
            ["totalamount", token.amount.toString()],
            ["scale", token.scale.toString()],
            ["created", token.created.toString()],
          ),
        ]
      : undefined,
  );
}

/** The name of a token: a JSON object is embedded as it is written. */
function nameOf(token: Token): JsonValue {
  return descriptionOf(token).size > 0 ? new RawJson(token.name) : token.name;
}

export const COIN_COMMANDS: readonly RpcCommand<MinimoteNode>[] = [balance, coins];
