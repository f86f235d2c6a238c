import { type Bytes, toUnsigned } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import { memo } from "../protocol/memo.js";
import { MiniNumber } from "../protocol/number.js";
import { CASCADE_LEVELS } from "../protocol/txheader.js";
import { isBlock, type TxPoW } from "../protocol/txpow.js";

/** An exact decimal `unscaled * 10^-scale` without bounds: weights and their sums (spec 06 §3.2). */
export interface Weight {
  readonly unscaled: bigint;
  readonly scale: number;
}

export const NO_WEIGHT: Weight = { unscaled: 0n, scale: 0 };

const DIGITS = 7;
const MAX = (1n << 256n) - 1n;
/** Longer targets are never genuine; dividing by one would only cost time. */
const LONGEST_TARGET = 1024;

/** The weight a block adds to its branch: 2^256 - 1 over its target to 7 digits; 0 if it is no block (spec 06 §3.2). Throws `range`. */
export const blockWeight = memo((txpow: TxPoW): Weight => (isBlock(txpow) ? targetWeight(txpow.header.blkdiff) : NO_WEIGHT));

/** The weight of any block with this target. Throws `range` for zero and for absurd lengths. */
export function targetWeight(target: Bytes): Weight {
  const divisor = target.length > LONGEST_TARGET ? 0n : toUnsigned(target);
  if (divisor === 0n) throw new ProtocolError("range", "block target has no weight");
  return divideRounded(MAX, divisor, DIGITS);
}

/** The weight of a cascade node: 2^level times the block's, to 7 digits again (spec 06 §8.3). Throws `range`. */
export function cascadeWeight(txpow: TxPoW, level: number): Weight {
  return weightAtLevel(blockWeight(txpow), level);
}

/** The same of a block whose own weight is known. */
export function weightAtLevel({ unscaled, scale }: Weight, level: number): Weight {
  if (level < 0 || level >= CASCADE_LEVELS) throw new ProtocolError("range", `cascade level ${level}`);
  const rounded = divideRounded(unscaled << BigInt(level), 1n, DIGITS);
  return { unscaled: rounded.unscaled, scale: rounded.scale + scale };
}

export function addWeights(a: Weight, b: Weight): Weight {
  if (a.scale === b.scale) return { unscaled: a.unscaled + b.unscaled, scale: a.scale };
  const scale = Math.max(a.scale, b.scale);
  return { unscaled: atScale(a, scale) + atScale(b, scale), scale };
}

/** -1, 0 or 1 by value. */
export function compareWeights(a: Weight, b: Weight): -1 | 0 | 1 {
  const scale = Math.max(a.scale, b.scale);
  const x = atScale(a, scale);
  const y = atScale(b, scale);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The integer part. */
export function floorWeight(weight: Weight): bigint {
  return weight.scale > 0 ? weight.unscaled / 10n ** BigInt(weight.scale) : atScale(weight, 0);
}

/** Plain decimal text without trailing zeros. */
export function weightText(weight: Weight): string {
  return new MiniNumber(weight.unscaled, weight.scale).toString();
}

/** Text as Java prints a BigDecimal: the scale shows, and large or small numbers get an exponent. */
export function javaDecimalText({ unscaled, scale }: Weight): string {
  const digits = unscaled.toString();
  const exponent = digits.length - 1 - scale;
  if (scale < 0 || exponent < -6) {
    const mantissa = digits.length > 1 ? `${digits.slice(0, 1)}.${digits.slice(1)}` : digits;
    return `${mantissa}E${exponent < 0 ? "" : "+"}${exponent}`;
  }
  const padded = digits.padStart(scale + 1, "0");
  return scale === 0 ? padded : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

function atScale(weight: Weight, scale: number): bigint {
  return scale === weight.scale ? weight.unscaled : weight.unscaled * 10n ** BigInt(scale - weight.scale);
}

/**
 * The quotient of two positive integers to some significant digits, round half even, as IEEE decimals are divided. One that is exact has
 * no decimal places it does not need.
 */
export function divideRounded(numerator: bigint, denominator: bigint, digits: number): Weight {
  if (numerator === 0n) return NO_WEIGHT;
  let scale = digits - (numerator.toString().length - denominator.toString().length);
  let [quotient, rest, divisor] = scaledDivision(numerator, denominator, scale);
  if (quotient.toString().length > digits) [quotient, rest, divisor] = scaledDivision(numerator, denominator, --scale);
  while (rest === 0n && scale > 0 && quotient % 10n === 0n) {
    quotient /= 10n;
    scale--;
  }
  const twice = rest * 2n;
  const up = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  return { unscaled: up ? quotient + 1n : quotient, scale };
}

function scaledDivision(numerator: bigint, denominator: bigint, scale: number): [quotient: bigint, rest: bigint, divisor: bigint] {
  const dividend = scale > 0 ? numerator * 10n ** BigInt(scale) : numerator;
  const divisor = scale < 0 ? denominator * 10n ** BigInt(-scale) : denominator;
  return [dividend / divisor, dividend % divisor, divisor];
}
