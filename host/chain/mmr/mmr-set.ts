import { entryNumber, readEntryNumber, writeEntryNumber } from "../../protocol/entry-number.js";
import { ProtocolError } from "../../protocol/errors.js";
import { readMMREntry, writeMMREntry } from "../../protocol/mmr-objects.js";
import type { Reader } from "../../protocol/reader.js";
import type { Writer } from "../../protocol/writer.js";
import { MMR } from "./mmr.js";

/** Reads an MMR set: entries in any order, the number of leaves as written (spec 03 §3). The result is not final. */
export function readMMRSet(reader: Reader): MMR {
  const blocktime = Number(reader.number().toInt64());
  const next = readEntryNumber(reader);
  const mmr = new MMR(blocktime);
  for (const { row, entry, data } of reader.list(18, readMMREntry)) {
    if (entry.scale !== 0) throw new ProtocolError("malformed", "an entry of an MMR set has no position");
    mmr.set(row, entry.unscaled, data);
  }
  if (next.scale !== 0) throw new ProtocolError("malformed", "the size of an MMR set is no whole number");
  mmr.next = next.unscaled;
  return mmr;
}

export function writeMMRSet(writer: Writer, mmr: MMR): void {
  writer.integer(mmr.blocktime);
  writeEntryNumber(writer, entryNumber(mmr.next));
  writer.list(Array.from(mmr.entries()), writeMMREntry);
}
