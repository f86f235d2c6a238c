import { toUnsigned } from "../protocol/bytes.js";
import type { TxPoW } from "../protocol/txpow.js";

/** The block target as a number. */
export function blockTarget(txpow: TxPoW): bigint {
  return toUnsigned(txpow.header.blkdiff);
}
