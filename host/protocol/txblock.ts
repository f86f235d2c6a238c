import { type Coin, MIN_COIN_BYTES, readCoin, writeCoin } from "./coin.js";
import { MIN_MMR_ENTRY_BYTES, type MMREntry, readMMREntry, writeMMREntry } from "./mmr-objects.js";
import type { Reader } from "./reader.js";
import { readTxPoW, type TxPoW, writeTxPoW } from "./txpow.js";
import { type CoinProof, MIN_COIN_PROOF_BYTES, readCoinProof, writeCoinProof } from "./witness.js";
import type { Writer } from "./writer.js";

/** Bytes of the shortest encoding of a TxBlock. */
export const MIN_TXBLOCK_BYTES = 73;

/** A block that carries all that is needed to rebuild its MMR (spec 02 §15). */
export interface TxBlock {
  readonly txpow: TxPoW;
  /** Peaks of the parent's MMR, highest row first. */
  readonly previousPeaks: readonly MMREntry[];
  readonly spentCoins: readonly CoinProof[];
  readonly newCoins: readonly Coin[];
}

export function readTxBlock(reader: Reader): TxBlock {
  return {
    txpow: readTxPoW(reader),
    previousPeaks: reader.list(MIN_MMR_ENTRY_BYTES, readMMREntry),
    spentCoins: reader.list(MIN_COIN_PROOF_BYTES, readCoinProof),
    newCoins: reader.list(MIN_COIN_BYTES, readCoin),
  };
}

export function writeTxBlock(writer: Writer, block: TxBlock): void {
  writeTxPoW(writer, block.txpow);
  writer.list(block.previousPeaks, writeMMREntry);
  writer.list(block.spentCoins, writeCoinProof);
  writer.list(block.newCoins, writeCoin);
}
