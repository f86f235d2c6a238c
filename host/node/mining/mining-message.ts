import { equalBytes, ZERO_ID } from "../../protocol/bytes.js";
import { MiniNumber } from "../../protocol/number.js";
import { decode } from "../../protocol/reader.js";
import { readTxHeader, type TxHeader, writeTxHeader } from "../../protocol/txheader.js";
import { encode } from "../../protocol/writer.js";

/** A header ready to be searched for a nonce. */
export interface MiningMessage {
  readonly message: Uint8Array;
  /** Where the counter lies, and its bytes. */
  readonly offset: number;
  readonly width: number;
}

const COUNTER_BYTES = 8;
/** Bytes absorbed by one permutation of SHA3-256. */
const RATE = 136;
/** From the end of a custom hash to the end of the header: the body hash with its length. */
const AFTER_CUSTOM_HASH = 36;
const CUSTOM_HASH_BYTES = 32;
/** With 44 decimals even the longest nonce stays below 2^64, so that every node can print and copy it. */
const NONCE_SCALE = 44;
const LONGEST_NONCE = 26;
const REFERENCE_NONCE = MiniNumber.parse("100000000000000000.00000000000000000000000000000000000000001");
/** Where the reference's miner counts (spec 02 §12.2). */
const REFERENCE_OFFSET = 4;

/**
 * Makes a header ready for the search. Where the custom hash is free the counter goes to its end, and the nonce and the custom hash
 * are padded so that it lies in the last block: all blocks before are hashed only once (docs/decisions/0002-keccak-kernel.md).
 */
export function miningMessage(header: TxHeader): MiningMessage {
  if (!equalBytes(header.customhash, ZERO_ID))
    return { message: encode(writeTxHeader, { ...header, nonce: REFERENCE_NONCE }), offset: REFERENCE_OFFSET, width: COUNTER_BYTES };
  const plain = encode(writeTxHeader, padded(header, 1, CUSTOM_HASH_BYTES)).length;
  const inLastBlock = plain % RATE;
  const missing = Math.max(0, AFTER_CUSTOM_HASH + COUNTER_BYTES - inLastBlock);
  const noncePadding = Math.min(missing, LONGEST_NONCE - 1);
  const message = encode(writeTxHeader, padded(header, 1 + noncePadding, CUSTOM_HASH_BYTES + missing - noncePadding));
  return { message, offset: message.length - AFTER_CUSTOM_HASH - COUNTER_BYTES, width: COUNTER_BYTES };
}

function padded(header: TxHeader, nonceBytes: number, customHashBytes: number): TxHeader {
  const nonce = MiniNumber.fromWire(1n << BigInt(8 * (nonceBytes - 1)), NONCE_SCALE);
  return { ...header, nonce, customhash: new Uint8Array(customHashBytes) };
}

/** The header of a search that found something. */
export function minedHeader(message: Uint8Array): TxHeader {
  return decode(readTxHeader, message);
}
