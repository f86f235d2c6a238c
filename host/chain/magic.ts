import { equalBytes, fromUnsigned, toUnsigned } from "../protocol/bytes.js";
import type { Magic, MagicValues } from "../protocol/magic.js";
import { MiniNumber } from "../protocol/number.js";
import { EASIEST_TARGET } from "./params.js";

/** What every network starts with: also the floors of the numbers and the ceiling of the work (spec 02 §11). */
export const DEFAULT_MAGIC_VALUES: MagicValues = {
  maxTxPoWSize: MiniNumber.of(65536),
  maxKissvmOps: MiniNumber.of(1024),
  maxTransactions: MiniNumber.of(256),
  minTxPoWWork: fromUnsigned(EASIEST_TARGET),
};

export const DEFAULT_MAGIC: Magic = { current: DEFAULT_MAGIC_VALUES, desired: DEFAULT_MAGIC_VALUES };

/** The weighted average moves by 1/16384 of the way to the desired value. */
const KEPT = 16383n;
const WHOLE = 16384n;

/** The values in force in a child of a block with this Magic (spec 02 §11.1). Throws `range`. */
function nextMagicValues({ current, desired }: Magic): MagicValues {
  return {
    maxTxPoWSize: nextNumber(current.maxTxPoWSize, desired.maxTxPoWSize, DEFAULT_MAGIC_VALUES.maxTxPoWSize),
    maxKissvmOps: nextNumber(current.maxKissvmOps, desired.maxKissvmOps, DEFAULT_MAGIC_VALUES.maxKissvmOps),
    maxTransactions: nextNumber(current.maxTransactions, desired.maxTransactions, DEFAULT_MAGIC_VALUES.maxTransactions),
    minTxPoWWork: fromUnsigned(nextWork(toUnsigned(current.minTxPoWWork), toUnsigned(desired.minTxPoWWork))),
  };
}

/** The Magic of a child: calculated values, and its maker's wishes (spec 02 §11.1). Throws `range`. */
export function nextMagic(parent: Magic, desired: MagicValues = DEFAULT_MAGIC_VALUES): Magic {
  return { current: nextMagicValues(parent), desired };
}

/** Whether a block has the values in force that follow from its parent's Magic (spec 02 §11.2). Throws `range`. */
export function hasRightMagic({ current }: Magic, parent: Magic): boolean {
  const expected = nextMagicValues(parent);
  return (
    current.maxTxPoWSize.equals(expected.maxTxPoWSize) &&
    current.maxKissvmOps.equals(expected.maxKissvmOps) &&
    current.maxTransactions.equals(expected.maxTransactions) &&
    equalBytes(current.minTxPoWWork, expected.minTxPoWWork)
  );
}

function nextNumber(current: MiniNumber, wish: MiniNumber, floor: MiniNumber): MiniNumber {
  const low = current.div(MiniNumber.TWO);
  const high = current.mul(MiniNumber.TWO);
  let desired = wish;
  if (desired.lessThan(low)) desired = low;
  else if (desired.moreThan(high)) desired = high;
  if (desired.lessThan(floor)) desired = floor;
  return current.mul(MiniNumber.of(KEPT)).add(desired).div(MiniNumber.of(WHOLE));
}

function nextWork(current: bigint, wish: bigint): bigint {
  const low = current / 2n;
  const high = current * 2n;
  let desired = wish;
  if (desired < low) desired = low;
  else if (desired > high) desired = high;
  if (desired > EASIEST_TARGET) desired = EASIEST_TARGET;
  return (current * KEPT + desired) / WHOLE;
}
