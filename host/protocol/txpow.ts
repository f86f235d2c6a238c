import { type Bytes, compareUnsigned, toUnsigned } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import { hashObject } from "./hash.js";
import { memo } from "./memo.js";
import { MiniNumber } from "./number.js";
import type { Reader } from "./reader.js";
import { isEmptyTransaction } from "./transaction.js";
import { readTxBody, type TxBody, writeTxBody } from "./txbody.js";
import { CASCADE_LEVELS, readTxHeader, type TxHeader, writeTxHeader } from "./txheader.js";
import { encode, Writer } from "./writer.js";

/** The unit of the chain: a transaction, a block, or both (spec 02 §14). */
export interface TxPoW {
  readonly header: TxHeader;
  readonly body: TxBody | null;
}

export function readTxPoW(reader: Reader): TxPoW {
  return { header: readTxHeader(reader), body: reader.flag() ? readTxBody(reader) : null };
}

export function writeTxPoW(writer: Writer, txpow: TxPoW): void {
  writeTxHeader(writer, txpow.header);
  writer.flag(txpow.body !== null);
  if (txpow.body !== null) writeTxBody(writer, txpow.body);
}

/** The id: hash of the header's encoding (spec 02 §2). */
export const txpowId = memo((txpow: TxPoW): Bytes => hashObject(writeTxHeader, txpow.header));

/** The parent block's id. */
export function parentId(txpow: TxPoW): Bytes {
  return txpow.header.superparents[0] as Bytes;
}

/** Whether the id is below the declared block target, strictly (spec 02 §14.2). */
export const isBlock = memo((txpow: TxPoW): boolean => compareUnsigned(txpowId(txpow), txpow.header.blkdiff) < 0);

/** "Carries a transaction": main or burn transaction not empty, whatever the work (spec 02 §14.2). */
export function carriesTransaction(txpow: TxPoW): boolean {
  return txpow.body !== null && !(isEmptyTransaction(txpow.body.transaction) && isEmptyTransaction(txpow.body.burnTransaction));
}

/** Whether it did the work for its main transaction: the JSON's `istransaction` (spec 02 §14.2). */
export function isTransaction(txpow: TxPoW): boolean {
  return txpow.body !== null && compareUnsigned(txpowId(txpow), txpow.body.txndiff) < 0 && !isEmptyTransaction(txpow.body.transaction);
}

/** Super level, -1 when the id is above the block target (spec 06 §7). Throws `range` for an id of zero. */
export const superLevel = memo((txpow: TxPoW): number => {
  const id = toUnsigned(txpowId(txpow));
  if (id === 0n) throw new ProtocolError("range", "a TxPoW id of zero has no super level");
  const ratio = toUnsigned(txpow.header.blkdiff) / id;
  return ratio === 0n ? -1 : Math.min(CASCADE_LEVELS - 1, ratio.toString(2).length - 1);
});

/** Byte length of the canonical encoding. */
export const txpowSize = memo((txpow: TxPoW): number => {
  const writer = new Writer(1024);
  writeTxPoW(writer, txpow);
  return writer.length;
});

/** Size less 32 bytes for each listed TxPoW id (spec 02 §14.2, Q13). */
export function sizeWithoutBlockTransactions(txpow: TxPoW): number {
  return txpowSize(txpow) - 32 * (txpow.body?.txnlist.length ?? 0);
}

/** Inputs less outputs of the main and the burn transaction; 0 without a body (spec 02 §14.2). Throws `range`. */
export function txpowBurn(txpow: TxPoW): MiniNumber {
  if (txpow.body === null) return MiniNumber.ZERO;
  const { transaction, burnTransaction } = txpow.body;
  const total = (coins: readonly { amount: MiniNumber }[]): MiniNumber =>
    coins.reduce((sum, coin) => sum.add(coin.amount), MiniNumber.ZERO);
  return total(transaction.inputs)
    .sub(total(transaction.outputs))
    .add(total(burnTransaction.inputs).sub(total(burnTransaction.outputs)));
}

/** The canonical encoding. */
export function txpowBytes(txpow: TxPoW): Bytes {
  return encode(writeTxPoW, txpow);
}
