import { unspentCoins } from "../../../chain/coins.js";
import type { MinimoteNode } from "../../../node/node.js";
import { type Bytes, equalBytes } from "../../../protocol/bytes.js";
import type { Coin } from "../../../protocol/coin.js";
import { MiniNumber } from "../../../protocol/number.js";
import { filterInSlices, type Slices } from "../../../protocol/slices.js";
import type { TxnRow } from "../../../protocol/txn-row.js";
import { type AddedAmount, addAmount } from "../../../wallet/custom-amount.js";
import { emptyTxn, withCoins } from "../../../wallet/custom-transaction.js";
import type { Params } from "../../params.js";
import { addressBytes } from "../send.js";
import { chainTip, kept, newId, rowOf, type TxnCommand, tokenParam, withFoundBasics } from "./common.js";
import { signAuto, signedRow } from "./sign.js";

/** `txnaddamount`: add coins worth an amount, an output and the change (spec 09 §14). */
export const txnaddamount: TxnCommand = {
  name: "txnaddamount",
  summary: "Add coins worth an amount, an output and the change to a transaction",
  details: `txnaddamount id: amount: address: (onlychange:true) (tokenid:) (fromaddress:) (burn:) (storestate:false)

id: the transaction.
amount: in tokens when a token is sent.
address: who gets it.
onlychange: add only coins and change, no output.
tokenid: Minima if not given.
fromaddress: spend coins of this address only, whoever owns it, and send the change there.
burn: so many Minima are burnt besides.
storestate: whether the output keeps the state of the transaction; it does if not given.

txnaddamount id:shop1 amount:10 address:Mx...
txnaddamount id:shop1 amount:0.1 onlychange:true`,
  params: ["id", "amount", "address", "onlychange", "tokenid", "fromaddress", "burn", "storestate"],
  write: true,
  run: async (params, node) => {
    params.string("id");
    return kept(await withAmount((): TxnRow => rowOf(params, node), params, node), node);
  },
};

/** Adds what the parameters of `txnaddamount` ask for. Throws `WalletError` and `CommandError`. */
export async function withAmount(row: () => TxnRow, params: Params, node: MinimoteNode): Promise<TxnRow> {
  const amount = params.number("amount");
  const { tokenid, token } = await tokenParam(params, node);
  const burn = params.numberOr("burn", MiniNumber.ZERO);
  row();
  const from = params.has("fromaddress") ? await coinsOf(params.address("fromaddress"), node) : undefined;
  const request = {
    amount,
    tokenid,
    token,
    burn,
    ...(params.boolean("onlychange", false) ? {} : { address: addressBytes(params.string("address")) }),
    ...(from === undefined ? {} : { from }),
    storestate: params.boolean("storestate", true),
    isLocked: (coinid: Bytes) => node.transactions.isLocked(coinid),
  };
  const { inputs, outputs } = await node.payments.planned(function* (context): Slices<AddedAmount> {
    const added = yield* addAmount(request, context);
    node.transactions.lockCoins(added.inputs.map(({ coinid }) => coinid));
    return added;
  });
  return withCoins(row(), inputs, outputs);
}

/** All coins of an address, whoever owns it. Throws `CommandError`. */
export async function coinsOf(text: string, node: MinimoteNode): Promise<{ readonly address: Bytes; readonly coins: readonly Coin[] }> {
  const address = addressBytes(text);
  const coins = await node.turns.run(filterInSlices(unspentCoins(chainTip(node)), (coin) => equalBytes(coin.address, address)));
  return { address, coins };
}

/** `txnauto`: a whole payment as a transaction under construction (spec 09 §14). */
export const txnauto: TxnCommand = {
  name: "txnauto",
  summary: "Make a payment as a transaction, with all proofs, to look at before it is signed",
  details: `txnauto id: amount: address: (tokenid:) (burn:) (sign:true)

id: the name you give it.
amount: in tokens when a token is sent.
address: who gets it.
tokenid: Minima if not given.
burn: so many Minima are burnt besides.
sign: sign it, too.

txnauto id:shop1 amount:10 address:Mx...

Then, step by step:
txncheck id:shop1
txnsign id:shop1 publickey:auto
txnpost id:shop1`,
  params: ["id", "amount", "address", "tokenid", "sign", "burn"],
  write: true,
  run: async (params, node) => {
    for (const name of ["id", "address"]) params.string(name);
    const sign = params.boolean("sign", false);
    const row = await withAmount(() => emptyTxn(newId(params, node)), params, node);
    const complete = await withFoundBasics(row, true, node);
    newId(params, node);
    const answer = kept(complete, node);
    if (!sign) return answer;
    try {
      const { signatures } = await signAuto(complete, node, node.wallet);
      return kept(signedRow(complete.id, signatures, complete, node), node);
    } catch (error) {
      if (node.transactions.get(complete.id) === complete) node.transactions.remove(complete.id);
      throw error;
    }
  },
};
