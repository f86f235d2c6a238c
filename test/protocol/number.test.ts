import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ProtocolError } from "../../host/protocol/errors.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { numbers, wireNumbers } from "./arbitraries.js";

const n = (text: string): MiniNumber => MiniNumber.parse(text);
const pair = (x: MiniNumber): [bigint, number] => [x.unscaled, x.scale];
const abs = (x: bigint): bigint => (x < 0n ? -x : x);

/** The value as an integer of 10^-200ths. */
const exact = (x: MiniNumber): bigint => x.unscaled * 10n ** BigInt(200 - x.scale);

/** The result, or undefined where it is out of range. */
function orRefused(action: () => MiniNumber): MiniNumber | undefined {
  try {
    return action();
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    return undefined;
  }
}

const inRange = (value: bigint, scale: number): boolean => abs(value) <= (2n ** 64n - 1n) * 10n ** BigInt(scale);

describe("MiniNumber", () => {
  test("orders by value, whatever the scale", () => {
    fc.assert(
      fc.property(wireNumbers, wireNumbers, (a, b) => {
        const difference = exact(a) - exact(b);
        expect(a.compare(b)).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
        expect(a.compare(b) + b.compare(a)).toBe(0);
        expect(a.lessThan(b)).toBe(!a.moreOrEqual(b));
        expect(a.moreThan(b)).toBe(!a.lessOrEqual(b));
        expect(a.equals(b)).toBe(difference === 0n);
      }),
    );
  });

  test("prints plain text that parses to an equal number", () => {
    fc.assert(
      fc.property(numbers, (a) => {
        const text = a.toString();
        expect(text).toMatch(/^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/);
        expect(n(text).equals(a)).toBe(true);
        expect(n(text).toString()).toBe(text);
      }),
    );
  });

  test("parses a decimal to the digits and the scale it is written with", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 18n), fc.stringMatching(/^[0-9]{0,40}$/), fc.boolean(), (whole, fraction, negative) => {
        const parsed = n(`${negative ? "-" : ""}${whole}.${fraction}`);
        const unscaled = BigInt(`${whole}${fraction}`);
        expect(pair(parsed)).toEqual([negative ? -unscaled : unscaled, fraction.length]);
      }),
    );
  });

  test("adds exactly at the larger scale", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const scale = Math.max(a.scale, b.scale);
        const total = a.unscaled * 10n ** BigInt(scale - a.scale) + b.unscaled * 10n ** BigInt(scale - b.scale);
        const sum = orRefused(() => a.add(b));
        expect(sum === undefined ? undefined : pair(sum)).toEqual(inRange(total, scale) ? [total, scale] : undefined);
        const difference = orRefused(() => b.sub(new MiniNumber(-a.unscaled, a.scale)));
        expect(difference === undefined ? undefined : pair(difference)).toEqual(sum === undefined ? undefined : pair(sum));
      }),
    );
  });

  test("multiplies exactly, then cuts to 64 digits and 44 decimals", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        let product = a.unscaled * b.unscaled;
        let scale = a.scale + b.scale;
        const excess = Math.max(0, abs(product).toString().length - 64, scale - 44);
        product /= 10n ** BigInt(excess);
        scale -= excess;
        const actual = orRefused(() => a.mul(b));
        expect(actual === undefined ? undefined : pair(actual)).toEqual(inRange(product, scale) ? [product, scale] : undefined);
      }),
    );
  });

  test("divides toward zero", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        fc.pre(!b.isZero());
        const quotient = orRefused(() => a.div(b));
        if (quotient === undefined) return;
        const unit = 10n ** BigInt(200 - quotient.scale);
        const rest = abs(exact(a) * 10n ** 200n) - abs(exact(quotient) * exact(b));
        expect(rest >= 0n).toBe(true);
        expect(rest < abs(exact(b)) * unit).toBe(true);
        expect(quotient.unscaled * a.unscaled * b.unscaled >= 0n).toBe(true);
      }),
    );
  });

  test("leaves a remainder with the sign of the dividend, smaller than the divisor", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        fc.pre(!b.isZero());
        const rest = orRefused(() => a.mod(b));
        if (rest === undefined) return;
        expect(exact(rest)).toBe(exact(a) % exact(b));
      }),
    );
  });

  test("takes the square root to the last of its 64 digits", () => {
    fc.assert(
      fc.property(numbers, (a) => {
        fc.pre(a.unscaled >= 0n);
        const root = a.sqrt();
        const last = root.add(new MiniNumber(1n, 44));
        expect(exact(root) ** 2n <= exact(a) * 10n ** 200n).toBe(true);
        expect(exact(last) ** 2n > exact(a) * 10n ** 200n).toBe(true);
      }),
    );
  });

  test("floors and ceils to scale 0", () => {
    fc.assert(
      fc.property(numbers, (a) => {
        const [floor, ceil] = [a.floor(), orRefused(() => a.ceil())];
        expect(floor.scale).toBe(0);
        expect(floor.lessOrEqual(a)).toBe(true);
        expect(a.isWhole()).toBe(floor.equals(a));
        if (ceil !== undefined) expect(ceil.unscaled - floor.unscaled).toBe(a.isWhole() ? 0n : 1n);
      }),
    );
  });

  test("raises to a power as repeated multiplication does where nothing is cut", () => {
    fc.assert(
      fc.property(fc.bigInt(-50n, 50n), fc.nat(2), fc.nat(8), (u, scale, exponent) => {
        const power = u ** BigInt(exponent);
        const result = orRefused(() => new MiniNumber(u, scale).pow(exponent));
        if (scale * exponent <= 44 && inRange(power, scale * exponent) && result !== undefined)
          expect(pair(result)).toEqual([power, scale * exponent]);
      }),
    );
  });

  test("refuses what the protocol refuses", () => {
    for (const text of [
      "",
      ".",
      "-",
      "+",
      "1E",
      "E1",
      " 1",
      "1 ",
      "0x10",
      "1,000",
      "1_000",
      "1d",
      "NaN",
      "Infinity",
      "--1",
      "1.2.3",
      "1e+",
    ])
      expect(() => n(text), text).toThrow(ProtocolError);
    expect(() => n("18446744073709551616")).toThrow(ProtocolError);
    expect(() => n("1").div(n("0"))).toThrow(ProtocolError);
    expect(() => n("1").mod(n("0"))).toThrow(ProtocolError);
    expect(() => n("0").pow(-1)).toThrow(ProtocolError);
    expect(() => n("-1").sqrt()).toThrow(ProtocolError);
    expect(() => n("1").significantDigits(65)).toThrow(ProtocolError);
  });

  test("does not hang on extreme exponents and long texts", { timeout: 30_000 }, () => {
    for (const text of ["1e-2147483647", "1e2147483647", "1e99999999999999999999", "1e-600000000"])
      expect(() => n(text)).toThrow(ProtocolError);
    expect(n("1e-500000000").toString()).toBe("0");
    const zero = n("0e2147483647");
    expect(pair(zero)).toEqual([0n, -2147483647]);
    const one = n("1");
    for (const x of [zero.add(one), one.add(zero), zero.mul(zero).add(one), zero.div(one).add(one), zero.mod(one).add(one), one.sub(zero)])
      expect(x.equals(one)).toBe(true);
    expect([zero.pow(999_999_999), zero.sqrt(), zero.floor(), zero.ceil(), zero.abs()].map(String)).toEqual(["0", "0", "0", "0", "0"]);
    expect(() => n("1e-44").pow(999_999_999)).toThrow(ProtocolError);
    expect(() => n("7").pow(-999_999_999)).toThrow(ProtocolError);
    expect(zero.compare(one)).toBe(-1);
    expect(pair(n(`0.${"3".repeat(1_000_000)}`))).toEqual([BigInt("3".repeat(44)), 44]);
    expect(() => n("9".repeat(1_000_000))).toThrow(ProtocolError);
  });

  test("accepts decimal digits of other scripts in the basic plane only", () => {
    expect(n("\u0661\u0662.\uff15").toString()).toBe("12.5");
    expect(() => n("\u{1d7d8}")).toThrow(ProtocolError);
  });
});
