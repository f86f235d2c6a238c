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
  return { mantissa, power, highestPower: power + mantissa.toString(2).length - 1 };
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

/** Digit after digit until what is left, or what is missing to the next digit, is less than half a unit in the last binary place. */
function developedDigits({ mantissa, power, highestPower }: Parts): Digits {
  let exponent = estimateExponent(mantissa, highestPower);
  // rest / one is the value over 10^exponent; slack / one is the half unit, a quarter below an exact power of two
  let rest = mantissa * 4n;
  let slack = (mantissa & (mantissa - 1n)) === 0n ? 1n : 2n;
  let one = 1n;
  if (power >= 2) {
    rest <<= BigInt(power - 2);
    slack <<= BigInt(power - 2);
  } else one <<= BigInt(2 - power);
  const scale = 10n ** BigInt(Math.abs(exponent));
  if (exponent >= 0) one *= scale;
  else {
    rest *= scale;
    slack *= scale;
  }
  const ten = one * 10n;
  let digits = "";
  let low = false;
  let high = false;
  const develop = (): void => {
    digits += String(rest / one);
    rest = (rest % one) * 10n;
    slack *= 10n;
    low = rest < slack;
    high = rest + slack > ten;
  };
  develop();
  if (digits === "0" && !high) {
    digits = "";
    exponent--;
  }
  // with an exponent there is always a digit after the point
  if (exponent < -3 || exponent >= 8) low = high = false;
  while (!low && !high) develop();
  const roundUp = high && (!low || rest * 2n > ten || (rest * 2n === ten && Number(digits.at(-1)) % 2 === 1));
  if (!roundUp) return { digits, exponent };
  const rounded = String(BigInt(digits) + 1n).padStart(digits.length, "0");
  return { digits: rounded, exponent: exponent + rounded.length - digits.length };
}

/** The decimal exponent, or one more: a tangent to the logarithm. */
function estimateExponent(mantissa: bigint, highestPower: number): number {
  const fraction = Number(mantissa) / 2 ** (mantissa.toString(2).length - 1);
  return Math.floor((fraction - 1.5) * 0.289529654 + 0.176091259 + highestPower * LOG10_2);
}
