import { randomBytes } from "node:crypto";
import { findUnspent } from "../../node/find-coin.js";
import { localZone } from "../../node/local-zone.js";
import type { MinimoteNode } from "../../node/node.js";
import { equalBytes, parseHex, toHex0x } from "../../protocol/bytes.js";
import type { Coin } from "../../protocol/coin.js";
import { type JsonObject, jsonObject } from "../../protocol/json.js";
import { txnRowToJSON } from "../../protocol/json-views/txn-row-json.js";
import { txpowToJSON } from "../../protocol/json-views/txpow-json.js";
import { EMPTY_PROOF } from "../../protocol/mmr-objects.js";
import { MiniNumber } from "../../protocol/number.js";
import { filterInSlices, sortInSlices } from "../../protocol/slices.js";
import { minimaAmount } from "../../protocol/token.js";
import { type TxnRow, writeTxnRow } from "../../protocol/txn-row.js";
import { encode } from "../../protocol/writer.js";
import { withInputProofs } from "../../wallet/custom-proofs.js";
import { emptyTxn, renamed, withCoins, withProofs, withSignature } from "../../wallet/custom-transaction.js";
import { outputCoin } from "../../wallet/payment.js";
import { type CommandAnswer, type RpcCommand, response } from "../command.js";
import { CommandError, type Params } from "../params.js";
import { paidTxPoW } from "./mined.js";
import { addressBytes } from "./send.js";
import { coinsOf, withAmount } from "./txn/amounts.js";
import { chainTip, tokenParam } from "./txn/common.js";
import { decodeRow } from "./txn/manage.js";
import { signCustom } from "./txn/sign.js";

/** Payments with keys that are kept outside of the node (spec 09 §11.7). */
type Command = RpcCommand<MinimoteNode>;

const ID_BYTES = 32;
const KEY_WARNING = `keyuses: how often this key has signed so far. NEVER give one number for two payments: whoever sees both can spend your coins.`;
const MAX_COINS = 50;
const PARTS = 10;
/** Blocks that a coin must have on top before it is merged. */
const LEAST_AGE = MiniNumber.of(3);

const newRow = (): TxnRow => emptyTxn(toHex0x(randomBytes(ID_BYTES)));

/** Adds the script all inputs share, and their proofs. */
function completed(row: TxnRow, script: string, node: MinimoteNode): Promise<TxnRow> {
  return node.payments.planned((context) => withInputProofs(withProofs(row, [], [{ script, proof: EMPTY_PROOF }]), context));
}

function exported(row: TxnRow, withTxn: boolean): JsonObject {
  return jsonObject(withTxn ? ["txn", txnRowToJSON(row)] : undefined, ["data", toHex0x(encode(writeTxnRow, row))]);
}

async function posted(row: TxnRow, mine: boolean, node: MinimoteNode): Promise<CommandAnswer> {
  return response(txpowToJSON(await paidTxPoW(await node.payments.payWith(row, MiniNumber.ZERO), mine), localZone()));
}

async function created(params: Params, node: MinimoteNode): Promise<TxnRow> {
  params.string("fromaddress");
  params.string("address");
  params.number("amount");
  const script = params.string("script");
  return completed(await withAmount(newRow, params, node), script, node);
}

/** `createfrom`: a payment from one address, not signed. */
const createfrom: Command = {
  name: "createfrom",
  summary: "Make a payment from an address whose key you keep yourself",
  details: `createfrom fromaddress: address: amount: script: (tokenid:) (burn:)

Gives the transaction as data for signfrom, here or on the machine with the key; postfrom sends it. Have the address watched with newscript before
coins arrive: what nobody watches is forgotten after a day or so.

fromaddress: the address whose coins are spent, and which gets the change.
address: who is paid, Mx... or 0x...
amount: how much, in units of the token.
tokenid: the token, Minima if not given.
script: the script of fromaddress.
burn: Minima to burn.

createfrom fromaddress:Mx... address:Mx... amount:1.5 script:"RETURN SIGNEDBY(0x...)"

Then, step by step:
signfrom data:0x... privatekey:0x... keyuses:3
postfrom data:0x...`,
  params: ["fromaddress", "address", "amount", "tokenid", "script", "burn"],
  write: false,
  run: async (params, node) => response(exported(await created(params, node), true)),
};

