import { type Bytes, ZERO_ID } from "./bytes.js";
import { type Coin, readCoin, writeCoin } from "./coin.js";
import { hashObject } from "./hash.js";
import { memo } from "./memo.js";
import type { Reader } from "./reader.js";
import { readStateVariable, type StateVariable, writeStateVariable } from "./state-variable.js";
import type { Writer } from "./writer.js";

/** A transaction (spec 02 §9). */
export interface Transaction {
  readonly inputs: readonly Coin[];
  readonly outputs: readonly Coin[];
  readonly state: readonly StateVariable[];
  /** `00` in a main transaction, the main transaction's id in a burn transaction (spec 02 §9.3). */
  readonly linkhash: Bytes;
}

export const EMPTY_TRANSACTION: Transaction = { inputs: [], outputs: [], state: [], linkhash: ZERO_ID };

export function readTransaction(reader: Reader): Transaction {
  return {
    inputs: reader.list(30, readCoin),
    outputs: reader.list(30, readCoin),
    state: reader.list(3, readStateVariable),
    linkhash: reader.hash(),
  };
}

export function writeTransaction(writer: Writer, transaction: Transaction): void {
  writer.list(transaction.inputs, writeCoin);
  writer.list(transaction.outputs, writeCoin);
  writer.list(transaction.state, writeStateVariable);
  writer.hash(transaction.linkhash);
}

/** What signatures sign (spec 02 §9.1). Throws `range` when a NUMBER state variable is out of range (Q4). */
export const transactionId = memo((transaction: Transaction): Bytes => hashObject(writeTransaction, transaction));

/** Zero inputs and zero outputs; state and linkhash are not looked at (spec 02 §9). */
export function isEmptyTransaction(transaction: Transaction): boolean {
  return transaction.inputs.length === 0 && transaction.outputs.length === 0;
}
