import { toHex } from "../../../host/protocol/bytes.js";
import { type EntryNumber, entryNumber, entryNumberText, readEntryNumber, writeEntryNumber } from "../../../host/protocol/entry-number.js";
import { javaDouble } from "../../../host/protocol/java-double.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import { decode, Reader } from "../../../host/protocol/reader.js";
import { encode } from "../../../host/protocol/writer.js";
import type { Case } from "../area.js";
import { each, refused, same } from "../checks.js";
import { fromHex, wire } from "./base-bytes.js";

/** A number as the reference shows it, or an error. */
interface NumberResult {
  readonly str?: string;
  readonly scale?: number;
  readonly unscaled?: string;
  readonly ser?: string;
  readonly error?: string;
}

function check(what: string, compute: () => MiniNumber, expected: NumberResult): void {
  if (expected.error !== undefined) {
    refused(() => ({ [what]: compute().toString() }), expected.error);
    return;
  }
  const n = compute();
  const actual = { str: n.toString(), scale: n.scale, unscaled: String(n.unscaled), ser: toHex(wire((w) => w.number(n))).toLowerCase() };
  same(actual, { str: expected.str, scale: expected.scale, unscaled: expected.unscaled, ser: expected.ser }, what);
}

interface ParseFile {
  readonly parse: readonly (NumberResult & { readonly in: string })[];
  readonly ctor: readonly (NumberResult & { readonly long?: string; readonly biginteger?: string })[];
}

export function* numberParse(data: unknown): Iterable<Case> {
  const file = data as ParseFile;
  yield* each("parse", file.parse, (c) => check(c.in, () => MiniNumber.parse(c.in), c));
  yield* each("ctor", file.ctor, (c) => check("ctor", () => MiniNumber.of(BigInt(c.long ?? c.biginteger ?? "")), c));
}

interface BinaryCase {
  readonly a: string;
  readonly b: string;
  readonly add: NumberResult;
  readonly sub: NumberResult;
  readonly mult: NumberResult;
  readonly div: NumberResult;
  readonly modulo: NumberResult;
  readonly compare: number;
}

export function numberBinary(data: unknown): Iterable<Case> {
  return each("binary", (data as { cases: readonly BinaryCase[] }).cases, (c) => {
    const a = MiniNumber.parse(c.a);
    const b = MiniNumber.parse(c.b);
    check(`${c.a} + ${c.b}`, () => a.add(b), c.add);
    check(`${c.a} - ${c.b}`, () => a.sub(b), c.sub);
    check(`${c.a} * ${c.b}`, () => a.mul(b), c.mult);
    check(`${c.a} / ${c.b}`, () => a.div(b), c.div);
    check(`${c.a} % ${c.b}`, () => a.mod(b), c.modulo);
    same(a.compare(b), c.compare, `${c.a} <=> ${c.b}`);
  });
}

interface UnaryCase {
  readonly a: string;
  readonly decimalPlaces: number;
  readonly int: number;
  readonly long: string;
  readonly biginteger: string;
  readonly double: string;
  readonly validMinimaValue: boolean;
  readonly floor: NumberResult;
  readonly ceil: NumberResult;
  readonly abs: NumberResult;
  readonly increment: NumberResult;
  readonly decrement: NumberResult;
  readonly sqrt: NumberResult;
}

export function numberUnary(data: unknown): Iterable<Case> {
  return each("unary", (data as { cases: readonly UnaryCase[] }).cases, (c) => {
    const a = MiniNumber.parse(c.a);
    same(a.scale, c.decimalPlaces, `decimals of ${c.a}`);
    same(a.toInt32(), c.int, `int of ${c.a}`);
    same(String(a.toInt64()), c.long, `long of ${c.a}`);
    same(String(a.toBigInt()), c.biginteger, `integer of ${c.a}`);
    same(javaDouble(a.toNumber()), c.double, `double of ${c.a}`);
    same(a.isValidAmount(), c.validMinimaValue, `valid amount ${c.a}`);
    check(`floor ${c.a}`, () => a.floor(), c.floor);
    check(`ceil ${c.a}`, () => a.ceil(), c.ceil);
    check(`abs ${c.a}`, () => a.abs(), c.abs);
    check(`increment ${c.a}`, () => a.increment(), c.increment);
    check(`decrement ${c.a}`, () => a.decrement(), c.decrement);
    check(`sqrt ${c.a}`, () => a.sqrt(), c.sqrt);
  });
}

interface PowSigdigFile {
  readonly pow: readonly (NumberResult & { readonly a: string; readonly n: number })[];
  readonly sigdig: readonly (NumberResult & { readonly a: string; readonly n: number })[];
}

export function* numberPowSigdig(data: unknown): Iterable<Case> {
  const file = data as PowSigdigFile;
  yield* each("pow", file.pow, (c) => check(`${c.a} ^ ${c.n}`, () => MiniNumber.parse(c.a).pow(c.n), c));
  yield* each("sigdig", file.sigdig, (c) => check(`${c.n} digits of ${c.a}`, () => MiniNumber.parse(c.a).significantDigits(c.n), c));
}

interface ReadCase extends NumberResult {
  readonly bytes: string;
  readonly unread: number;
  readonly plusZero: NumberResult;
  readonly copy: NumberResult;
}

export function numberRead(data: unknown): Iterable<Case> {
  return each("read", (data as { cases: readonly ReadCase[] }).cases, (c) => {
    const reader = new Reader(fromHex(c.bytes));
    if (c.error !== undefined) {
      refused(() => reader.number(), c.error);
      return;
    }
    const n = reader.number();
    same(reader.remaining, c.unread, "unread");
    check(c.bytes, () => n, c);
    check(`${c.bytes} + 0`, () => n.add(MiniNumber.ZERO), c.plusZero);
    check(`copy of ${c.bytes}`, () => n.limited(), c.copy);
  });
}

interface EntryCase {
  readonly value: string;
  readonly str?: string;
  readonly ser: string;
}

/** `n`, `n/2` or `floor(n/2)`. */
function entryValue(text: string): EntryNumber {
  const [, floored, whole = "", half] = /^(floor\()?(\d+)(\/2)?\)?$/.exec(text) ?? [];
  const n = BigInt(whole);
  if (half === undefined || n % 2n === 0n || floored !== undefined) return entryNumber(half === undefined ? n : n / 2n);
  return { scale: 1, unscaled: n * 5n };
}

export function entryNumbers(data: unknown): Iterable<Case> {
  return each("entry", (data as { cases: readonly EntryCase[] }).cases, (c) => {
    const entry = entryValue(c.value);
    same(toHex(encode(writeEntryNumber, entry)).toLowerCase(), c.ser, c.value);
    same(decode(readEntryNumber, fromHex(c.ser)), entry, `${c.value} decoded`);
    same(entryNumberText(entry), c.str ?? c.value, `text of ${c.value}`);
  });
}