/** `signfrom`: sign what `createfrom` gave. */
const signfrom: Command = {
  name: "signfrom",
  summary: "Sign a payment that createfrom made, with your own key",
  details: `signfrom data: privatekey: keyuses: (id:)

data: what createfrom or constructfrom gave.
privatekey: the key, as keys action:genkey gives it.
${KEY_WARNING}
id: the name of the transaction in the data that comes out.

signfrom data:0x... privatekey:0x... keyuses:3`,
  params: ["id", "data", "privatekey", "keyuses"],
  write: false,
  run: async (params, node) => {
    const given = decodeRow(params.data("data"));
    const row = renamed(given, params.optionalString("id") ?? given.id);
    return response(exported(withSignature(row, await signCustom(row, params, node)), false));
  },
};

/** `postfrom`: send what `signfrom` gave. */
const postfrom: Command = {
  name: "postfrom",
  summary: "Mine and send a payment that signfrom signed",
  details: `postfrom data: (mine:true)

data: what signfrom gave.
mine: true waits until the transaction is mined.

postfrom data:0x... mine:true`,
  params: ["data", "mine"],
  write: false,
  run: (params, node) => {
    const row = decodeRow(params.data("data"));
    return posted(renamed(row, row.id), params.boolean("mine", false), node);
  },
};

/** `constructfrom`: a payment from a list of coins, not signed. */
const constructfrom: Command = {
  name: "constructfrom",
  summary: "Make a payment of coins you choose, whose key you keep yourself",
  details: `constructfrom coinlist: script: toaddress: toamount: changeaddress: changeamount: (tokenid:)

What the coins are worth more than both amounts is burnt.

coinlist: the coin ids, with commas between; all of one address.
script: the script of that address.
toaddress: who is paid.
toamount: how much, in units of the token.
changeaddress: who gets the change.
changeamount: how much change, 0 for none.
tokenid: the token, Minima if not given.

constructfrom coinlist:0xA...,0xB... script:"RETURN SIGNEDBY(0x...)" toaddress:Mx... toamount:5 changeaddress:Mx... changeamount:1`,
  params: ["coinlist", "script", "toaddress", "toamount", "changeaddress", "changeamount", "tokenid"],
  write: false,
  run: async (params, node) => {
    const ids = params
      .string("coinlist")
      .split(",")
      .map((id) => id.trim());
    const script = params.string("script");
    const to = { address: addressBytes(params.string("toaddress")), amount: params.number("toamount") };
    const change = { amount: params.number("changeamount"), address: addressBytes(params.string("changeaddress")) };
    const { tokenid, token } = await tokenParam(params, node);
    const inputs: Coin[] = [];
    for (const id of ids) {
      const coin = await node.turns.run(findUnspent(node, hexOf(id)));
      if (coin === undefined) throw new CommandError(`CoinID not found : ${id}`);
      inputs.push(coin);
    }
    const wanted = change.amount.moreThan(MiniNumber.ZERO) ? [to, change] : [to];
    const outputs = wanted.map(({ address, amount }) =>
      outputCoin(address, token === null ? amount : minimaAmount(token, amount), { storestate: true, tokenid, token }),
    );
    return response(exported(await completed(withCoins(newRow(), inputs, outputs), script, node), true));
  },
};

/** Throws `CommandError`. */
function hexOf(text: string): Uint8Array {
  try {
    return parseHex(text);
  } catch {
    throw new CommandError(`CoinID not found : ${text}`);
  }
}

