import { localZone } from "../../../node/local-zone.js";
import type { MinimoteNode } from "../../../node/node.js";
import type { PendingPayment } from "../../../node/payments.js";
import { toHex0x } from "../../../protocol/bytes.js";
import { jsonObject } from "../../../protocol/json.js";
import { txpowToJSON } from "../../../protocol/json-views/txpow-json.js";
import { MiniNumber } from "../../../protocol/number.js";
import { decode } from "../../../protocol/reader.js";
import { EMPTY_TRANSACTION } from "../../../protocol/transaction.js";
import type { TxnRow } from "../../../protocol/txn-row.js";
import { readTxPoW, type TxPoW, txpowBytes, txpowId } from "../../../protocol/txpow.js";
import { EMPTY_WITNESS } from "../../../protocol/witness.js";
import { renamed } from "../../../wallet/custom-transaction.js";
import type { Signer } from "../../../wallet/payment.js";
import { response } from "../../command.js";
import { CommandError, type Params } from "../../params.js";
import { inTime, paidTxPoW } from "../mined.js";
import { rowOf, type TxnCommand, withFoundBasics } from "./common.js";
import { decodeRow } from "./manage.js";

export interface PostOptions {
  /** Add the proofs and scripts of all inputs before. */
  readonly auto: boolean;
  /** Minima of the wallet to burn beside the transaction. */
  readonly burn: MiniNumber;
}

/**
 * Sends a transaction on its way, without checking it before (spec 09 §14). With `auto` the proofs it is posted with stay in the
 * row. Throws `WalletError` and `CommandError`.
 */
export async function pendingPost(row: TxnRow, { auto, burn }: PostOptions, node: MinimoteNode, signer: Signer): Promise<PendingPayment> {
  if (burn.lessThan(MiniNumber.ZERO)) throw new CommandError(`Cannot have negative burn ${burn}`);
  const complete = auto ? await withFoundBasics(row, true, node) : row;
  if (auto) node.transactions.put(complete);
  return node.payments.payWith(complete, burn, signer);
}

/** `txnpost`: send a transaction to the network (spec 09 §14). */
export const txnpost: TxnCommand = {
  name: "txnpost",
  summary: "Mine a transaction and send it to the network",
  details: `txnpost id: (auto:true) (burn:) (mine:true) (txndelete:true)

Nothing is checked before: see txncheck.

id: the transaction.
auto: add the proofs and scripts of all inputs; they must not be there yet.
burn: burn so many Minima of this wallet beside it.
mine: wait until it is mined.
txndelete: forget it afterwards.

txnpost id:shop1
txnpost id:shop1 auto:true burn:0.01 txndelete:true`,
  params: ["id", "auto", "burn", "mine", "txndelete"],
  write: true,
  run: async (params, node) => {
    const burn = params.numberOr("burn", MiniNumber.ZERO);
    const row = rowOf(params, node);
    const pending = await pendingPost(row, { auto: params.boolean("auto", false), burn }, node, node.wallet);
    const txpow = await paidTxPoW(pending, params.boolean("mine", false));
    if (params.boolean("txndelete", false)) node.transactions.remove(row.id);
    return response(txpowToJSON(txpow, localZone()));
  },
};

/** `txnmine`: mine a transaction for somebody else to send. */
export const txnmine: TxnCommand = {
  name: "txnmine",
  summary: "Mine a transaction without sending it",
  details: `txnmine id: | data:

id: the transaction.
data: what txnexport gave, instead of a transaction that is here.

txnmine id:shop1`,
  params: ["id", "data"],
  write: true,
  run: async (params, node) => {
    const { transaction, witness } = rowToMine(params, node);
    const template = await node.payments.build({
      transaction,
      witness,
      burnTransaction: EMPTY_TRANSACTION,
      burnWitness: EMPTY_WITNESS,
    });
    const giveUp = new AbortController();
    const mined = await inTime(node.mine(template, giveUp.signal), () => giveUp.abort());
    return response(jsonObject(["txpowid", toHex0x(txpowId(mined))], ["data", toHex0x(txpowBytes(mined))]));
  },
};

function rowToMine(params: Params, node: MinimoteNode): TxnRow {
  if (params.has("id")) return rowOf(params, node);
  const row = decodeRow(params.data("data"));
  return renamed(row, row.id);
}

/** `txnminepost`: send what `txnmine` gave. */
export const txnminepost: TxnCommand = {
  name: "txnminepost",
  summary: "Send a transaction that was mined by txnmine",
  details: `txnminepost data:

data: what txnmine gave.

txnminepost data:0x...`,
  params: ["data"],
  write: false,
  run: async (params, node) => {
    const txpow = decodeTxPoW(params.data("data"));
    const arrival = await node.submit(txpow, null);
    if (arrival.verdict === "dropped") throw new CommandError(`this node does not accept it : ${arrival.rule}`);
    return response(jsonObject(["data", txpowToJSON(txpow, localZone())]));
  },
};

/** Throws `CommandError`. */
export function decodeTxPoW(bytes: Uint8Array): TxPoW {
  try {
    return decode(readTxPoW, bytes);
  } catch {
    throw new CommandError("this is not the data of a TxPoW");
  }
}
