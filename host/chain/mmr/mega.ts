import { toHex } from "../../protocol/bytes.js";
import { type Coin, readCoin, writeCoin } from "../../protocol/coin.js";
import type { Reader } from "../../protocol/reader.js";
import type { Writer } from "../../protocol/writer.js";
import type { MMR } from "./mmr.js";
import { readMMRSet, writeMMRSet } from "./mmr-set.js";

const VERSION = 1;

/** One MMR of everything below the tree, and all unspent coins in it by coin id (spec 03 §12). */
export interface MegaMMR {
  readonly mmr: MMR;
  /** By upper-case hex of the coin id. */
  readonly coins: Map<string, Coin>;
}

/** Reads an image. The MMR is not final. */
export function readMegaMMR(reader: Reader): MegaMMR {
  reader.number();
  const mmr = readMMRSet(reader);
  const coins = new Map<string, Coin>();
  for (const coin of reader.list(30, readCoin)) coins.set(toHex(coin.coinid), coin);
  return { mmr, coins };
}

export function writeMegaMMR(writer: Writer, mega: MegaMMR): void {
  writer.integer(VERSION);
  writeMMRSet(writer, mega.mmr);
  writer.list(Array.from(mega.coins.values()), writeCoin);
}
