import type { Bytes } from "../bytes.js";
import { type IBD, readIBD, writeIBD } from "../ibd.js";
import type { Reader } from "../reader.js";
import { type CoinProof, MIN_COIN_PROOF_BYTES, readCoinProof, writeCoinProof } from "../witness.js";
import type { Writer } from "../writer.js";

/** Asks a mega node for the coins of addresses and keys (spec 02 §18.4). */
export interface MegaMMRSyncData {
  readonly addresses: readonly Bytes[];
  readonly publicKeys: readonly Bytes[];
}

/** The version is read but not looked at. */
export function readMegaMMRSyncData(reader: Reader): MegaMMRSyncData {
  reader.number();
  return { addresses: reader.list(4, (r) => r.data()), publicKeys: reader.list(4, (r) => r.data()) };
}

export function writeMegaMMRSyncData(writer: Writer, data: MegaMMRSyncData): void {
  writer.integer(1);
  writer.list(data.addresses, (w, address) => w.data(address));
  writer.list(data.publicKeys, (w, key) => w.data(key));
}

/** A mega node's answer: the chain, the coins asked for, known peers (spec 02 §18.5). */
export interface MegaMMRIBD {
  readonly ibd: IBD;
  readonly coinProofs: readonly CoinProof[];
  /** `host:port`, separated by commas. */
  readonly peers: string;
}

/** The version is read but not looked at. */
export function readMegaMMRIBD(reader: Reader): MegaMMRIBD {
  reader.number();
  return { ibd: readIBD(reader), coinProofs: reader.list(MIN_COIN_PROOF_BYTES, readCoinProof), peers: reader.string() };
}

export function writeMegaMMRIBD(writer: Writer, answer: MegaMMRIBD): void {
  writer.integer(2);
  writeIBD(writer, answer.ibd);
  writer.list(answer.coinProofs, writeCoinProof);
  writer.string(answer.peers);
}
