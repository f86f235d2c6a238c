import { type Bytes, ZERO_ID } from "./bytes.js";
import { type Coin, MIN_COIN_BYTES, readCoin, writeCoin } from "./coin.js";
import { hashObject } from "./hash.js";
import { memo } from "./memo.js";
import { MiniNumber } from "./number.js";
import type { Reader } from "./reader.js";
import { checkEncodable, readStateVariable, type StateVariable, writeStateVariable } from "./state-variable.js";
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

/** Refuses a transaction whose id cannot be computed (spec 02 §23). */
export function readTransaction(reader: Reader): Transaction {
  const transaction = {
    inputs: reader.list(MIN_COIN_BYTES, readCoin),
    outputs: reader.list(MIN_COIN_BYTES, readCoin),
    state: reader.list(3, readStateVariable),
    linkhash: reader.hash(),
  };
  for (const coin of transaction.inputs) checkEncodable(coin.state);
  for (const coin of transaction.outputs) checkEncodable(coin.state);
  checkEncodable(transaction.state);
  return transaction;
}

export function writeTransaction(writer: Writer, transaction: Transaction): void {
  writer.list(transaction.inputs, writeCoin);
  writer.list(transaction.outputs, writeCoin);
  writer.list(transaction.state, writeStateVariable);
  writer.hash(transaction.linkhash);
}

/** What signatures sign (spec 02 §9.1). Throws `range` when a NUMBER state variable is out of range (Q4). */
export const transactionId = memo((transaction: Transaction): Bytes => hashObject(writeTransaction, transaction));

/** The sum of all amounts, whatever the token (spec 02 §21.1). Throws `range`. */
export function sumAmounts(coins: readonly Coin[]): MiniNumber {
  return coins.reduce((sum, coin) => sum.add(coin.amount), MiniNumber.ZERO);
}

/** Inputs less outputs (spec 02 §14.2). Throws `range`. */
export function transactionBurn(transaction: Transaction): MiniNumber {
  return sumAmounts(transaction.inputs).sub(sumAmounts(transaction.outputs));
}

/** Zero inputs and zero outputs; state and linkhash are not looked at (spec 02 §9). */
export function isEmptyTransaction(transaction: Transaction): boolean {
  return transaction.inputs.length === 0 && transaction.outputs.length === 0;
}
