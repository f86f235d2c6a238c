import { toHex0x } from "../../../protocol/bytes.js";
import { jsonObject } from "../../../protocol/json.js";
import { formatSize } from "../../../protocol/json-views/format.js";
import { txnRowToJSON } from "../../../protocol/json-views/txn-row-json.js";
import { decode } from "../../../protocol/reader.js";
import { readTxnRow, type TxnRow, writeTxnRow } from "../../../protocol/txn-row.js";
import { encode } from "../../../protocol/writer.js";
import { emptyTxn, renamed, withoutWitness } from "../../../wallet/custom-transaction.js";
import { response } from "../../command.js";
import { commandFile, readCommandFile, writeCommandFile } from "../../files.js";
import { CommandError } from "../../params.js";
import { kept, newId, rowOf, type TxnCommand } from "./common.js";

/** `txncreate`: begin a transaction (spec 09 §14). */
export const txncreate: TxnCommand = {
  name: "txncreate",
  summary: "Begin a transaction that you build step by step",
  details: `txncreate id:

The transaction stays on this node, also over restarts, until it is deleted.

id: the name you give it.

txncreate id:shop1

Then, step by step:
txninput id:shop1 coinid:0x...
txnoutput id:shop1 amount:10 address:Mx...
txnsign id:shop1 publickey:auto
txnpost id:shop1 auto:true txndelete:true`,
  params: ["id"],
  write: true,
  run: (params, node) => kept(emptyTxn(newId(params, node)), node),
};

/** `txndelete`: forget a transaction, or all. */
export const txndelete: TxnCommand = {
  name: "txndelete",
  summary: "Forget a transaction under construction",
  details: `txndelete id:

id: its name, or all.

txndelete id:shop1
txndelete id:all`,
  params: ["id"],
  write: true,
  run: (params, { transactions }) => {
    const id = params.string("id");
    if (id !== "all") return response(transactions.remove(id) ? "Deleted" : "Not found");
    transactions.clear();
    return response("Deleted");
  },
};

/** `txnlist`: the transactions under construction, or one. */
export const txnlist: TxnCommand = {
  name: "txnlist",
  summary: "Show the transactions under construction, or one of them",
  details: `txnlist (id:) (transactiononly:true)

id: show this one.
transactiononly: leave out proofs, scripts and signatures.

txnlist
txnlist id:shop1 transactiononly:true`,
  params: ["id", "transactiononly"],
  write: true,
  run: (params, node) => {
    const withWitness = !params.boolean("transactiononly", false);
    if (params.has("id")) return response(txnRowToJSON(rowOf(params, node), withWitness));
    return response(node.transactions.list().map((row) => txnRowToJSON(row, withWitness)));
  },
};

/** `txnclear`: take all proofs, scripts and signatures out of a transaction. */
export const txnclear: TxnCommand = {
  name: "txnclear",
  summary: "Take proofs, scripts and signatures out of a transaction",
  details: `txnclear id:

Needed after inputs, outputs or state of a signed transaction were changed: old signatures do not fit any more.

id: its name.

txnclear id:shop1`,
  params: ["id"],
  write: true,
  run: (params, node) => kept(withoutWitness(rowOf(params, node)), node),
};

/** `txnexport`: a transaction as data for somebody else. */
export const txnexport: TxnCommand = {
  name: "txnexport",
  summary: "Write a transaction as HEX or into a file, for others to sign",
  details: `txnexport id: (file:) (showtxn:true)

id: its name.
file: write it into this file instead: a plain name is kept below the data folder, any other place is given from the root.
showtxn: show the transaction beside the data.

txnexport id:shop1
txnexport id:shop1 file:shop1.txn`,
  params: ["id", "file", "showtxn"],
  write: true,
  run: async (params, node) => {
    const row = rowOf(params, node);
    const bytes = encode(writeTxnRow, row);
    if (params.has("file")) {
      const file = commandFile(node.config.dataDir, params.string("file"));
      await writeCommandFile(file, bytes);
      return response(jsonObject(["file", file.path], ["size", formatSize(bytes.length)]));
    }
    const shown = params.boolean("showtxn", false) ? (["txn", txnRowToJSON(row)] as const) : undefined;
    return response(jsonObject(shown, ["data", toHex0x(bytes)]));
  },
};

/** `txnimport`: a transaction that somebody exported. */
export const txnimport: TxnCommand = {
  name: "txnimport",
  summary: "Take over a transaction that was exported, here or elsewhere",
  details: `txnimport data: | file: (id:)

A transaction with the same name is replaced.

data: what txnexport gave.
file: the file txnexport wrote.
id: the name it gets here, its old one if not given.

txnimport data:0x...
txnimport file:shop1.txn id:shop1signed`,
  params: ["id", "file", "data"],
  write: true,
  run: async (params, node) => {
    if (!params.has("file") && !params.has("data")) throw new CommandError("Must specify file or data");
    const bytes = params.has("file") ? await readCommandFile(commandFile(node.config.dataDir, params.string("file"))) : params.data("data");
    const row = decodeRow(bytes);
    return kept(renamed(row, params.optionalString("id") ?? row.id), node);
  },
};

/** Throws `CommandError` for what is no exported transaction. */
export function decodeRow(bytes: Uint8Array): TxnRow {
  try {
    return decode(readTxnRow, bytes);
  } catch {
    throw new CommandError("this is not the data of a transaction");
  }
}
