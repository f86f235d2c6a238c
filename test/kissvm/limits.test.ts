import { describe, expect, test } from "vitest";
import { WorkMeter } from "../../host/kissvm/index.js";
import { PARSE_COST } from "../../host/kissvm/work.js";
import { count, outcome, run, valueIn } from "./helpers.js";

const times = (text: string, number: number): string => text.repeat(number);
/** `s` is 65536 letters. */
const LONG = `LET s=[${times("x", 1024)}] ${times("LET s=s+s ", 6)}`;

/** Spec 05 §13: each limit holds, and one more does not. */
describe("limits", () => {
  test("1024 instructions", () => {
    const script = (additions: number): string => `LET a=1${times("+1", additions)} RETURN TRUE`;
    expect(count(script(510))).toBe(1 + 510 + 511 + 2);
    expect(outcome(run(script(510)))).toBe("success");
    expect(run(script(511))).toMatchObject({ success: false, instructions: 1025 });
    expect(outcome(run("RETURN TRUE", { maxOperations: 2 }))).toBe("success");
    expect(run("RETURN TRUE", { maxOperations: 1 })).toMatchObject({ success: false, instructions: 2 });
    expect(run("RETURN TRUE", { maxOperations: -5 })).toMatchObject({ success: false, instructions: 1 });
  });

  test("64 blocks when parsed", () => {
    const nested = (depth: number): string => `${times("IF TRUE THEN ", depth)}LET a=1 ${times("ENDIF ", depth)}`;
    expect(outcome(run(nested(63)))).toBe("no result");
    expect(outcome(run(nested(64)))).toBe("parse error");
  });

  test("64 blocks and calls when run", () => {
    const inBlocks = (depth: number, statement: string): string => `${times("IF TRUE THEN ", depth)}${statement} ${times("ENDIF ", depth)}`;
    expect(outcome(run(inBlocks(62, "LET a=ABS(1)")))).toBe("no result");
    expect(outcome(run(inBlocks(63, "LET a=ABS(1)")))).toBe("exception");
    expect(outcome(run(inBlocks(62, "EXEC [LET a=1]")))).toBe("no result");
    expect(outcome(run(inBlocks(63, "EXEC [LET a=1]")))).toBe("exception");
    expect(outcome(run(inBlocks(62, "EXEC [IF FALSE THEN LET a=1 ENDIF]")))).toBe("exception");
  });

  describe("parsed texts inside each other", () => {
    const idle = `IF FALSE THEN LET a=${times("~", 60_000)}1 ENDIF`;
    /** Runs a long text inside itself, each time a little different, that does something before and after. */
    const nested = (levels: number, end: string): string =>
      `LET f=[LET n=INC(n) IF n LT ${levels} THEN LET x=FUNCTION(f+[ LET q=]+STRING(n)) ENDIF LET m=INC(m) ${idle}] ` +
      `LET n=0 LET m=0 EXEC f ${end}`;
    const texts = (script: string): number => {
      const work = new WorkMeter();
      run(script, { work });
      return Math.round(work.spent / (idle.length * PARSE_COST));
    };

    test("go on where they were when they had to be forgotten", () => {
      expect(outcome(run(nested(8, "RETURN n EQ 8 AND m EQ 8")))).toBe("success");
      // The script, and the texts, of which all but the innermost few are parsed once more.
      expect(texts(nested(2, "RETURN TRUE"))).toBe(1 + 2);
      expect(texts(nested(8, "RETURN TRUE"))).toBeGreaterThanOrEqual(1 + 8 + 5);
      expect(texts(nested(8, "RETURN TRUE"))).toBeLessThanOrEqual(1 + 2 * 8);
    });

    test("fail in the statement of the script that runs them", () => {
      const script = nested(8, "").replace("LET m=INC(m)", "LET m=INC(TRUE)");
      const { error } = run(script);
      expect(error?.message).toContain("INC");
      expect(script.slice(error?.at)).toMatch(/^EXEC f/);
    });
  });

  test("a block left early keeps its depth", () => {
    const calls = (number: number): string => `RETURN ${Array(number).fill("FUNCTION([RETURN TRUE LET a=1])").join(" AND ")}`;
    expect(outcome(run(calls(62)))).toBe("success");
    expect(outcome(run(calls(63)))).toBe("exception");
  });

  test("64 brackets", () => {
    const nested = (depth: number): string => `LET a=${times("(", depth)}1${times(")", depth)}`;
    expect(outcome(run(nested(64)))).toBe("no result");
    expect(outcome(run(nested(65)))).toBe("parse error");
    expect(outcome(run(`IF FALSE THEN LET a=${times("ABS(", 64)}1${times(")", 64)} ENDIF`))).toBe("no result");
    expect(outcome(run(`IF FALSE THEN LET a=${times("ABS(", 65)}1${times(")", 65)} ENDIF`))).toBe("parse error");
  });

  test("32 parameters", () => {
    expect(valueIn(`MAX(${times("1 ", 32)})`)).toBe("NUMBER 1");
    expect(valueIn(`MAX(${times("1 ", 33)})`)).toBe("parse error");
  });

  test("32 letters of a variable", () => {
    expect(outcome(run(`LET ${times("a", 32)}=1`))).toBe("no result");
    expect(outcome(run(`LET ${times("a", 33)}=1`))).toBe("parse error");
  });

  test("65536 bytes of HEX and STRING", () => {
    expect(outcome(run(`${LONG}LET h=HEX(s)`))).toBe("no result");
    expect(outcome(run(`${LONG}LET t=s+[x]`))).toBe("exception");
    expect(outcome(run(`${LONG}LET h=CONCAT(HEX(s) 0x00)`))).toBe("exception");
    expect(outcome(run(`${LONG}LET t=SUBSTR(1 65535 s)+[é]`))).toBe("no result");
    expect(outcome(run(`${LONG}LET t=SUBSTR(1 65536 s)+[é]`))).toBe("exception");
    expect(outcome(run(`${LONG}LET t=REPLACEFIRST(s [x] [é])`))).toBe("exception");
    expect(outcome(run(`${LONG}LET h=HEX(s)<<1`))).toBe("no result");
    expect(outcome(run(`${LONG}LET h=HEX(s)<<2`))).toBe("exception");
  });

  test("65 pieces of a FUNCTION text", () => {
    const text = (places: number): string => `[LET q=1 ${times("LET q=$1 ", places)}]`;
    expect(valueIn(`FUNCTION(${text(64)} 5)`)).toBe("BOOLEAN TRUE");
    expect(valueIn(`FUNCTION(${text(65)} 5)`)).toBe("exception");
  });

  test("256 bits of a shift, 1023 of an exponent", () => {
    expect(valueIn("BITCOUNT(0x01<<256)")).toBe("NUMBER 1");
    expect(valueIn("0x01<<256.5")).toBe("exception");
    expect(valueIn("POW(1023 1)")).toBe("NUMBER 1");
    expect(valueIn("POW(1024 1)")).toBe("exception");
  });

  test("64 digits, 44 decimals, 2^64 - 1", () => {
    expect(valueIn("1/3")).toBe(`NUMBER 0.${times("3", 44)}`);
    expect(valueIn("1234567890123456789012345678901234567890.5")).toBe("parse error");
    expect(valueIn(`12345678901234567890.5-1${times("0", 19)}`)).toBe("NUMBER 2345678901234567890.5");
    expect(valueIn("18446744073709551615")).toBe("NUMBER 18446744073709551615");
    expect(valueIn("18446744073709551615+0.1")).toBe("exception");
  });
});

describe("errors say where they are", () => {
  test.each([
    ["LET a=1\nLET b=c", 14],
    ["LET a=1 RETURN a+[x]", 16],
    ["LET a=LEN(5)", 6],
    ["RETURN (1)", 0],
    ["EXEC [RETURN 1]", 0],
    ["LET a=@NOTHING", 6],
  ])("%j", (script, at) => expect(run(script).error?.at).toBe(at));
});
