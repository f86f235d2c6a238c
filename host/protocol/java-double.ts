/**
 * The text the reference's Java gives a double (spec 01 §10.1): at least one decimal, an exponent below 1e-3 and from 1e7.
 * It is the platform's before Java 19, which does not always find the shortest digits: 1e23 is `9.999999999999999E22`, and
 * whole numbers above 2^53 keep more digits than needed.
 */
export function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (value === 0) return `${sign}0.0`;
  const { digits, exponent } = significantDigits(partsOf(Math.abs(value)));
  if (exponent < -3 || exponent >= 7) return `${sign}${digits.slice(0, 1)}.${digits.slice(1) || "0"}E${exponent}`;
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const padded = digits.padEnd(exponent + 2, "0");
  return `${sign}${padded.slice(0, exponent + 1)}.${padded.slice(exponent + 1)}`;
}

/** A double as an integer times a power of two. */
interface Parts {
  readonly mantissa: bigint;
  readonly power: number;
  /** The power of two of the highest bit. */
  readonly highestPower: number;
}

/** `d.ddd * 10^exponent`, the digits without the point. */
interface Digits {
  readonly digits: string;
  readonly exponent: number;
}

const MANTISSA_BITS = 52;
const LOG10_2 = 0.301029995663981;
/** Whole numbers up to here are printed from all their digits. */
const MAX_WHOLE_POWER = 62;

function partsOf(value: number): Parts {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const fraction = BigInt.asUintN(MANTISSA_BITS, bits);
  const biased = Number(bits >> BigInt(MANTISSA_BITS));
  const mantissa = biased === 0 ? fraction : fraction | (1n << BigInt(MANTISSA_BITS));
  const power = Math.max(biased, 1) - 1075;
  return { mantissa, power, highestPower: power + bitLength(mantissa) - 1 };
}

function significantDigits(parts: Parts): Digits {
  const { mantissa, power, highestPower } = parts;
  if (highestPower <= MAX_WHOLE_POWER) {
    if (power >= 0) return wholeDigits(mantissa << BigInt(power), highestPower);
    if (BigInt.asUintN(-power, mantissa) === 0n) return wholeDigits(mantissa >> BigInt(-power), highestPower);
  }
  return developedDigits(parts);
}

/** All digits of a whole number; beyond 54 bits the low ones that say nothing are rounded away, half up. */
function wholeDigits(whole: bigint, highestPower: number): Digits {
  const dropped = Math.max(0, Math.floor((highestPower - MANTISSA_BITS - 2) * LOG10_2));
  const unit = 10n ** BigInt(dropped);
  const all = ((whole + unit / 2n) / unit).toString();
  return { digits: all.replace(/0+$/, ""), exponent: all.length - 1 + dropped };
}

/** The value over a power of ten as `rest / one`, with half a unit in the last binary place (a quarter at a power of two) as `slack / one`. */
interface Ratio {
  readonly rest: bigint;
  readonly one: bigint;
  readonly slack: bigint;
  /** Bits of the platform's integers: its sums wrap, which shows in some last digits. Infinite where it uses big integers. */
  readonly width: number;
}

function ratioOf({ mantissa, highestPower }: Parts, exponent: number): Ratio {
  const bits = bitLength(mantissa);
  const odd = mantissa >> BigInt(bitLength(mantissa & -mantissa) - 1);
  const oddBits = bitLength(odd);
  const tiny = Math.max(0, oddBits - highestPower - 1);
  const restFives = Math.max(0, -exponent);
  const oneFives = Math.max(0, exponent);
  const restTwos = restFives + tiny + highestPower - (oddBits - 1);
  const oneTwos = oneFives + tiny;
  const common = Math.min(restTwos, oneTwos);
  const slackTwos = restFives + tiny + highestPower - bits - common - (oddBits === 1 ? 1 : 0);
  const lift = Math.max(0, -slackTwos);
  const rest = restTwos - common + lift;
  const one = oneTwos - common + lift;
  const longest = Math.max(oddBits + rest + bitsOfPowerOf5(restFives), one + 1 + bitsOfPowerOf5(oneFives + 1));
  return {
    rest: (odd * 5n ** BigInt(restFives)) << BigInt(rest),
    one: (5n ** BigInt(oneFives)) << BigInt(one),
    slack: (5n ** BigInt(restFives)) << BigInt(slackTwos + lift),
    width: longest < 32 ? 32 : longest < 64 ? 64 : Number.POSITIVE_INFINITY,
  };
}

const bitLength = (n: bigint): number => n.toString(2).length;

/** As the platform counts: none for 5^0. */
const bitsOfPowerOf5 = (n: number): number => (n === 0 ? 0 : bitLength(5n ** BigInt(n)));

/** Digit after digit until what is left, or what is missing to the next digit, is less than the slack. */
function developedDigits(parts: Parts): Digits {
  let exponent = estimateExponent(parts);
  const ratio = ratioOf(parts, exponent);
  const { one, width } = ratio;
  let { rest, slack } = ratio;
  const wrap = (n: bigint): bigint => (width === Number.POSITIVE_INFINITY ? n : BigInt.asIntN(width, n));
  const ten = one * 10n;
  let digits = "";
  let low = false;
  let high = false;
  const develop = (): void => {
    digits += String(rest / one);
    rest = (rest % one) * 10n;
    slack = wrap(slack * 10n);
    low = slack <= 0n || rest < slack;
    high = slack <= 0n || wrap(rest + slack) > ten;
  };
  develop();
  if (digits === "0" && !high) {
    digits = "";
    exponent--;
  }
  // with an exponent there is always a digit after the point
  if (exponent < -3 || exponent >= 8) low = high = false;
  while (!low && !high) develop();
  const beyondHalf = wrap(rest * 2n - ten);
  const roundUp = high && (!low || beyondHalf > 0n || (beyondHalf === 0n && Number(digits.at(-1)) % 2 === 1));
  if (!roundUp) return { digits, exponent };
  const rounded = String(BigInt(digits) + 1n).padStart(digits.length, "0");
  return { digits: rounded.slice(0, digits.length), exponent: exponent + rounded.length - digits.length };
}

/** The decimal exponent, or one more: a tangent to the logarithm. */
function estimateExponent({ mantissa, highestPower }: Parts): number {
  const fraction = Number(mantissa) / 2 ** (bitLength(mantissa) - 1);
  return Math.floor((fraction - 1.5) * 0.289529654 + 0.176091259 + highestPower * LOG10_2);
}
