import { unspentCoins } from "../../../chain/coins.js";
import { idKey } from "../../../chain/id-key.js";
import type { TreeNode } from "../../../chain/tree.js";
import { findUnspent } from "../../../node/find-coin.js";
import type { MinimoteNode } from "../../../node/node.js";
import { type Bytes, equalBytes, FLOATING_ID, ZERO_ID } from "../../../protocol/bytes.js";
import type { Coin } from "../../../protocol/coin.js";
import { txnRowToJSON } from "../../../protocol/json-views/txn-row-json.js";
import type { Token } from "../../../protocol/token.js";
import type { TxnRow } from "../../../protocol/txn-row.js";
import { tokenNotFound } from "../../../wallet/custom-amount.js";
import type { InputFinder } from "../../../wallet/custom-proofs.js";
import { WalletError } from "../../../wallet/errors.js";
import { type CommandAnswer, type RpcCommand, response } from "../../command.js";
import { CommandError, type Params } from "../../params.js";
import { knownToken } from "../tokens.js";

export type TxnCommand = RpcCommand<MinimoteNode>;

/** The transaction of the `id` parameter. Throws `CommandError`. */
export function rowOf(params: Params, { transactions }: MinimoteNode): TxnRow {
  const id = params.string("id");
  const row = transactions.get(id);
  if (row === undefined) throw new CommandError(`Transaction not found : ${id}`);
  return row;
}

/** The usual answer: the transaction, as it is kept from now on. */
export function kept(row: TxnRow, { transactions }: MinimoteNode): CommandAnswer {
  return response(txnRowToJSON(transactions.put(row)));
}

/** A new id. Throws `CommandError`. */
export function newId(params: Params, { transactions }: MinimoteNode): string {
  const id = params.string("id");
  if (transactions.get(id) !== undefined) throw new CommandError(`Txn with this ID already exists : ${id}`);
  return id;
}

/** A token id parameter, Minima if not given, with its token. Throws `WalletError`. */
export function tokenParam(params: Params, node: MinimoteNode): { readonly tokenid: Bytes; readonly token: Token | null } {
  if (!params.has("tokenid")) return { tokenid: ZERO_ID, token: null };
  const tokenid = params.data("tokenid");
  if (equalBytes(tokenid, ZERO_ID)) return { tokenid, token: null };
  const token = knownToken(node, tokenid);
  if (token === undefined) throw tokenNotFound(tokenid);
  return { tokenid, token };
}

/** The newest block. Throws `WalletError` when there is none. */
export function chainTip({ chain: { tip } }: MinimoteNode): TreeNode {
  if (tip === null) throw new WalletError("refused", "No blocks yet..");
  return tip;
}

/** Finds the coins of inputs in the chain as it is now. Throws `WalletError` when there is none. */
export function inputFinder(node: MinimoteNode): InputFinder {
  const coins = Array.from(unspentCoins(chainTip(node)));
  const byId = new Map(coins.map((coin) => [idKey(coin.coinid), coin]));
  return (input) =>
    equalBytes(input.coinid, FLOATING_ID)
      ? coins.find((coin) => fits(coin, input))
      : (byId.get(idKey(input.coinid)) ?? findUnspent(node, input.coinid));
}

/** Whether a floating input can stand for a coin; the newest that fits is taken (spec 09 §14). */
function fits(coin: Coin, { amount, address, tokenid }: Coin): boolean {
  return coin.amount.equals(amount) && equalBytes(coin.address, address) && equalBytes(coin.tokenid, tokenid);
}
