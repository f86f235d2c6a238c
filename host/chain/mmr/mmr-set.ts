import { entryNumber, entryValue, readEntryNumber, writeEntryNumber } from "../../protocol/entry-number.js";
import { ProtocolError } from "../../protocol/errors.js";
import { MIN_MMR_ENTRY_BYTES, readMMREntry, writeMMREntry } from "../../protocol/mmr-objects.js";
import type { Reader } from "../../protocol/reader.js";
import type { Writer } from "../../protocol/writer.js";
import { MMR } from "./mmr.js";

/** Reads an MMR set: entries in any order, the number of leaves as written (spec 03 §3). The result is not final. */
export function readMMRSet(reader: Reader): MMR {
  const blocktime = reader.number();
  const number = Number(blocktime.toBigInt());
  if (!blocktime.isWhole() || !Number.isSafeInteger(number)) throw new ProtocolError("range", "an MMR set is of no block");
  const next = readEntryNumber(reader);
  if (next.scale !== 0) throw new ProtocolError("malformed", "the size of an MMR set is no whole number");
  const mmr = new MMR(number);
  mmr.next = next.unscaled;
  for (const { row, entry, data } of reader.list(MIN_MMR_ENTRY_BYTES, readMMREntry)) {
    const position = entryValue(entry);
    if (position === undefined) throw new ProtocolError("malformed", "an entry of an MMR set has no position");
    mmr.set(row, position, data);
  }
  return mmr;
}

export function writeMMRSet(writer: Writer, mmr: MMR): void {
  writer.integer(mmr.blocktime);
  writeEntryNumber(writer, entryNumber(mmr.next));
  writer.list([...mmr.entries()], writeMMREntry);
}
