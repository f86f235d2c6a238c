import { type CascadeNodes, readCascadeNodes, writeCascadeNodes } from "./cascade.js";
import type { Reader } from "./reader.js";
import { readTxBlock, type TxBlock, writeTxBlock } from "./txblock.js";
import type { Writer } from "./writer.js";

/** Initial block download (spec 02 §17). `cascade` is null when the flag is 0; it may be present and empty. */
export interface IBD {
  readonly cascade: CascadeNodes | null;
  readonly blocks: readonly TxBlock[];
}

/** Blocks that are read before there is a pause. */
const BLOCKS_PER_STEP = 32;

export function readIBD(reader: Reader): IBD {
  const steps = readIBDInSteps(reader);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Reads a long IBD in steps of a few milliseconds, so that the caller can do other things in between. */
export function* readIBDInSteps(reader: Reader): Generator<void, IBD, void> {
  const cascade = reader.flag() ? readCascadeNodes(reader) : null;
  yield;
  const blocks: TxBlock[] = [];
  for (let count = reader.count(); blocks.length < count; ) {
    blocks.push(readTxBlock(reader));
    if (blocks.length % BLOCKS_PER_STEP === 0) yield;
  }
  return { cascade, blocks };
}

export function writeIBD(writer: Writer, ibd: IBD): void {
  writer.flag(ibd.cascade !== null);
  if (ibd.cascade !== null) writeCascadeNodes(writer, ibd.cascade);
  writer.list(ibd.blocks, writeTxBlock);
}
