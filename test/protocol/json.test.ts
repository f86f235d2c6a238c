import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ProtocolError } from "../../host/protocol/errors.js";
import { javaDouble } from "../../host/protocol/java-double.js";
import {
  isJsonArray,
  isJsonObject,
  JsonDouble,
  type JsonValue,
  jsonObject,
  parseJson,
  prettyPrint,
  printJson,
  RawJson,
} from "../../host/protocol/json.js";

const values: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, false),
    fc.string({ unit: "binary" }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((d) => new JsonDouble(d)),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.array(fc.tuple(fc.string(), tie("value")), { maxLength: 5 }).map((entries) => jsonObject(...entries)),
  ),
})).value;

describe("JSON", () => {
  test("printed values parse to the same values", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(parseJson(printJson(value))).toEqual(value);
      }),
    );
  });

  test("what it prints is JSON to others", () => {
    const undo = (value: JsonValue): unknown => {
      if (value instanceof JsonDouble) return value.value;
      if (typeof value === "bigint") return Number(value);
      if (isJsonObject(value)) return Array.from(value, ([key, item]) => [key, undo(item)]);
      return isJsonArray(value) ? value.map(undo) : value;
    };
    const list = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(list);
      return value !== null && typeof value === "object" ? Object.entries(value).map(([key, item]) => [key, list(item)]) : value;
    };
    const plain = fc.array(fc.tuple(fc.stringMatching(/^[a-z]+$/), values)).map((entries) => jsonObject(...entries));
    fc.assert(
      fc.property(plain, (value) => {
        const nested = /"-?[0-9]+":|__proto__/.test(printJson(value));
        if (!nested) expect(list(JSON.parse(printJson(value)))).toEqual(undo(value));
      }),
    );
  });

  test("keys keep their order, also those that look like numbers", () => {
    const object = jsonObject(["b", 1], undefined, ["10", 2], ["2", 3], ["b", 4]);
    expect(printJson(object)).toBe('{"b":4,"10":2,"2":3}');
    expect(printJson(parseJson('{"10":1,"2":2,"10":3}'))).toBe('{"10":3,"2":2}');
  });

  test("raw text goes out as it is, a number must be whole", () => {
    expect(printJson([new RawJson("0.00000000000000000000000000000000000000000001"), 5, 5n])).toBe(
      "[0.00000000000000000000000000000000000000000001,5,5]",
    );
    expect(() => printJson(0.5)).toThrow(ProtocolError);
    expect(() => printJson(2 ** 60)).toThrow(ProtocolError);
  });

  test("doubles read back as the same double", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (d) => {
        expect(Number(javaDouble(d))).toBe(d);
      }),
      { numRuns: 2000 },
    );
    expect([1e23, 2e23, 5e-324, 1e-3, 9.99e-4, 1e7, 123456, -0, 2 ** 62 + 2 ** 11].map(javaDouble)).toEqual([
      "9.999999999999999E22",
      "1.9999999999999998E23",
      "4.9E-324",
      "0.001",
      "9.99E-4",
      "1.0E7",
      "123456.0",
      "-0.0",
      "4.61168601842739E18",
    ]);
    // last digits that a wrapped sum or a carry decides
    expect([3.7047470219973663e25, 3.6191947185456993e25, 1e-321].map(javaDouble)).toEqual([
      "3.7047470219973662E25",
      "3.6191947185456992E25",
      "1.0E-321",
    ]);
  });

  test("an unclosed string after the value is the end of the text", () => {
    expect(printJson(parseJson('[1]"abc'))).toBe("[1]");
    expect(() => parseJson('[1,"abc]')).toThrow(ProtocolError);
    expect(() => parseJson('"abc')).toThrow(ProtocolError);
  });

  test("deep nesting is refused, not a crash; wide and long input does not hang", { timeout: 30_000 }, () => {
    expect(() => parseJson("[".repeat(1_000_000))).toThrow(ProtocolError);
    expect(() => parseJson('{"a":'.repeat(1_000_000))).toThrow(ProtocolError);
    expect(() => parseJson("9".repeat(1_000_000))).toThrow(ProtocolError);
    parseJson(`[${"1,".repeat(100_000)}]`);
    parseJson(`"${"\\x".repeat(200_000)}"`);
  });

  test("any text parses or is refused", () => {
    const soup = fc.array(
      fc.constantFrom("{", "}", "[", "]", ",", ":", " ", '"a"', '"', "\\", "1", "-", "1.5", "e", "true", "null", "\\u00", "\n"),
    );
    fc.assert(
      fc.property(soup, (parts) => {
        try {
          const value = parseJson(parts.join(""));
          expect(parseJson(printJson(value))).toEqual(value);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("pretty text", () => {
    expect(prettyPrint('{"a":"x,{\\"y\\/z","b":[1,2],"c":{"d":"l\\nm"}}')).toBe(
      ["{", '  "a":"x,{\\"y/z",', '  "b":[1,', "  2],", '  "c":{', '    "d":"l', 'm"', "  }", "}"].join("\n"),
    );
  });
});
