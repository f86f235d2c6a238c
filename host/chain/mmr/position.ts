/** Rows 0..255 (spec 03 §2). */
export const MAX_ROWS = 256;

/** Entries below this have keys that are exact doubles, which are smaller and faster than bigints. */
const MAX_NUMBER_ENTRY = 1n << 45n;

/** A place in an MMR as one value: a number for every leaf there will ever be, a bigint beyond. */
export type PositionKey = number | bigint;

export function positionKey(row: number, entry: bigint): PositionKey {
  if (entry >= 0n && entry < MAX_NUMBER_ENTRY) return Number(entry) * MAX_ROWS + row;
  return entry * BigInt(MAX_ROWS) + BigInt(row);
}

export function keyRow(key: PositionKey): number {
  return typeof key === "number" ? key % MAX_ROWS : Number(key & 0xffn);
}

export function keyEntry(key: PositionKey): bigint {
  return typeof key === "number" ? BigInt(Math.floor(key / MAX_ROWS)) : key >> 8n;
}
