import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compareUnsigned,
  concatBytes,
  equalBytes,
  fromSigned,
  fromUnsigned,
  padLeft,
  parseHex,
  toHex,
  toHex0x,
  toSigned,
  toUnsigned,
} from "../../host/protocol/bytes.js";
import { readEntryNumber, writeEntryNumber } from "../../host/protocol/entry-number.js";
import { ProtocolError } from "../../host/protocol/errors.js";
import { decode, Reader } from "../../host/protocol/reader.js";
import { decodeUtf8, encodeUtf8 } from "../../host/protocol/text.js";
import { encode, Writer } from "../../host/protocol/writer.js";
import { bytes, numbers, wireNumbers } from "./arbitraries.js";

describe("bytes", () => {
  test("hex text and back", () => {
    fc.assert(
      fc.property(bytes(), (b) => {
        expect(parseHex(toHex0x(b))).toEqual(b);
        expect(parseHex(toHex(b).toLowerCase())).toEqual(b);
      }),
    );
  });

  test("unsigned and signed integers and back, in the shortest form", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }), (value) => {
        const signed = fromSigned(value);
        expect(toSigned(signed)).toBe(value);
        if (signed.length > 1) expect(toSigned(signed.subarray(1))).not.toBe(value);
        if (value < 0n) expect(() => fromUnsigned(value)).toThrow(ProtocolError);
        else expect(toUnsigned(fromUnsigned(value))).toBe(value);
      }),
    );
  });

  test("compares as integers", () => {
    fc.assert(
      fc.property(bytes(6), bytes(6), (a, b) => {
        const [x, y] = [toUnsigned(a), toUnsigned(b)];
        expect(compareUnsigned(a, b)).toBe(x < y ? -1 : x > y ? 1 : 0);
        expect(equalBytes(a, b)).toBe(toHex(a) === toHex(b));
        expect(toUnsigned(padLeft(a, 10))).toBe(x);
        expect(toHex(concatBytes(a, b))).toBe(toHex(a) + toHex(b));
      }),
    );
  });
});

describe("text", () => {
  test("well-formed strings survive", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(decodeUtf8(encodeUtf8(text))).toBe(text);
      }),
    );
  });

  test("a lone surrogate becomes a question mark", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "\ud83d", "\ude00", "\u20ac")), (units) => {
        const text = units.join("");
        expect(decodeUtf8(encodeUtf8(text))).toBe(text.toWellFormed().replaceAll("\ufffd", "?"));
      }),
    );
  });

  test("re-encoding what was decoded changes nothing more", () => {
    const piece = fc.constantFrom([0xed], [0xa0], [0xbf], [0x80], [0x41], [0xf0, 0x90], [0xc2], [0xef, 0xbb, 0xbf]);
    fc.assert(
      fc.property(
        fc.oneof(
          bytes(),
          fc.array(piece).map((p) => Uint8Array.from(p.flat())),
        ),
        (b) => {
          const text = decodeUtf8(b);
          expect(text.isWellFormed()).toBe(true);
          expect(decodeUtf8(encodeUtf8(text))).toBe(text);
        },
      ),
    );
  });

  test("an encoded surrogate is one replacement", () => {
    const decoded = (...b: number[]): string => decodeUtf8(Uint8Array.from(b));
    expect(decoded(0xed, 0xa0, 0x80, 0x41)).toBe("\ufffdA");
    expect(decoded(0xed, 0xa0, 0x41)).toBe("\ufffdA");
    expect(decoded(0xed, 0xa0)).toBe("\ufffd");
    expect(decoded(0xed, 0x9f, 0xbf)).toBe("\ud7ff");
    expect(decoded(0xed)).toBe("\ufffd");
  });
});

describe("reader and writer", () => {
  test("values survive a round trip", () => {
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.boolean(),
        fc.integer(),
        fc.integer({ min: -32768, max: 32767 }),
        bytes(),
        bytes(64),
        fc.string({ unit: "binary" }),
        fc.oneof(numbers, wireNumbers),
        fc.bigInt(0n, 2n ** 64n - 1n),
        (byte, flag, int32, int16, data, hash, text, number, whole) => {
          const writer = new Writer(1);
          writer.byte(byte);
          writer.flag(flag);
          writer.int32(int32);
          writer.int16(int16);
          writer.data(data);
          writer.hash(hash);
          writer.string(text);
          writer.number(number);
          writer.integer(whole);
          const reader = new Reader(writer.toBytes());
          expect([reader.byte(), reader.flag(), reader.int32(), reader.int16()]).toEqual([byte, flag, int32, int16]);
          expect([reader.data(), reader.hash(), reader.string()]).toEqual([data, hash, text]);
          expect(reader.number()).toEqual(number);
          expect(reader.number()).toEqual(expect.objectContaining({ unscaled: whole, scale: 0 }));
          expect(reader.remaining).toBe(0);
          expect(reader.position).toBe(writer.length);
        },
      ),
    );
  });

  test("lists and entry numbers survive a round trip", () => {
    const entry = fc.record({
      scale: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      unscaled: fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
    });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const encoded = encode((writer, list) => writer.list(list, writeEntryNumber), entries);
        expect(decode((reader) => reader.list(8, readEntryNumber), encoded)).toEqual(entries);
      }),
    );
  });

  test("a number re-encodes in its shortest form, and that is stable", () => {
    fc.assert(
      fc.property(fc.integer({ min: -128, max: 127 }), fc.uint8Array({ minLength: 1, maxLength: 32 }), (scale, unscaled) => {
        const once = encode((w, n) => w.number(n), new Reader(Uint8Array.of(scale & 0xff, unscaled.length, ...unscaled)).number());
        const twice = encode((w, n) => w.number(n), new Reader(once).number());
        expect(twice).toEqual(once);
        expect(once.length).toBeLessThanOrEqual(2 + 27);
        expect(once.length).toBeLessThanOrEqual(2 + unscaled.length);
      }),
    );
  });

  test("a list that cannot fit is refused before it is read", () => {
    const writer = new Writer();
    writer.integer(2_000_000_000);
    expect(() => new Reader(writer.toBytes()).list(1, (r) => r.byte())).toThrow(ProtocolError);
  });

  test("a negative count is an empty list, a negative length is refused", () => {
    const writer = new Writer();
    writer.integer(-5);
    expect(new Reader(writer.toBytes()).list(1, (r) => r.byte())).toEqual([]);
    expect(() => new Reader(new Uint8Array(8)).raw(-1)).toThrow(ProtocolError);
  });
});
