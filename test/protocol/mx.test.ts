import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseHex, toUnsigned } from "../../host/protocol/bytes.js";
import { ProtocolError } from "../../host/protocol/errors.js";
import { canonicalAddress, decodeMx, encodeMx, fromBase32, toBase32 } from "../../host/protocol/mx.js";
import { bytes } from "./arbitraries.js";

describe("Mx text", () => {
  test("any bytes survive, in any case, with or without prefix", () => {
    fc.assert(
      fc.property(bytes(200), (data) => {
        const text = encodeMx(data);
        for (const form of [text, text.toLowerCase(), text.slice(2), `Mx00${text.slice(2)}`, `${text}00000000`, text.replaceAll("W", "i")])
          expect(decodeMx(form)).toEqual(data);
      }),
    );
  });

  test("a changed digit is noticed", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.nat(),
        fc.constantFrom("0", "1", "V", "X", "-", " "),
        (data, at, digit) => {
          const text = encodeMx(data);
          const i = 2 + (at % (text.length - 2));
          const changed = text.slice(0, i) + digit + text.slice(i + 1);
          if (changed !== text) expect(() => decodeMx(changed)).toThrow(ProtocolError);
        },
      ),
    );
  });

  test("base 32 is the integer of the bytes", () => {
    fc.assert(
      fc.property(bytes(40), (data) => {
        expect(toUnsigned(fromBase32(toBase32(data)))).toBe(toUnsigned(data));
        expect(fromBase32(toBase32(data))[0] === 0).toBe(toUnsigned(data) === 0n);
      }),
    );
  });

  test("limits and odd input, none of which hangs", { timeout: 30_000 }, () => {
    expect(decodeMx(encodeMx(new Uint8Array(32767)))).toHaveLength(32767);
    expect(() => encodeMx(new Uint8Array(32768))).toThrow(ProtocolError);
    for (const text of ["", "Mx", "mx-1", "Mx0", "Mx MxG08", "Mx1\u00df", "Mx\u0661"])
      expect(() => decodeMx(text), text).toThrow(ProtocolError);
    expect(() => decodeMx("V".repeat(1_000_000))).toThrow(ProtocolError);
  });

  test("address parameters become canonical hex", () => {
    expect(canonicalAddress(encodeMx(parseHex("0xAB")).toLowerCase())).toBe("0xAB");
    expect(canonicalAddress("0xabc")).toBe("0x0ABC");
    expect(canonicalAddress("0Xabc")).toBe("0Xabc");
    expect(canonicalAddress("anything")).toBe("anything");
  });
});
