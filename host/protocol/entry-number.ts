import { fromSigned, toSigned } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import { MiniNumber } from "./number.js";
import type { Reader } from "./reader.js";
import type { Writer } from "./writer.js";

/**
 * MMREntryNumber: an unbounded decimal `unscaled * 10^-scale` (spec 01 §5, 03 §2). Genuine ones have scale 0; any scale decodes
 * and is re-encoded, and is never expanded (spec 03 quirk 4).
 */
export interface EntryNumber {
  readonly scale: number;
  readonly unscaled: bigint;
}

/** The longest unscaled value that is read: 32 bytes number any leaf there can be, and no block has room for more than this. */
const MAX_UNSCALED_BYTES = 1 << 20;

/** No position has more decimals or zeros than this. */
const MAX_POSITION_SCALE = 400;

export const ENTRY_ZERO: EntryNumber = { scale: 0, unscaled: 0n };

export function entryNumber(value: number | bigint): EntryNumber {
  return { scale: 0, unscaled: BigInt(value) };
}

export function readEntryNumber(reader: Reader): EntryNumber {
  const scale = reader.number().toInt32();
  const unscaled = reader.data();
  if (unscaled.length > MAX_UNSCALED_BYTES) throw new ProtocolError("limit", `an entry number of ${unscaled.length} bytes is too long`);
  return { scale, unscaled: toSigned(unscaled) };
}

export function writeEntryNumber(writer: Writer, entry: EntryNumber): void {
  writer.integer(entry.scale);
  writer.data(fromSigned(entry.unscaled));
}

/** The position a number names, by value (`5.0` is 5), or undefined when it is negative, fractional or beyond 2^53 - 1. */
export function entryPosition(entry: EntryNumber): number | undefined {
  const value = entryValue(entry);
  return value !== undefined && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}

/** As `entryPosition`, for MMRs of any size. */
export function entryValue({ scale, unscaled }: EntryNumber): bigint | undefined {
  if (unscaled === 0n) return 0n;
  if (unscaled < 0n || Math.abs(scale) > MAX_POSITION_SCALE) return undefined;
  const power = 10n ** BigInt(Math.abs(scale));
  if (scale <= 0) return unscaled * power;
  return unscaled % power === 0n ? unscaled / power : undefined;
}

/** Plain decimal text (spec 01 §4.3). Throws `range` where the text would have more than 100 000 digits of padding. */
export function entryNumberText(entry: EntryNumber): string {
  if (Math.abs(entry.scale) > 100_000) throw new ProtocolError("range", "entry number is too large to print");
  return new MiniNumber(entry.unscaled, entry.scale).toString();
}
