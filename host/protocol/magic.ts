import type { Bytes } from "./bytes.js";
import type { MiniNumber } from "./number.js";
import type { Reader } from "./reader.js";
import type { Writer } from "./writer.js";

/** Four limits of the network: in force, or wished for (spec 02 §11). */
export interface MagicValues {
  readonly maxTxPoWSize: MiniNumber;
  readonly maxKissvmOps: MiniNumber;
  readonly maxTransactions: MiniNumber;
  /** The easiest transaction target. */
  readonly minTxPoWWork: Bytes;
}

/** The magic numbers of a header (spec 02 §11). */
export interface Magic {
  readonly current: MagicValues;
  readonly desired: MagicValues;
}

function readValues(reader: Reader): MagicValues {
  return { maxTxPoWSize: reader.number(), maxKissvmOps: reader.number(), maxTransactions: reader.number(), minTxPoWWork: reader.data() };
}

function writeValues(writer: Writer, values: MagicValues): void {
  writer.number(values.maxTxPoWSize);
  writer.number(values.maxKissvmOps);
  writer.number(values.maxTransactions);
  writer.data(values.minTxPoWWork);
}

export function readMagic(reader: Reader): Magic {
  return { current: readValues(reader), desired: readValues(reader) };
}

export function writeMagic(writer: Writer, magic: Magic): void {
  writeValues(writer, magic.current);
  writeValues(writer, magic.desired);
}
