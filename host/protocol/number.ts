import { ProtocolError } from "./errors.js";

/** Significant digits of every result (spec 01 §4.1). */
const PRECISION = 64;
/** Decimal places of every result (spec 01 §4.1). */
const MAX_DECIMALS = 44;
const MAX_VALUE = (1n << 64n) - 1n;
const MAX_INT32 = 2147483647;
/** A non-zero integer with this many trailing zeros appended is out of range whatever it is. */
const OUT_OF_RANGE_ZEROS = 20;
const TEN_64 = 10n ** 64n;

const powersOfTen: bigint[] = [1n];

function pow10(n: number): bigint {
  while (powersOfTen.length <= n && powersOfTen.length < 512) powersOfTen.push((powersOfTen[powersOfTen.length - 1] as bigint) * 10n);
  return powersOfTen[n] ?? 10n ** BigInt(n);
}

const abs = (u: bigint): bigint => (u < 0n ? -u : u);

/** Number of decimal digits of |u|; 1 for zero. */
function digitCount(u: bigint): number {
  return abs(u).toString().length;
}

const rangeError = (what: string): ProtocolError => new ProtocolError("range", what);

/**
 * MiniNumber: a decimal `unscaled * 10^-scale` (spec 01 §4). The pair is not normalised: equal values can have different
 * scales, hence different encodings and hashes. Every arithmetic result is cut toward zero to 64 significant digits and
 * 44 decimals and must lie within ±(2^64 - 1), else `ProtocolError` with code `range`.
 */
export class MiniNumber {
  /** The exact pair, unchecked. Prefer `of`, `parse` and `fromWire`. */
  constructor(
    readonly unscaled: bigint,
    readonly scale: number,
  ) {}

  static readonly ZERO = new MiniNumber(0n, 0);
  static readonly ONE = new MiniNumber(1n, 0);
  static readonly TWO = new MiniNumber(2n, 0);
  static readonly TEN = new MiniNumber(10n, 0);
  static readonly THOUSAND = new MiniNumber(1000n, 0);
  /** 10^9 as the reference builds it: the text `1E9`, scale -9 (spec 01 §4.2). */
  static readonly BILLION = new MiniNumber(1n, -9);
  static readonly MAX = new MiniNumber(MAX_VALUE, 0);

  /** A whole number, scale 0 (spec 01 §4.2). Throws `range`. */
  static of(value: number | bigint): MiniNumber {
    if (value === 0 || value === 0n) return MiniNumber.ZERO;
    if (value === 1 || value === 1n) return MiniNumber.ONE;
    return limit(...round(BigInt(value), 0, PRECISION));
  }

  /** The pair as decoded: 64 digits, but neither range nor scale are checked (spec 01 §4.4, Q2). */
  static fromWire(unscaled: bigint, scale: number): MiniNumber {
    const [u, s] = round(unscaled, scale, PRECISION);
    return new MiniNumber(u, s);
  }

  /** Whether this may be the amount of a coin: above zero, at most a billion (spec 01 §4.1). */
  isValidAmount(): boolean {
    return this.unscaled > 0n && this.compare(MiniNumber.BILLION) <= 0;
  }

  /** Parses number text (spec 01 §4.2). Exponents give negative scales. Throws `malformed` or `range`. */
  static parse(text: string): MiniNumber {
    const match = /^([+-]?)(?:(\p{Nd}+)(?:\.(\p{Nd}*))?|\.(\p{Nd}+))(?:[eE]([+-]?)(\p{Nd}+))?$/u.exec(text);
    if (match === null) throw new ProtocolError("malformed", "not a number");
    const fraction = asciiDigits(match[3] ?? match[4] ?? "");
    const digits = asciiDigits(match[2] ?? "") + fraction;
    const exponentText = asciiDigits(match[6] ?? "0").replace(/^0+(?=.)/, "");
    const exponent = Number(exponentText) * (match[5] === "-" ? -1 : 1);
    if (exponentText.length > 10 || Math.abs(exponent) > MAX_INT32) throw new ProtocolError("malformed", "exponent out of range");
    const scale = fraction.length - exponent;
    if (Math.abs(scale) > MAX_INT32) throw new ProtocolError("malformed", "scale out of range");
    const unscaled = BigInt(digits) * (match[1] === "-" ? -1n : 1n);
    return limit(...round(unscaled, scale, PRECISION));
  }

