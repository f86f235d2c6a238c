import { type Bytes, compareUnsigned, toUnsigned } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import { hashObject } from "./hash.js";
import { memo } from "./memo.js";
import { MiniNumber } from "./number.js";
import type { Reader } from "./reader.js";
import { checkEncodable } from "./state-variable.js";
import { isEmptyTransaction, transactionBurn } from "./transaction.js";
import { readTxBody, type TxBody, writeTxBody } from "./txbody.js";
import { CASCADE_LEVELS, readTxHeader, type TxHeader, writeTxHeader } from "./txheader.js";
import { encode, Writer } from "./writer.js";

/** The unit of the chain: a transaction, a block, or both (spec 02 §14). */
export interface TxPoW {
  readonly header: TxHeader;
  readonly body: TxBody | null;
}

/** Refuses a TxPoW that cannot be encoded again (spec 02 §23). */
export function readTxPoW(reader: Reader): TxPoW {
  const header = readTxHeader(reader);
  if (!reader.flag()) return { header, body: null };
  const body = readTxBody(reader);
  for (const { coin } of body.witness.coinProofs) checkEncodable(coin.state);
  for (const { coin } of body.burnWitness.coinProofs) checkEncodable(coin.state);
  return { header, body };
}

export function writeTxPoW(writer: Writer, txpow: TxPoW): void {
  writeTxHeader(writer, txpow.header);
  writer.flag(txpow.body !== null);
  if (txpow.body !== null) writeTxBody(writer, txpow.body);
}

/** The header alone, as a cascade keeps it. */
export function withoutBody(txpow: TxPoW): TxPoW {
  return txpow.body === null ? txpow : { header: txpow.header, body: null };
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

/** Super level, -1 when the id is above the block target (spec 02 §14.2, 06 §7). */
export const superLevel = memo((txpow: TxPoW): number => superLevelOf(txpowId(txpow), txpow.header.blkdiff));

/** The super level of an id under a target. Throws `range` for an id of zero. */
export function superLevelOf(id: Bytes, target: Bytes): number {
  const divisor = toUnsigned(id);
  if (divisor === 0n) throw new ProtocolError("range", "an id of zero has no super level");
  const comparison = compareUnsigned(id, target);
  if (comparison > 0) return -1;
  if (comparison === 0) return 0;
  const significant = target.length - target.findIndex((byte) => byte !== 0);
  if (significant > id.length + CASCADE_LEVELS / 8) return CASCADE_LEVELS - 1;
  const ratio = toUnsigned(target.subarray(target.length - significant)) / divisor;
  return Math.min(CASCADE_LEVELS - 1, ratio.toString(2).length - 1);
}

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
  return transactionBurn(txpow.body.transaction).add(transactionBurn(txpow.body.burnTransaction));
}

/** The canonical encoding. */
export function txpowBytes(txpow: TxPoW): Bytes {
  return encode(writeTxPoW, txpow);
}
