import { unspentCoins } from "../../../chain/coins.js";
import { type IdKey, idKey } from "../../../chain/id-key.js";
import type { TreeNode } from "../../../chain/tree-node.js";
import { findBelow } from "../../../node/find-coin.js";
import type { MinimoteNode } from "../../../node/node.js";
import { type Bytes, equalBytes, FLOATING_ID, ZERO_ID } from "../../../protocol/bytes.js";
import type { Coin } from "../../../protocol/coin.js";
import { txnRowToJSON } from "../../../protocol/json-views/txn-row-json.js";
import type { Slices } from "../../../protocol/slices.js";
import type { Token } from "../../../protocol/token.js";
import type { TxnRow } from "../../../protocol/txn-row.js";
import { tokenNotFound } from "../../../wallet/custom-amount.js";
import { type FoundInputs, withBasics } from "../../../wallet/custom-proofs.js";
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

/** As `kept`, after `change` has taken its time: it is done again when the transaction was changed meanwhile. Throws `CommandError`. */
export async function changed(params: Params, node: MinimoteNode, change: (row: TxnRow) => Promise<TxnRow>): Promise<CommandAnswer> {
  for (;;) {
    const row = rowOf(params, node);
    const next = await change(row);
    if (rowOf(params, node) === row) return kept(next, node);
  }
}

/** The row with the proofs and scripts of its inputs; with `all`, throws `WalletError` where one is not known. */
export function withFoundBasics(row: TxnRow, all: boolean, node: MinimoteNode): Promise<TxnRow> {
  return node.payments.planned(function* (context): Slices<TxnRow> {
    return yield* withBasics(row, yield* findInputs(row.transaction.inputs, node), context, all);
  });
}

/** A new id. Throws `CommandError`. */
export function newId(params: Params, { transactions }: MinimoteNode): string {
  const id = params.string("id");
  if (transactions.get(id) !== undefined) throw new CommandError(`Txn with this ID already exists : ${id}`);
  return id;
}

/** A token id parameter, Minima if not given, with its token. Throws `WalletError`. */
export async function tokenParam(params: Params, node: MinimoteNode): Promise<{ readonly tokenid: Bytes; readonly token: Token | null }> {
  if (!params.has("tokenid")) return { tokenid: ZERO_ID, token: null };
  const tokenid = params.data("tokenid");
  if (equalBytes(tokenid, ZERO_ID)) return { tokenid, token: null };
  const token = await knownToken(node, tokenid);
  if (token === undefined) throw tokenNotFound(tokenid);
  return { tokenid, token };
}

/** The newest block. Throws `WalletError` when there is none. */
export function chainTip({ chain: { tip } }: MinimoteNode): TreeNode {
  if (tip === null) throw new WalletError("refused", "No blocks yet..");
  return tip;
}

/** Finds the coins of inputs in the chain as it is now. Throws `WalletError` when there is none. */
export function* findInputs(inputs: readonly Coin[], node: MinimoteNode): Slices<FoundInputs> {
  const tip = chainTip(node);
  const found = new Map<Coin, Coin>();
  const floating = new Set<Coin>();
  const byId = new Map<IdKey, Coin[]>();
  for (const input of inputs) {
    const key = idKey(input.coinid);
    if (equalBytes(input.coinid, FLOATING_ID)) floating.add(input);
    else byId.set(key, [...(byId.get(key) ?? []), input]);
  }
  for (const coin of unspentCoins(tip)) {
    if (found.size === inputs.length) break;
    for (const input of byId.get(idKey(coin.coinid)) ?? []) found.set(input, coin);
    for (const input of floating) {
      if (!fits(coin, input)) continue;
      found.set(input, coin);
      floating.delete(input);
    }
    yield;
  }
  for (const input of inputs) {
    if (found.has(input) || equalBytes(input.coinid, FLOATING_ID)) continue;
    const below = yield* findBelow(tip, node.mega, input.coinid);
    if (below !== undefined) found.set(input, below);
  }
  return found;
}

/** Whether a floating input can stand for a coin; the newest that fits is taken (spec 09 §14). */
function fits(coin: Coin, { amount, address, tokenid }: Coin): boolean {
  return coin.amount.equals(amount) && equalBytes(coin.address, address) && equalBytes(coin.tokenid, tokenid);
}