  /** This pair with the range and decimals limits applied, as a copy is in the reference (spec 01 §4.2). */
  limited(): MiniNumber {
    return limit(this.unscaled, this.scale);
  }

  isZero(): boolean {
    return this.unscaled === 0n;
  }

  /** -1, 0 or 1 by value; the scale does not matter. */
  compare(other: MiniNumber): -1 | 0 | 1 {
    let a = this.unscaled;
    let b = other.unscaled;
    if (this.scale !== other.scale) {
      const signA = a < 0n ? -1 : a > 0n ? 1 : 0;
      const signB = b < 0n ? -1 : b > 0n ? 1 : 0;
      if (signA !== signB || signA === 0) return signA < signB ? -1 : signA > signB ? 1 : 0;
      if (this.scale < other.scale) a *= pow10(other.scale - this.scale);
      else b *= pow10(this.scale - other.scale);
    }
    return a < b ? -1 : a > b ? 1 : 0;
  }

  equals(other: MiniNumber): boolean {
    return this.compare(other) === 0;
  }

  lessThan(other: MiniNumber): boolean {
    return this.compare(other) < 0;
  }

  lessOrEqual(other: MiniNumber): boolean {
    return this.compare(other) <= 0;
  }

  moreThan(other: MiniNumber): boolean {
    return this.compare(other) > 0;
  }

  moreOrEqual(other: MiniNumber): boolean {
    return this.compare(other) >= 0;
  }

  negate(): MiniNumber {
    return result(-this.unscaled, this.scale);
  }

  abs(): MiniNumber {
    return result(abs(this.unscaled), this.scale);
  }

  add(other: MiniNumber): MiniNumber {
    return sum(this.unscaled, this.scale, other.unscaled, other.scale);
  }

  sub(other: MiniNumber): MiniNumber {
    return sum(this.unscaled, this.scale, -other.unscaled, other.scale);
  }

  increment(): MiniNumber {
    return this.add(MiniNumber.ONE);
  }

  decrement(): MiniNumber {
    return this.sub(MiniNumber.ONE);
  }

  mul(other: MiniNumber): MiniNumber {
    return result(...round(this.unscaled * other.unscaled, this.scale + other.scale, PRECISION));
  }

  /** Throws `range` on division by zero. */
  div(other: MiniNumber): MiniNumber {
    return result(...divide(this.unscaled, this.scale, other.unscaled, other.scale, PRECISION));
  }

  /** Remainder with the sign of the dividend (spec 01 §4.5). Throws `range` on division by zero. */
  mod(other: MiniNumber): MiniNumber {
    const [q, qScale] = integerQuotient(this, other);
    const scale = Math.max(this.scale, qScale + other.scale);
    const rest = this.unscaled * pow10(scale - this.scale) - q * other.unscaled * pow10(scale - qScale - other.scale);
    return result(rest, scale);
  }

  /** This to the power of `n`, an int (spec 01 §4.6). Throws `range`. */
  pow(n: number): MiniNumber {
    const magnitude = Math.abs(n);
    if (magnitude > 999999999) throw rangeError("exponent out of range");
    if (n === 0) return MiniNumber.ONE;
    const precision = PRECISION + String(magnitude).length + 1;
    let u = 1n;
    let s = 0;
    for (let bit = 31 - Math.clz32(magnitude); bit >= 0; bit--) {
      [u, s] = round(u * u, 2 * s, precision);
      if ((magnitude >>> bit) & 1) [u, s] = round(u * this.unscaled, s + this.scale, precision);
      if (Math.abs(s) > MAX_INT32) throw rangeError("scale out of range");
    }
    if (n < 0) [u, s] = divide(1n, 0, u, s, precision);
    return result(...round(u, s, PRECISION));
  }

