import type { Bytes } from "./bytes.js";
import { hashObject } from "./hash.js";
import { memo } from "./memo.js";
import type { Reader } from "./reader.js";
import { readTransaction, type Transaction, writeTransaction } from "./transaction.js";
import { readWitness, type Witness, writeWitness } from "./witness.js";
import type { Writer } from "./writer.js";

/** The body of a TxPoW (spec 02 §13). Burn parts are always present, empty if unused. */
export interface TxBody {
  readonly prng: Bytes;
  /** Transaction target. */
  readonly txndiff: Bytes;
  readonly transaction: Transaction;
  readonly witness: Witness;
  readonly burnTransaction: Transaction;
  readonly burnWitness: Witness;
  /** Ids of the TxPoWs this block includes, in order. */
  readonly txnlist: readonly Bytes[];
}

export function readTxBody(reader: Reader): TxBody {
  return {
    prng: reader.hash(),
    txndiff: reader.data(),
    transaction: readTransaction(reader),
    witness: readWitness(reader),
    burnTransaction: readTransaction(reader),
    burnWitness: readWitness(reader),
    txnlist: reader.list(4, (r) => r.hash()),
  };
}

export function writeTxBody(writer: Writer, body: TxBody): void {
  writer.hash(body.prng);
  writer.data(body.txndiff);
  writeTransaction(writer, body.transaction);
  writeWitness(writer, body.witness);
  writeTransaction(writer, body.burnTransaction);
  writeWitness(writer, body.burnWitness);
  writer.list(body.txnlist, (w, id) => w.hash(id));
}

/** What the header's body hash should be; nothing on the network checks it (spec 02 Q1). */
export const bodyHash = memo((body: TxBody): Bytes => hashObject(writeTxBody, body));
