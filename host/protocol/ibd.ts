import { type CascadeNodes, readCascadeNodes, writeCascadeNodes } from "./cascade.js";
import type { Reader } from "./reader.js";
import { MIN_TXBLOCK_BYTES, readTxBlock, type TxBlock, writeTxBlock } from "./txblock.js";
import type { Writer } from "./writer.js";

/** Initial block download (spec 02 §17). `cascade` is null when the flag is 0; it may be present and empty. */
export interface IBD {
  readonly cascade: CascadeNodes | null;
  readonly blocks: readonly TxBlock[];
}

export function readIBD(reader: Reader): IBD {
  return { cascade: reader.flag() ? readCascadeNodes(reader) : null, blocks: reader.list(MIN_TXBLOCK_BYTES, readTxBlock) };
}

export function writeIBD(writer: Writer, ibd: IBD): void {
  writer.flag(ibd.cascade !== null);
  if (ibd.cascade !== null) writeCascadeNodes(writer, ibd.cascade);
  writer.list(ibd.blocks, writeTxBlock);
}
