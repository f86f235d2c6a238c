import { type Coin, MIN_COIN_BYTES, readCoin, writeCoin } from "./coin.js";
import { foldValue } from "./mmr-node.js";
import { type MMRProof, readMMRProof, writeMMRProof } from "./mmr-objects.js";
import { MiniNumber } from "./number.js";
import type { Reader } from "./reader.js";
import { readSignature, type Signature, writeSignature } from "./signature.js";
import type { Writer } from "./writer.js";

/** Bytes of the shortest encoding of a coin proof. */
export const MIN_COIN_PROOF_BYTES = MIN_COIN_BYTES + 6;

/** A coin and the proof that it is in the MMR (spec 02 §8.1). */
export interface CoinProof {
  readonly coin: Coin;
  readonly proof: MMRProof;
}

/** A script and its proof; the address is the fold of the two (spec 02 §8.2). */
export interface ScriptProof {
  readonly script: string;
  readonly proof: MMRProof;
}

/** What proves a transaction (spec 02 §10). Coin proof i belongs to input i. */
export interface Witness {
  readonly signatures: readonly Signature[];
  readonly coinProofs: readonly CoinProof[];
  readonly scripts: readonly ScriptProof[];
}

export const EMPTY_WITNESS: Witness = { signatures: [], coinProofs: [], scripts: [] };

export function readCoinProof(reader: Reader): CoinProof {
  return { coin: readCoin(reader), proof: readMMRProof(reader) };
}

export function writeCoinProof(writer: Writer, proof: CoinProof): void {
  writeCoin(writer, proof.coin);
  writeMMRProof(writer, proof.proof);
}

/** Refuses a proof whose values cannot be summed up: it has no address (spec 03 §1). */
export function readScriptProof(reader: Reader): ScriptProof {
  const scriptProof = { script: reader.string(), proof: readMMRProof(reader) };
  foldValue(MiniNumber.ZERO, scriptProof.proof);
  return scriptProof;
}

export function writeScriptProof(writer: Writer, proof: ScriptProof): void {
  writer.string(proof.script);
  writeMMRProof(writer, proof.proof);
}

export function readWitness(reader: Reader): Witness {
  return {
    signatures: reader.list(3, readSignature),
    coinProofs: reader.list(MIN_COIN_PROOF_BYTES, readCoinProof),
    scripts: reader.list(10, readScriptProof),
  };
}

export function writeWitness(writer: Writer, witness: Witness): void {
  writer.list(witness.signatures, writeSignature);
  writer.list(witness.coinProofs, writeCoinProof);
  writer.list(witness.scripts, writeScriptProof);
}
