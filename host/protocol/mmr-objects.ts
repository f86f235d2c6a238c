import type { Bytes } from "./bytes.js";
import { type EntryNumber, readEntryNumber, writeEntryNumber } from "./entry-number.js";
import { MiniNumber } from "./number.js";
import type { Reader } from "./reader.js";
import type { Writer } from "./writer.js";

/** An MMR node: hash and sum (spec 03 §1). */
export interface MMRData {
  readonly hash: Bytes;
  readonly value: MiniNumber;
}

/** Bytes of the shortest entry: row, position, empty hash, value. */
export const MIN_MMR_ENTRY_BYTES = 18;

/** A node with its position (spec 02 §7.3). */
export interface MMREntry {
  readonly row: number;
  readonly entry: EntryNumber;
  readonly data: MMRData;
}

/** One step of a proof: a sibling and the raw byte that says whether it stands on the left (non-zero). */
export interface ProofChunk {
  readonly left: number;
  readonly data: MMRData;
}

/** MMRProof (spec 02 §7.4): made against the MMR of block `blocktime`. */
export interface MMRProof {
  readonly blocktime: MiniNumber;
  readonly chunks: readonly ProofChunk[];
}

export const EMPTY_PROOF: MMRProof = { blocktime: MiniNumber.ZERO, chunks: [] };

export function readMMRData(reader: Reader): MMRData {
  return { hash: reader.hash(), value: reader.number() };
}

export function writeMMRData(writer: Writer, data: MMRData): void {
  writer.hash(data.hash);
  writer.number(data.value);
}

export function readMMREntry(reader: Reader): MMREntry {
  return { row: reader.number().toInt32(), entry: readEntryNumber(reader), data: readMMRData(reader) };
}

export function writeMMREntry(writer: Writer, entry: MMREntry): void {
  writer.integer(entry.row);
  writeEntryNumber(writer, entry.entry);
  writeMMRData(writer, entry.data);
}

export function readMMRProof(reader: Reader): MMRProof {
  const blocktime = reader.number();
  return { blocktime, chunks: reader.list(8, (r) => ({ left: r.byte(), data: readMMRData(r) })) };
}

export function writeMMRProof(writer: Writer, proof: MMRProof): void {
  writer.number(proof.blocktime);
  writer.list(proof.chunks, (w, chunk) => {
    w.byte(chunk.left);
    writeMMRData(w, chunk.data);
  });
}