/** `sendfrom`: `createfrom`, `signfrom` and `postfrom` in one. */
const sendfrom: Command = {
  name: "sendfrom",
  summary: "Send from an address whose key you keep yourself",
  details: `sendfrom fromaddress: address: amount: script: privatekey: keyuses: (tokenid:) (burn:) (mine:false)

fromaddress: the address whose coins are spent, and which gets the change.
address: who is paid, Mx... or 0x...
amount: how much, in units of the token.
tokenid: the token, Minima if not given.
script: the script of fromaddress.
privatekey: the key, as keys action:genkey gives it.
${KEY_WARNING}
mine: false does not wait until the transaction is mined.
burn: Minima to burn.

sendfrom fromaddress:Mx... address:Mx... amount:1.5 script:"RETURN SIGNEDBY(0x...)" privatekey:0x... keyuses:3`,
  params: ["fromaddress", "address", "amount", "tokenid", "script", "privatekey", "keyuses", "mine", "burn"],
  write: false,
  run: async (params, node) => {
    const row = await created(params, node);
    return posted(withSignature(row, await signCustom(row, params, node)), params.boolean("mine", true), node);
  },
};

/** `consolidatefrom`: few coins of many of one address. */
const consolidatefrom: Command = {
  name: "consolidatefrom",
  summary: "Merge the coins of an address whose key you keep yourself",
  details: `consolidatefrom fromaddress: script: privatekey: keyuses: (tokenid:) (burn:) (maxcoins:) (mine:false)

The coins become ten coins of the same address.

fromaddress: the address whose coins are merged.
tokenid: the token, Minima if not given.
script: the script of fromaddress.
privatekey: the key, as keys action:genkey gives it.
${KEY_WARNING}
mine: false does not wait until the transaction is mined.
burn: Minima to burn.
maxcoins: at most this many coins, 50 if not given.

consolidatefrom fromaddress:Mx... script:"RETURN SIGNEDBY(0x...)" privatekey:0x... keyuses:4`,
  params: ["fromaddress", "tokenid", "script", "privatekey", "keyuses", "mine", "burn", "maxcoins"],
  write: false,
  run: async (params, node) => {
    const row = await completed(await merged(params, node), params.string("script"), node);
    return posted(withSignature(row, await signCustom(row, params, node)), params.boolean("mine", true), node);
  },
};

async function merged(params: Params, node: MinimoteNode): Promise<TxnRow> {
  const { tokenid, token } = await tokenParam(params, node);
  const burn = params.numberOr("burn", MiniNumber.ZERO);
  if (burn.lessThan(MiniNumber.ZERO)) throw new CommandError(`Cannot have negative burn ${burn}`);
  if (burn.moreThan(MiniNumber.ZERO) && token !== null)
    throw new CommandError("Currently BURN only works for Minima.. tokenid:0x00.. not tokens.");
  const newest = MiniNumber.of(chainTip(node).number).sub(LEAST_AGE);
  const { address, coins } = await coinsOf(params.string("fromaddress"), node);
  const all = await node.turns.run(
    filterInSlices(
      coins,
      (coin) => equalBytes(coin.tokenid, tokenid) && coin.created.lessOrEqual(newest) && !node.payments.isUsed(coin.coinid),
    ),
  );
  const sorted = await node.turns.run(sortInSlices(all, (a, b) => b.amount.compare(a.amount)));
  const free = sorted.slice(0, Math.max(1, params.integerOr("maxcoins", MAX_COINS)));
  if (free.length === 0)
    throw new CommandError(`No valid coins found to consolidate. Coins must be ${LEAST_AGE} blocks old and not already in mempool.`);
  const sum = free.reduce((total, { amount }) => total.add(amount), MiniNumber.ZERO);
  if (burn.moreOrEqual(sum)) throw new CommandError(`Burn greater than total amount added ${burn} / ${sum}`);
  const outputs = parts(sum.sub(burn)).map((amount) => outputCoin(address, amount, { storestate: true, tokenid, token }));
  return withCoins(newRow(), free, outputs);
}

/** Ten equal parts; the last one takes what the division left over. */
function parts(amount: MiniNumber): MiniNumber[] {
  const part = amount.div(MiniNumber.of(PARTS));
  if (part.lessOrEqual(MiniNumber.ZERO)) return [amount];
  const equal = Array.from({ length: PARTS - 1 }, () => part);
  return [...equal, equal.reduce((rest, item) => rest.sub(item), amount)];
}

export const FROM_COMMANDS: readonly Command[] = [createfrom, signfrom, postfrom, constructfrom, sendfrom, consolidatefrom];
