import { ProtocolError } from "./errors.js";
import { type Decimal, divide, extend, MAX_SCALE, magnitude, pow10, round, squareRoot, strip } from "./exact.js";
import { decimalText, parseDecimal } from "./number-text.js";

/** Significant digits of every result (spec 01 §4.1). */
const PRECISION = 64;
/** Decimal places of every result (spec 01 §4.1). */
const MAX_DECIMALS = 44;
const MAX_VALUE = (1n << 64n) - 1n;
const MAX_POW = 999_999_999;
/** A non-zero integer with more trailing zeros than this is out of range whatever it is. */
const MAX_ZEROS = 20;
/** The reference fails to cut more decimals than this at a time: 10 to their number is too big for its integers. */
const MAX_CUT = 536_870_919;

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
  /** 10, 1000 and 10^9 are built from the texts `1E1`, `1E3` and `1E9` in the reference, which gives them these scales (spec 01 §4.2). */
  static readonly TEN = new MiniNumber(1n, -1);
  static readonly THOUSAND = new MiniNumber(1n, -3);
  static readonly BILLION = new MiniNumber(1n, -9);
  static readonly MAX = new MiniNumber(MAX_VALUE, 0);

  /** A whole number, scale 0 (spec 01 §4.2). Throws `range`. */
  static of(value: number | bigint): MiniNumber {
    if (value === 0 || value === 0n) return MiniNumber.ZERO;
    if (value === 1 || value === 1n) return MiniNumber.ONE;
    return limit(round(BigInt(value), 0, PRECISION));
  }

  /** The pair as decoded: 64 digits, but neither range nor scale are checked (spec 01 §4.4, Q2). */
  static fromWire(unscaled: bigint, scale: number): MiniNumber {
    if (isSmall(unscaled)) return new MiniNumber(unscaled, scale);
    return new MiniNumber(...round(unscaled, scale, PRECISION));
  }

  /** Whether this may be the amount of a coin: above zero, at most a billion (spec 01 §4.1). */
  isValidAmount(): boolean {
    return this.unscaled > 0n && this.compare(MiniNumber.BILLION) <= 0;
  }

  /** Parses number text (spec 01 §4.2). Exponents give negative scales. Throws `malformed` or `range`. */
  static parse(text: string): MiniNumber {
    if (SMALL_WHOLE.test(text)) return MiniNumber.of(Number(text));
    return limit(parseDecimal(text, PRECISION));
  }

  /** This pair with the range and decimals limits applied, as a copy is in the reference (spec 01 §4.2). */
  limited(): MiniNumber {
    return limit([this.unscaled, this.scale]);
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
    return result([-this.unscaled, this.scale]);
  }

  abs(): MiniNumber {
    return result([magnitude(this.unscaled), this.scale]);
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
    const product = this.unscaled * other.unscaled;
    const scale = this.scale + other.scale;
    if (scale >= 0 && scale <= MAX_DECIMALS && isSmall(product)) return new MiniNumber(product, scale);
    return result(round(product, scale, PRECISION));
  }

  /** Throws `range` on division by zero. */
  div(other: MiniNumber): MiniNumber {
    if (other.isZero()) throw divisionByZero();
    return result(divide([this.unscaled, this.scale], [other.unscaled, other.scale], PRECISION));
  }

  /** Remainder with the sign of the dividend (spec 01 §4.5). Throws `range` on division by zero. */
  mod(other: MiniNumber): MiniNumber {
    if (other.isZero()) throw divisionByZero();
    const [q, qScale] = integerQuotient(this, other);
    const scale = Math.max(this.scale, qScale + other.scale);
    const rest = this.unscaled * pow10(scale - this.scale) - q * other.unscaled * pow10(scale - qScale - other.scale);
    return result([rest, scale]);
  }

  /** This to the power of `n`, an int; every step is truncated to 64 digits and some (spec 01 §4.6). Throws `range`. */
  pow(n: number): MiniNumber {
    const exponent = Math.abs(n);
    if (exponent > MAX_POW) throw rangeError("exponent out of range");
    if (n === 0) return MiniNumber.ONE;
    const precision = PRECISION + String(exponent).length + 1;
    const base: Decimal = [this.unscaled, this.scale];
    let power: Decimal = [1n, 0];
    for (let bit = 31 - Math.clz32(exponent); bit >= 0; bit--) {
      power = multiply(power, power, precision);
      if ((exponent >>> bit) & 1) power = multiply(power, base, precision);
    }
    if (n < 0) {
      if (power[0] === 0n) throw divisionByZero();
      power = divide([1n, 0], power, precision);
    }
    return result(round(...power, PRECISION));
  }

  /** Square root cut to 64 significant digits (spec 01 §4.7). Throws `range` when negative. */
  sqrt(): MiniNumber {
    if (this.unscaled < 0n) throw rangeError("square root of a negative number");
    const preferred = (this.scale - (this.scale % 2)) / 2;
    if (this.unscaled === 0n) return result([0n, preferred]);
    return result(extend(...squareRoot([this.unscaled, this.scale], PRECISION), preferred, PRECISION));
  }

  /** Toward minus infinity, scale 0. */
  floor(): MiniNumber {
    const whole = this.toBigInt();
    return result([this.unscaled < 0n && !this.#isWhole(whole) ? whole - 1n : whole, 0]);
  }

  /** Toward plus infinity, scale 0. */
  ceil(): MiniNumber {
    const whole = this.toBigInt();
    return result([this.unscaled > 0n && !this.#isWhole(whole) ? whole + 1n : whole, 0]);
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
    const pair: Decimal = [this.unscaled, this.scale];
    return result(digits === 0 ? pair : round(...pair, digits));
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
    return decimalText(this.unscaled, this.scale);
  }
}

/** What a double holds exactly. */
const SMALL_WHOLE = /^[0-9]{1,15}$/;

const divisionByZero = (): ProtocolError => rangeError("division by zero");

/** Within the range whatever the scale, unless that is negative. */
function isSmall(u: bigint): boolean {
  return u <= MAX_VALUE && u >= -MAX_VALUE;
}

function inRange(u: bigint, s: number): boolean {
  if (s >= 0) return isSmall(u) || magnitude(u) <= MAX_VALUE * pow10(s);
  return u === 0n || (-s <= MAX_ZEROS && isSmall(u * pow10(-s)));
}

/** At most 44 decimals, then the range check (spec 01 §4.1). */
function limit([u, s]: Decimal): MiniNumber {
  if (s > MAX_DECIMALS) {
    const cut = s - MAX_DECIMALS;
    if (cut > MAX_CUT && u !== 0n) throw rangeError("too many decimals");
    return limit([cut > PRECISION + MAX_ZEROS ? 0n : u / pow10(cut), MAX_DECIMALS]);
  }
  if (!inRange(u, s)) throw rangeError("number out of range");
  return new MiniNumber(u, s);
}

/** What every arithmetic result goes through: plain, 64 digits, limits (spec 01 §4.1). */
function result([u, s]: Decimal): MiniNumber {
  if (s >= 0) return limit(round(u, s, PRECISION));
  if (u === 0n) return MiniNumber.ZERO;
  if (-s > MAX_ZEROS) throw rangeError("number out of range");
  return limit(round(u * pow10(-s), 0, PRECISION));
}

/** Adding zero only brings the other operand to the larger scale, as far as 64 digits reach (spec 01 §4.5). */
function sum(ua: bigint, sa: number, ub: bigint, sb: number): MiniNumber {
  if (sa === sb && sa >= 0 && sa <= MAX_DECIMALS && isSmall(ua + ub)) return new MiniNumber(ua + ub, sa);
  const scale = Math.max(sa, sb);
  if (ua === 0n && ub === 0n) return result([0n, scale]);
  if (ua === 0n) return result(extend(...round(ub, sb, PRECISION), scale, PRECISION));
  if (ub === 0n) return result(extend(...round(ua, sa, PRECISION), scale, PRECISION));
  return result(round(ua * pow10(scale - sa) + ub * pow10(scale - sb), scale, PRECISION));
}

/** A step of a power. Throws `range` when the scale does not fit in 32 bits. */
function multiply([ua, sa]: Decimal, [ub, sb]: Decimal, precision: number): Decimal {
  if (ua === 0n || ub === 0n) return [0n, Math.max(-MAX_SCALE, Math.min(sa + sb, MAX_SCALE))];
  if (Math.abs(sa + sb) > MAX_SCALE) throw rangeError("scale out of range");
  return round(ua * ub, sa + sb, precision);
}

/** The truncated integer quotient of a modulo with the scale the remainder's scale follows from (spec 01 §4.5, "Scale of modulo"). */
function integerQuotient(a: MiniNumber, b: MiniNumber): Decimal {
  const preferred = a.scale - b.scale;
  if (compareMagnitudes(a, b) < 0) return [0n, preferred];
  let [q, s] = divide([a.unscaled, a.scale], [b.unscaled, b.scale], PRECISION);
  if (s < 0 && !remainderIsSmaller(a, b, q, s)) throw rangeError("quotient needs more than 64 digits");
  if (s > 0) [q, s] = [q / pow10(s), 0];
  return preferred > s ? extend(q, s, preferred, PRECISION) : strip(q, s, preferred);
}

function compareMagnitudes(a: MiniNumber, b: MiniNumber): -1 | 0 | 1 {
  return new MiniNumber(magnitude(a.unscaled), a.scale).compare(new MiniNumber(magnitude(b.unscaled), b.scale));
}

function remainderIsSmaller(a: MiniNumber, b: MiniNumber, q: bigint, s: number): boolean {
  const scale = Math.max(a.scale, b.scale + s, b.scale);
  const rest = a.unscaled * pow10(scale - a.scale) - q * b.unscaled * pow10(scale - s - b.scale);
  return magnitude(rest) < magnitude(b.unscaled * pow10(scale - b.scale));
}