  /** Square root cut to 64 significant digits (spec 01 §4.7). Throws `range` when negative. */
  sqrt(): MiniNumber {
    if (this.unscaled < 0n) throw rangeError("square root of a negative number");
    const preferred = Math.trunc(this.scale / 2);
    if (this.unscaled === 0n) return result(0n, preferred);
    let shift = Math.max(0, 2 * PRECISION + 2 - digitCount(this.unscaled));
    if ((this.scale + shift) % 2 !== 0) shift++;
    let [u, s] = round(integerSqrt(this.unscaled * pow10(shift)), (this.scale + shift) / 2, PRECISION);
    [u, s] = strip(u, s, Number.NEGATIVE_INFINITY);
    const zeros = Math.min(Math.max(0, preferred - s), PRECISION - digitCount(u));
    return result(u * pow10(zeros), s + zeros);
  }

  /** Toward minus infinity, scale 0. */
  floor(): MiniNumber {
    const whole = this.toBigInt();
    return result(this.unscaled < 0n && !this.#isWhole(whole) ? whole - 1n : whole, 0);
  }

  /** Toward plus infinity, scale 0. */
  ceil(): MiniNumber {
    const whole = this.toBigInt();
    return result(this.unscaled > 0n && !this.#isWhole(whole) ? whole + 1n : whole, 0);
  }

  #isWhole(truncated: bigint): boolean {
    return this.scale <= 0 || truncated * pow10(this.scale) === this.unscaled;
  }

  /** Whether there is no fraction. */
  isWhole(): boolean {
    return this.#isWhole(this.toBigInt());
  }

  /** Cut to `digits` significant digits, 0..64; 0 leaves the number as it is (spec 01 Q11). Throws `range`. */
  significantDigits(digits: number): MiniNumber {
    if (digits < 0 || digits > PRECISION) throw rangeError("significant digits out of range");
    return digits === 0 ? result(this.unscaled, this.scale) : result(...round(this.unscaled, this.scale, digits));
  }

  /** The integer part, toward zero. */
  toBigInt(): bigint {
    if (this.scale === 0) return this.unscaled;
    if (this.scale > 0) return this.unscaled / pow10(this.scale);
    return this.unscaled === 0n ? 0n : this.unscaled * pow10(-this.scale);
  }

  /** The low 32 bits of the integer part, signed (spec 01 §4.8). */
  toInt32(): number {
    return Number(BigInt.asIntN(32, this.toBigInt()));
  }

  /** The low 64 bits of the integer part, signed (spec 01 §4.8). */
  toInt64(): bigint {
    return BigInt.asIntN(64, this.toBigInt());
  }

  /** The nearest double. */
  toNumber(): number {
    return Number(`${this.unscaled}e${-this.scale}`);
  }

  /** Plain decimal text without trailing zeros or exponent (spec 01 §4.3). */
  toString(): string {
    if (this.unscaled === 0n) return "0";
    if (this.scale <= 0) return `${this.unscaled}${"0".repeat(-this.scale)}`;
    const digits = abs(this.unscaled)
      .toString()
      .padStart(this.scale + 1, "0");
    const whole = digits.slice(0, -this.scale);
    const fraction = digits.slice(-this.scale).replace(/0+$/, "");
    return `${this.unscaled < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
  }
}

type Pair = [unscaled: bigint, scale: number];

/** Drops low digits, toward zero, until `precision` are left. */
function round(u: bigint, s: number, precision: number): Pair {
  if (precision === PRECISION && u < TEN_64 && u > -TEN_64) return [u, s];
  const excess = digitCount(u) - precision;
  return excess > 0 ? [u / pow10(excess), s - excess] : [u, s];
}

/** At most 44 decimals, then the range check (spec 01 §4.1). */
function limit(u: bigint, s: number): MiniNumber {
  if (s > MAX_DECIMALS) {
    const excess = s - MAX_DECIMALS;
    return limit(excess > 4 * PRECISION ? 0n : u / pow10(excess), MAX_DECIMALS);
  }
  if (s <= 0 && u !== 0n && (-s > OUT_OF_RANGE_ZEROS || abs(u) * pow10(-s) > MAX_VALUE)) throw rangeError("number out of range");
  if (s > 0 && abs(u) > MAX_VALUE * pow10(s)) throw rangeError("number out of range");
  return new MiniNumber(u, s);
}

/** What every arithmetic result goes through: plain, 64 digits, limits (spec 01 §4.1). */
function result(u: bigint, s: number): MiniNumber {
  if (s >= 0) return limit(...round(u, s, PRECISION));
  if (u === 0n) return new MiniNumber(0n, 0);
  if (-s > OUT_OF_RANGE_ZEROS) throw rangeError("number out of range");
  return limit(...round(u * pow10(-s), 0, PRECISION));
}

function sum(ua: bigint, sa: number, ub: bigint, sb: number): MiniNumber {
  const scale = Math.max(sa, sb);
  if (ua !== 0n && ub !== 0n) {
    const a = sa === scale ? ua : ua * pow10(scale - sa);
    const b = sb === scale ? ub : ub * pow10(scale - sb);
    return result(...round(a + b, scale, PRECISION));
  }
  if (ua === 0n && ub === 0n) return result(0n, scale);
  const [u, s] = round(ua === 0n ? ub : ua, ua === 0n ? sb : sa, PRECISION);
  if (s > scale) return result(...strip(u, s, scale));
  const zeros = Math.min(scale - s, PRECISION - digitCount(u));
  return result(u * pow10(zeros), s + zeros);
}

/** Drops trailing zeros while the scale is above `target`. */
function strip(u: bigint, s: number, target: number): Pair {
  if (u === 0n) return [0n, Math.min(s, target)];
  while (s > target && u % 10n === 0n) {
    u /= 10n;
    s--;
  }
  return [u, s];
}

/** Quotient to `precision` significant digits, truncated; an exact one has the smallest scale >= sa - sb that holds it (spec 01 §4.5). */
function divide(ua: bigint, sa: number, ub: bigint, sb: number, precision: number): Pair {
  if (ub === 0n) throw rangeError("division by zero");
  const preferred = sa - sb;
  if (ua === 0n) return [0n, preferred];
  const shift = Math.max(0, precision + 1 + digitCount(ub) - digitCount(ua));
  const numerator = ua * pow10(shift);
  const quotient = numerator / ub;
  const [u, s] = round(quotient, preferred + shift, precision);
  const exact = quotient * ub === numerator && u * pow10(preferred + shift - s) === quotient;
  return exact ? strip(u, s, preferred) : [u, s];
}

/** The truncated integer quotient of a modulo with the scale the remainder's scale follows from (spec 01 §4.5, "Scale of modulo"). */
function integerQuotient(a: MiniNumber, b: MiniNumber): Pair {
  const preferred = a.scale - b.scale;
  if (b.isZero()) throw rangeError("division by zero");
  if (compareMagnitudes(a, b) < 0) return [0n, preferred];
  let [q, s] = divide(a.unscaled, a.scale, b.unscaled, b.scale, PRECISION);
  if (s < 0 && !remainderIsSmaller(a, b, q, s)) throw rangeError("quotient needs more than 64 digits");
  if (s > 0) [q, s] = [q / pow10(s), 0];
  if (preferred > s && digitCount(q) < PRECISION) {
    const zeros = Math.min(PRECISION - digitCount(q), preferred - s);
    return [q * pow10(zeros), s + zeros];
  }
  return strip(q, s, preferred);
}

function compareMagnitudes(a: MiniNumber, b: MiniNumber): -1 | 0 | 1 {
  return new MiniNumber(abs(a.unscaled), a.scale).compare(new MiniNumber(abs(b.unscaled), b.scale));
}

function remainderIsSmaller(a: MiniNumber, b: MiniNumber, q: bigint, s: number): boolean {
  const scale = Math.max(a.scale, b.scale + s, b.scale);
  const rest = a.unscaled * pow10(scale - a.scale) - q * b.unscaled * pow10(scale - s - b.scale);
  return abs(rest) < abs(b.unscaled * pow10(scale - b.scale));
}

function integerSqrt(n: bigint): bigint {
  let x = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** Any Unicode decimal digits as `0`..`9`. */
function asciiDigits(text: string): string {
  return /^[0-9]*$/.test(text) ? text : Array.from(text, (c) => String(digitValue(c.codePointAt(0) as number))).join("");
}

/** Decimal digits come in runs of ten that start at a code point whose predecessor is no digit of the same run. */
function digitValue(codePoint: number): number {
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(codePoint - value - 1))) value++;
  return value;
}
