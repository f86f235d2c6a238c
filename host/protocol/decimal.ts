import { ProtocolError } from "./errors.js";
import { digitCount, magnitude, pow10 } from "./exact.js";

/** An exact decimal `unscaled * 10^-scale` without the limits of a MiniNumber: weights of blocks and chains (spec 02 §14.2). */
export interface Decimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

export const DECIMAL_ZERO: Decimal = { unscaled: 0n, scale: 0 };

/** Rounds to `digits` significant digits, half to even. */
export function roundHalfEven(value: Decimal, digits: number): Decimal {
  const excess = digitCount(value.unscaled) - digits;
  if (excess <= 0) return value;
  const rounded: Decimal = { unscaled: halfEvenQuotient(value.unscaled, pow10(excess)), scale: value.scale - excess };
  return roundHalfEven(rounded, digits);
}

/** `numerator / denominator` to `digits` significant digits, half to even. Both at least 0. Throws `range` on division by zero. */
export function divideIntegers(numerator: bigint, denominator: bigint, digits: number): Decimal {
  if (denominator === 0n) throw new ProtocolError("range", "division by zero");
  if (numerator === 0n) return DECIMAL_ZERO;
  const scale = digits + digitCount(denominator) - digitCount(numerator);
  const [n, d] = scale >= 0 ? [numerator * pow10(scale), denominator] : [numerator, denominator * pow10(-scale)];
  // One digit too many: keep one decimal less, rounding the exact ratio once only.
  if (n / d >= pow10(digits)) return roundHalfEven({ unscaled: halfEvenQuotient(n, d * 10n), scale: scale - 1 }, digits);
  return roundHalfEven({ unscaled: halfEvenQuotient(n, d), scale }, digits);
}

function halfEvenQuotient(n: bigint, d: bigint): bigint {
  const quotient = magnitude(n) / d;
  const twice = 2n * (magnitude(n) % d);
  const up = twice > d || (twice === d && quotient % 2n === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return n < 0n ? -rounded : rounded;
}

/** The exact sum. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { unscaled: a.unscaled * pow10(scale - a.scale) + b.unscaled * pow10(scale - b.scale), scale };
}
