import { ProtocolError } from "./errors.js";
import { type Decimal, MAX_SCALE, magnitude } from "./exact.js";

const NUMBER_TEXT = /^([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?$/;

/** Number text cut to `precision` digits (spec 01 §4.2); its range is not checked. Exponents give negative scales. Throws `malformed`. */
export function parseDecimal(text: string, precision: number): Decimal {
  const match = NUMBER_TEXT.exec(asciiDigits(text));
  if (match === null) throw new ProtocolError("malformed", "not a number");
  const [, sign, whole = "", fraction = match[4] ?? "", , exponent = "0"] = match;
  const scale = fraction.length - parseExponent(exponent);
  if (Math.abs(scale) > MAX_SCALE) throw new ProtocolError("malformed", "scale out of range");
  const digits = (whole + fraction).replace(/^0+/, "");
  const kept = BigInt(digits.slice(0, precision));
  return [sign === "-" ? -kept : kept, scale - Math.max(0, digits.length - precision)];
}

/** Plain decimal text without trailing zeros or exponent (spec 01 §4.3). */
export function decimalText(u: bigint, s: number): string {
  if (u === 0n) return "0";
  if (s <= 0) return `${u}${"0".repeat(-s)}`;
  const digits = magnitude(u)
    .toString()
    .padStart(s + 1, "0");
  const whole = digits.slice(0, -s);
  const fraction = digits.slice(-s).replace(/0+$/, "");
  return `${u < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Throws `malformed` for an exponent beyond 32 bits. */
function parseExponent(text: string): number {
  const digits = text.replace(/^[+-]?0*/, "");
  const value = Number(digits);
  if (digits.length > 10 || value > MAX_SCALE) throw new ProtocolError("malformed", "exponent out of range");
  return text.startsWith("-") ? -value : value;
}

/** The Unicode decimal digits of the basic plane as `0`..`9`; other characters stay. */
function asciiDigits(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a test for ASCII
  if (/^[\x00-\x7F]*$/.test(text)) return text;
  const digits = new Map<string, string>();
  return text.replace(/\p{Nd}/gu, (c) => {
    const digit = digits.get(c) ?? (c.length === 1 ? String(digitValue(c.charCodeAt(0))) : c);
    digits.set(c, digit);
    return digit;
  });
}

/** Decimal digits come in runs of ten that start with zero; runs may touch. */
function digitValue(code: number): number {
  let start = code;
  while (/\p{Nd}/u.test(String.fromCharCode(start - 1))) start--;
  return (code - start) % 10;
}
