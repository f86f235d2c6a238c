import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAddress, writeAddress } from "../../host/protocol/address.js";
import type { Bytes } from "../../host/protocol/bytes.js";
import { readCryptoPackage } from "../../host/protocol/encryption.js";
import { readEntryNumber } from "../../host/protocol/entry-number.js";
import { ProtocolError } from "../../host/protocol/errors.js";
import { parseJson, printJson } from "../../host/protocol/json.js";
import { decodeMx, fromBase32 } from "../../host/protocol/mx.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { Reader } from "../../host/protocol/reader.js";
import { decodeUtf8 } from "../../host/protocol/text.js";
import { Writer } from "../../host/protocol/writer.js";

const RUNS = { numRuns: 2000 };

const reads: Readonly<Record<string, (reader: Reader) => unknown>> = {
  byte: (r) => r.byte(),
  flag: (r) => r.flag(),
  int16: (r) => r.int16(),
  int32: (r) => r.int32(),
  raw: (r) => r.raw(r.int32()),
  data: (r) => r.data(),
  hash: (r) => r.hash(),
  string: (r) => r.string(),
  number: (r) => r.number(),
  count: (r) => r.count(),
  bytes: (r) => r.list(1, (x) => x.byte()),
  strings: (r) => r.list(4, (x) => x.string()),
  lists: (r) => r.list(3, (x) => x.list(1, (y) => y.byte())),
  address: readAddress,
  entry: readEntryNumber,
  package: readCryptoPackage,
};

/** Runs `action`; anything but a result or a ProtocolError fails the test. */
function survive(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
}

/** A valid message, then damaged: bits flipped, cut, extended. */
const damaged: fc.Arbitrary<Bytes> = fc
  .tuple(
    fc.array(
      fc.oneof(fc.uint8Array({ maxLength: 70 }), fc.string({ unit: "binary" }), fc.bigInt({ min: -(2n ** 64n) + 1n, max: 2n ** 64n - 1n })),
      { maxLength: 6 },
    ),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
    fc.nat(),
  )
  .map(([items, flips, cut]) => {
    const writer = new Writer();
    for (const item of items) {
      if (typeof item === "string") writer.string(item);
      else if (typeof item === "bigint") writer.number(new MiniNumber(item, Number(item & 63n)));
      else writer.data(item);
    }
    const message = writer.toBytes();
    for (const [at, mask] of flips) if (message.length > 0) message[at % message.length] = (message[at % message.length] as number) ^ mask;
    return cut % 3 === 0 ? message.subarray(0, cut % (message.length + 1)) : message;
  });

const inputs = fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged);

describe("hostile bytes", () => {
  test.each(Object.entries(reads))("reader: %s", (_, read) => {
    fc.assert(
      fc.property(inputs, (message) => {
        survive(() => {
          const reader = new Reader(message);
          while (reader.remaining > 0) {
            const before = reader.position;
            read(reader);
            expect(reader.position).toBeGreaterThan(before);
            expect(reader.position).toBeLessThanOrEqual(message.length);
          }
        });
      }),
      RUNS,
    );
  });

  test("methods in any order", () => {
    const names = fc.array(fc.constantFrom(...Object.keys(reads)), { maxLength: 20 });
    fc.assert(
      fc.property(inputs, names, (message, order) => {
        const reader = new Reader(message);
        survive(() => {
          for (const name of order) reads[name]?.(reader);
        });
        expect(reader.remaining).toBeGreaterThanOrEqual(0);
      }),
      RUNS,
    );
  });

  test("numbers from the wire through every operation", () => {
    const operations: readonly ((a: MiniNumber, b: MiniNumber) => unknown)[] = [
      (a, b) => a.add(b),
      (a, b) => a.sub(b),
      (a, b) => a.mul(b),
      (a, b) => a.div(b),
      (a, b) => a.mod(b),
      (a, b) => a.pow(b.toInt32()),
      (a, b) => a.significantDigits(b.toInt32()),
      (a) => [a.sqrt(), a.floor(), a.ceil(), a.abs(), a.limited()],
      (a, b) => [a.compare(b), a.toString(), a.toBigInt(), a.toInt64(), a.toNumber(), a.isWhole(), a.isValidAmount()],
    ];
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 32 }),
        fc.uint8Array({ minLength: 1, maxLength: 32 }),
        fc.nat(255),
        fc.nat(255),
        (x, y, s, t) => {
          const a = new Reader(Uint8Array.of(s, x.length, ...x)).number();
          const b = new Reader(Uint8Array.of(t, y.length, ...y)).number();
          for (const operation of operations) survive(() => operation(a, b));
        },
      ),
      RUNS,
    );
  });

  test("an address re-encodes to what decodes to the same address", () => {
    fc.assert(
      fc.property(inputs, (message) =>
        survive(() => {
          const address = readAddress(new Reader(message));
          const writer = new Writer();
          writeAddress(writer, address);
          expect(readAddress(new Reader(writer.toBytes()))).toEqual(address);
        }),
      ),
      RUNS,
    );
  });

  test("a length beyond the message allocates nothing", () => {
    for (const length of [1, 0x20000000, 0x20000001, 0x7fffffff, -1]) {
      const message = new Uint8Array(5);
      new DataView(message.buffer).setInt32(0, length);
      if (length > 1) expect(() => new Reader(message).data()).toThrow(ProtocolError);
    }
  });
});

describe("hostile text", () => {
  test("parsers give a value or a ProtocolError", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.stringMatching(/^[-+]?[0-9.]{0,30}[eE]?[-+]?[0-9]{0,12}$/),
      inputs.map(decodeUtf8),
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const parse of [MiniNumber.parse, decodeMx, fromBase32, (t: string) => printJson(parseJson(t))]) survive(() => parse(text));
      }),
      RUNS,
    );
  });
});
