import type { Reader } from "./reader.js";
import { readTransaction, type Transaction, writeTransaction } from "./transaction.js";
import { readWitness, type Witness, writeWitness } from "./witness.js";
import type { Writer } from "./writer.js";

/** A transaction under construction as it is exported and stored (spec 02 §20). */
export interface TxnRow {
  readonly id: string;
  readonly transaction: Transaction;
  readonly witness: Witness;
}

export function readTxnRow(reader: Reader): TxnRow {
  return { id: reader.string(), transaction: readTransaction(reader), witness: readWitness(reader) };
}

export function writeTxnRow(writer: Writer, row: TxnRow): void {
  writer.string(row.id);
  writeTransaction(writer, row.transaction);
  writeWitness(writer, row.witness);
}
