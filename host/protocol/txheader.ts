import { type Bytes, equalBytes } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import { type Magic, readMagic, writeMagic } from "./magic.js";
import type { MiniNumber } from "./number.js";
import type { Reader } from "./reader.js";
import type { Writer } from "./writer.js";

/** Levels of super parents, also of a cascade (spec 02 §12.1). */
export const CASCADE_LEVELS = 32;

/** The header of a TxPoW; its hash is the TxPoW id (spec 02 §12). */
export interface TxHeader {
  readonly nonce: MiniNumber;
  readonly chainid: Bytes;
  /** Unix milliseconds. */
  readonly time: MiniNumber;
  readonly block: MiniNumber;
  /** Block target. */
  readonly blkdiff: Bytes;
  /** 32 ids; index = level, 0 = the parent. */
  readonly superparents: readonly Bytes[];
  readonly mmr: Bytes;
  readonly total: MiniNumber;
  readonly magic: Magic;
  readonly customhash: Bytes;
  readonly bodyhash: Bytes;
}

export function readTxHeader(reader: Reader): TxHeader {
  return {
    nonce: reader.number(),
    chainid: reader.data(),
    time: reader.number(),
    block: reader.number(),
    blkdiff: reader.data(),
    superparents: readSuperParents(reader),
    mmr: reader.hash(),
    total: reader.number(),
    magic: readMagic(reader),
    customhash: reader.hash(),
    bodyhash: reader.hash(),
  };
}

export function writeTxHeader(writer: Writer, header: TxHeader): void {
  writer.number(header.nonce);
  writer.data(header.chainid);
  writer.number(header.time);
  writer.number(header.block);
  writer.data(header.blkdiff);
  writeSuperParents(writer, header.superparents);
  writer.hash(header.mmr);
  writer.number(header.total);
  writeMagic(writer, header.magic);
  writer.hash(header.customhash);
  writer.hash(header.bodyhash);
}

/** Runs of equal ids until 32 levels are filled (spec 02 §12.1). */
function readSuperParents(reader: Reader): Bytes[] {
  const ids: Bytes[] = [];
  while (ids.length < CASCADE_LEVELS) {
    const count = reader.byte();
    const id = reader.hash();
    if (ids.length + count > CASCADE_LEVELS) throw new ProtocolError("malformed", "super parents exceed 32 levels");
    for (let i = 0; i < count; i++) ids.push(id);
  }
  return ids;
}

/** The maximal runs of equal ids, in level order. */
export function superParentRuns(ids: readonly Bytes[]): { readonly count: number; readonly id: Bytes }[] {
  const runs: { count: number; id: Bytes }[] = [];
  for (const id of ids) {
    const last = runs.at(-1);
    if (last !== undefined && (last.id === id || equalBytes(last.id, id))) last.count++;
    else runs.push({ count: 1, id });
  }
  return runs;
}

function writeSuperParents(writer: Writer, ids: readonly Bytes[]): void {
  for (const run of superParentRuns(ids)) {
    writer.byte(run.count);
    writer.hash(run.id);
  }
}
