/** A decimal `unscaled * 10^-scale` while it is being calculated. */
export type Decimal = readonly [unscaled: bigint, scale: number];

/** The largest scale, in size: it has 32 bits, with sign. */
export const MAX_SCALE = 2147483647;

const POWERS_KEPT = 512;
const powersOfTen: readonly bigint[] = Array.from({ length: POWERS_KEPT }, (_, n) => 10n ** BigInt(n));

export function pow10(n: number): bigint {
  return powersOfTen[n] ?? 10n ** BigInt(n);
}

export function magnitude(u: bigint): bigint {
  return u < 0n ? -u : u;
}

/** Number of decimal digits of |u|; 1 for zero. */
function digitCount(u: bigint): number {
  return magnitude(u).toString().length;
}

/** Drops low digits, toward zero, until at most `precision` are left. */
export function round(u: bigint, s: number, precision: number): Decimal {
  const most = pow10(precision);
  if (u < most && u > -most) return [u, s];
  const excess = digitCount(u) - precision;
  return [u / pow10(excess), s - excess];
}

/** Drops trailing zeros while the scale is above `target`. */
export function strip(u: bigint, s: number, target: number): Decimal {
  if (u === 0n) return [0n, Math.min(s, target)];
  while (s > target && u % 10n === 0n) {
    u /= 10n;
    s--;
  }
  return [u, s];
}

/** Appends zeros until the scale is `target`, but never beyond `precision` digits. */
export function extend(u: bigint, s: number, target: number, precision: number): Decimal {
  const zeros = Math.min(target - s, precision - digitCount(u));
  return zeros > 0 ? [u * pow10(zeros), s + zeros] : [u, s];
}

/**
 * Quotient to `precision` significant digits, truncated; an exact one has the smallest scale >= sa - sb that holds it
 * (spec 01 §4.5). The divisor must not be zero.
 */
export function divide([ua, sa]: Decimal, [ub, sb]: Decimal, precision: number): Decimal {
  const preferred = sa - sb;
  if (ua === 0n) return [0n, preferred];
  const shift = Math.max(0, precision + 1 + digitCount(ub) - digitCount(ua));
  const numerator = ua * pow10(shift);
  const quotient = numerator / ub;
  const [u, s] = round(quotient, preferred + shift, precision);
  const exact = quotient * ub === numerator && u * pow10(preferred + shift - s) === quotient;
  return exact ? strip(u, s, preferred) : [u, s];
}

/** Square root of a positive decimal to `precision` significant digits, truncated, without trailing zeros. */
export function squareRoot([u, s]: Decimal, precision: number): Decimal {
  let shift = Math.max(0, 2 * precision + 2 - digitCount(u));
  if ((s + shift) % 2 !== 0) shift++;
  const root = integerRoot(u * pow10(shift));
  return strip(...round(root, (s + shift) / 2, precision), Number.NEGATIVE_INFINITY);
}

/** The largest integer whose square is at most `n`, n > 0: Newton's method from above. */
function integerRoot(n: bigint): bigint {
  let x = 1n << BigInt(n.toString(16).length * 2);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}
