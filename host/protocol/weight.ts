import { MAX_HASH, toUnsigned } from "./bytes.js";
import { DECIMAL_ZERO, type Decimal, divideIntegers, roundHalfEven } from "./decimal.js";
import { ProtocolError } from "./errors.js";
import { memo } from "./memo.js";
import { isBlock, type TxPoW } from "./txpow.js";

/** Weights are IEEE decimal32 numbers: 7 significant digits (spec 02 §14.2). */
const WEIGHT_DIGITS = 7;
const MAX_TARGET = toUnsigned(MAX_HASH);
/** A target beyond 2^8192 weighs nothing: less than 10^-2388, and no valid block has one. */
const MAX_TARGET_LENGTH = 1024;
/** More than any cascade has; keeps 2^level small. */
const MAX_WEIGHT_LEVEL = 1024;

/** What a block adds to its chain: 2^256 - 1 over its target to 7 digits, half-even; 0 when it is no block (spec 02 §14.2). */
export const blockWeight = memo((txpow: TxPoW): Decimal => {
  const { blkdiff } = txpow.header;
  if (!isBlock(txpow) || blkdiff.length > MAX_TARGET_LENGTH) return DECIMAL_ZERO;
  return divideIntegers(MAX_TARGET, toUnsigned(blkdiff), WEIGHT_DIGITS);
});

/** Weight times 2^level, again to 7 digits (spec 02 §16, Q18). Throws `range` for a level outside 0..1024. */
export function cascadeWeight(txpow: TxPoW, level: number): Decimal {
  if (level < 0 || level > MAX_WEIGHT_LEVEL) throw new ProtocolError("range", `a cascade level of ${level} has no weight`);
  const weight = blockWeight(txpow);
  return roundHalfEven({ unscaled: weight.unscaled << BigInt(level), scale: weight.scale }, WEIGHT_DIGITS);
}
