import { describe, expect, test } from "vitest";
import { checkScripts, cleanScript, ScriptParseError } from "../../host/kissvm/index.js";
import { FLOATING_ID, toHex0x } from "../../host/protocol/bytes.js";
import { dataLeaf } from "../../host/protocol/mmr-node.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { scriptAddress } from "../../host/protocol/script-address.js";
import { writeSignature } from "../../host/protocol/signature.js";
import { STATE_HEX, STATE_STRING } from "../../host/protocol/state-variable.js";
import { encode } from "../../host/protocol/writer.js";
import { BLOCK, coin, keyOf, signatureBy, spending, stateOf, token, tokenCoin, transaction, witness } from "./fixtures.js";
import { count, outcome, run, valueIn } from "./helpers.js";

const failed = "exception";
const times = (text: string, number: number): string => text.repeat(number);

/** Spec 05 §12, in its order. */
describe("quirks", () => {
  test("1: the network hashes and runs the raw text", () => {
    expect(outcome(run("return true"))).toBe("parse error");
    expect(outcome(run("LET A=1"))).toBe("parse error");
    expect(cleanScript("return true")).toBe("RETURN TRUE");
    const loose = "RETURN  TRUE";
    expect(scriptAddress(loose)).not.toEqual(scriptAddress(cleanScript(loose)));
    const spent = coin({ address: scriptAddress(loose) });
    expect(checkScripts(transaction([spent], []), witness([spent], [loose]), BLOCK).valid).toBe(true);
  });

  test("2: a missing ENDWHILE drops one token, ELSE may be followed by more parts", () => {
    expect(outcome(run("WHILE FALSE DO LET a = 1 2"))).toBe("no result");
    expect(outcome(run("WHILE FALSE DO ELSE"))).toBe("no result");
    expect(outcome(run("WHILE FALSE DO"))).toBe("parse error");
    const more = run("IF FALSE THEN LET a=1 ELSE LET b=1 ELSEIF TRUE THEN LET c=1 ELSE LET d=1 ENDIF");
    expect([...more.variables.keys()]).toEqual(["b"]);
    expect(outcome(run("IF TRUE THEN LET a=1"))).toBe("parse error");
  });

  test("3: a minus between parameters subtracts, a prefix minus takes a number only", () => {
    expect(valueIn("MAX(1 2 -3)")).toBe("NUMBER 1");
    expect(valueIn("MAX(5 -3)")).toBe("parse error");
    expect(valueIn("5--3")).toBe("NUMBER 8");
    for (const expression of ["-(1)", "--1", "-0x01", "-TRUE"]) expect(valueIn(expression)).toBe("parse error");
    expect(outcome(run("LET a=1 LET b=-a"))).toBe("parse error");
    expect(run("LET a=1 LET b=NEG a").error).toBeNull();
  });

  test("4: no short circuit; connectives share a rank, % and shifts rank with +", () => {
    expect(outcome(run("RETURN TRUE OR missing"))).toBe(failed);
    expect(valueIn("FALSE AND FALSE OR TRUE")).toBe("BOOLEAN TRUE");
    expect(valueIn("TRUE OR TRUE AND FALSE")).toBe("BOOLEAN FALSE");
    expect(valueIn("7+4%3")).toBe("NUMBER 2");
    expect(valueIn("0x01<<1+1")).toBe(failed);
  });

  test("5: unary operators cost two and their operand, CHECKSIG 32 and its operands", () => {
    expect(count("RETURN TRUE")).toBe(2);
    expect(count("RETURN NOT TRUE")).toBe(4);
    expect(count("LET a=NEG NEG 1")).toBe(6);
    expect(count("LET a=1+2")).toBe(4);
    expect(count("LET a=CHECKSIG(0x01 0x01 0x000100)")).toBe(1 + 32 + 3);
  });

  test("6: integers wrap at 32 bits", () => {
    const state = { transaction: transaction([], [], stateOf({ 0: "5" })) };
    for (const port of ["0", "4294967296", "-0.9", "0.9"]) expect(valueIn(`STATE(${port})`, state)).toBe("NUMBER 5");
    expect(valueIn("STATE(2147483648)", state)).toBe(failed);
    expect(valueIn("MULTISIG(4294967296 0x00)")).toBe("BOOLEAN TRUE");
    expect(valueIn("SIGDIG(4294967297 123)")).toBe("NUMBER 100");
    expect(valueIn("SETLEN(4294967297 0xABCD)")).toBe("HEX 0xCD");
  });

  test("7: & cuts to the shorter operand; bit operators drop leading zero bytes, never all", () => {
    expect(valueIn("0xFF00FF&0x00FF")).toBe("HEX 0xFF");
    expect(valueIn("0xFF00FF|0x00")).toBe("HEX 0xFF00FF");
    expect(valueIn("0x00FF^0x00FF")).toBe("HEX 0x00");
    expect(valueIn("~0xFF00")).toBe("HEX 0xFF");
    expect(valueIn("~0xFFFF")).toBe("HEX 0x00");
    expect(valueIn("0x00FF<<0")).toBe("HEX 0xFF");
    expect(valueIn("0xFF>>8")).toBe("HEX 0x00");
    expect(valueIn("HEX([])&0xFF")).toBe("HEX 0x00");
  });

  test("8: bits count from the first byte; BITSET drops trailing zero bytes", () => {
    expect(valueIn("BITGET(0x0100 0)")).toBe("BOOLEAN TRUE");
    expect(valueIn("BITGET(0x0100 8)")).toBe("BOOLEAN FALSE");
    expect(valueIn("BITSET(0x0100 7 TRUE)")).toBe("HEX 0x81");
    expect(valueIn("LEN(BITSET(0x0100 0 FALSE))")).toBe("NUMBER 0");
    expect(valueIn("BITSET(0x0100 15 TRUE)")).toBe("HEX 0x0180");
  });

  test("9: the empty HEX prints as the empty text", () => {
    expect(valueIn("STRING(HEX([]))")).toBe("STRING");
    expect(valueIn("LEN(STRING(HEX([])))")).toBe("NUMBER 0");
    expect(valueIn("FUNCTION([LET returnvalue=1$1] HEX([]))")).toBe("NUMBER 1");
  });

  test("10: SETLEN keeps the last bytes and pads on the left", () => {
    expect(valueIn("SETLEN(2 0xABCDEF)")).toBe("HEX 0xCDEF");
    expect(valueIn("SETLEN(4 0xABCD)")).toBe("HEX 0x0000ABCD");
    expect(valueIn("SETLEN(0 0xAB)")).toBe(failed);
  });

  test("11: $ and \\ are special in replacements, but only where something is replaced", () => {
    expect(valueIn("REPLACE([abc] [b] [<$0>])")).toBe("STRING a<b>c");
    expect(valueIn("REPLACE([abc] [b] [$00])")).toBe("STRING abc");
    expect(valueIn("REPLACE([abc] [b] [\\$])")).toBe("STRING a$c");
    for (const template of ["$", "$1", "$x", "\\"]) expect(valueIn(`REPLACE([abc] [b] [${template}])`)).toBe(failed);
    expect(valueIn("REPLACE([abc] [x] [$])")).toBe("STRING abc");
    expect(valueIn("REPLACEFIRST([aa] [a] [\\\\])")).toBe("STRING \\a");
    expect(valueIn("FUNCTION([LET returnvalue=$1] [$2])")).toBe(failed);
    expect(valueIn("FUNCTION([LET returnvalue=$1] [\\$2])")).toBe("STRING $2");
  });

  test("12: $1 also replaces the beginning of $10", () => {
    expect(valueIn("FUNCTION([LET returnvalue=$10] 7)")).toBe("NUMBER 70");
  });

  test("13: MULTISIG counts a repeated key repeatedly and stops early", () => {
    const key = toHex0x(keyOf("ann"));
    const signed = { signatures: [keyOf("ann")] };
    expect(valueIn(`MULTISIG(2 ${key} ${key})`, signed)).toBe("BOOLEAN TRUE");
    expect(valueIn(`MULTISIG(1 ${key} TRUE)`, signed)).toBe("BOOLEAN TRUE");
    expect(valueIn(`MULTISIG(2 ${key} TRUE)`, signed)).toBe(failed);
    expect(valueIn("MULTISIG(0 0x00 TRUE)")).toBe("BOOLEAN TRUE");
    expect(count("LET a=MULTISIG(0 0x00 TRUE TRUE)")).toBe(4);
  });

  test("14: GETINID reads the coin proof, @COINID the input", () => {
    const proven = coin();
    const spent = transaction([{ ...proven, coinid: FLOATING_ID }], []);
    const environment = spending(spent, witness([proven], []));
    expect(valueIn("@COINID", environment)).toBe("HEX 0x01");
    expect(valueIn("GETINID(0)", environment)).toBe(`HEX ${toHex0x(proven.coinid)}`);
  });

  test("15: SAMESTATE compares texts, the VM ignores types, an empty HEX variable cannot be read", () => {
    const previousState = stateOf({ 0: "5", 1: "0xFF" });
    const state = [
      { port: 0, type: STATE_STRING, text: "[5]" },
      { port: 1, type: STATE_STRING, text: "[0xFF]" },
      { port: 2, type: STATE_STRING, text: "TRUE" },
      { port: 3, type: STATE_HEX, text: "" },
      { port: 4, type: STATE_STRING, text: "0xab" },
    ] as const;
    const environment = { transaction: transaction([], [], state), previousState };
    expect(valueIn("SAMESTATE(0 1)", environment)).toBe("BOOLEAN TRUE");
    expect(valueIn("STATE(2)", environment)).toBe("BOOLEAN TRUE");
    expect(valueIn("STATE(3)", environment)).toBe(failed);
    expect(valueIn("STATE(4)", environment)).toBe("HEX 0xAB");
  });

  test("16: EQ on HEX sees the length, LT takes no HEX", () => {
    expect(valueIn("0x00FF EQ 0xFF")).toBe("BOOLEAN FALSE");
    expect(valueIn("0x00 LT 0x01")).toBe(failed);
  });

  test("17: HEX above 2^64-1 is no NUMBER or BOOLEAN; number texts may have signs, points and exponents", () => {
    expect(valueIn("NUMBER(0xFFFFFFFFFFFFFFFF)")).toBe("NUMBER 18446744073709551615");
    expect(valueIn("NUMBER(0x010000000000000000)")).toBe(failed);
    expect(valueIn("BOOL(0x010000000000000000)")).toBe(failed);
    expect(valueIn("NUMBER([+.5e1])")).toBe("NUMBER 5");
    expect(valueIn("NUMBER([5.])")).toBe("NUMBER 5");
    expect(valueIn("NUMBER([ 5])")).toBe(failed);
  });

  test("18: an exception after RETURN TRUE in the same statement fails; RETURN in a FUNCTION ends the script", () => {
    expect(outcome(run("RETURN FUNCTION([RETURN TRUE]) AND FALSE"))).toBe("success");
    expect(outcome(run("RETURN FUNCTION([RETURN TRUE]) + 1"))).toBe(failed);
    expect(outcome(run("EXEC [RETURN TRUE] RETURN FALSE"))).toBe("success");
    expect(outcome(run("ASSERT FALSE RETURN TRUE"))).toBe("failure");
  });

  test("19: VERIFYOUT with six parameters parses but fails; MULTISIG does not look at keys it does not reach", () => {
    expect(outcome(run("IF FALSE THEN LET a=VERIFYOUT(1 2 3 4 5 6) ENDIF RETURN TRUE"))).toBe("success");
    const result = run("LET a=VERIFYOUT(0 0x00 0 0x00 TRUE TRUE)");
    expect([outcome(result), result.instructions]).toEqual([failed, 2]);
    expect(outcome(run("LET a=VERIFYOUT(0 0x00 0)"))).toBe("parse error");
    expect(valueIn("MULTISIG(0 0x00 1 [a] TRUE)")).toBe("BOOLEAN TRUE");
  });

  test("20: long chains of operators parse, and fail by their instruction count when run", () => {
    expect(outcome(run(`IF FALSE THEN LET a=${times("~", 60000)}0x00 ENDIF RETURN TRUE`))).toBe("success");
    expect(outcome(run(`IF FALSE THEN LET a=1${times("+1", 30000)} ENDIF RETURN TRUE`))).toBe("success");
    expect(run(`LET a=${times("NOT ", 10000)}TRUE`)).toMatchObject({ parsed: true, success: false, instructions: 1025 });
    const traced: string[] = [];
    run(`LET a=${times("NOT ", 10000)}TRUE`, { trace: (line) => traced.push(line) });
    expect(traced.at(-1)).toBe("INST[1025] - Contract finished     : false");
  });

  test("21: numbers keep their scale, which only PROOF shows", () => {
    const chain = "0x000100000100";
    const root = (number: string): string => toHex0x(dataLeaf(Uint8Array.of(0), MiniNumber.parse(number)).hash);
    expect(valueIn("1.50 EQ 1.5")).toBe("BOOLEAN TRUE");
    expect(valueIn(`PROOF(0x00 1.50 ${root("1.50")} 1.5 ${chain})`)).toBe("BOOLEAN TRUE");
    expect(valueIn(`PROOF(0x00 1.5 ${root("1.50")} 1.5 ${chain})`)).toBe("BOOLEAN FALSE");
  });

  test("22: a token with an impossible total kills the whole transaction", () => {
    const impossible = token({ scale: MiniNumber.of(25) });
    const spent = coin();
    const good = transaction([spent], [coin()]);
    const bad = transaction([spent], [tokenCoin(impossible)]);
    expect(checkScripts(good, witness([spent], ["RETURN TRUE"]), BLOCK).valid).toBe(true);
    expect(checkScripts(bad, witness([spent], ["RETURN TRUE"]), BLOCK)).toMatchObject({
      valid: false,
      failure: { input: 0, kind: "setup" },
    });
    expect(checkScripts(transaction([], [tokenCoin(impossible)]), witness([], []), BLOCK).valid).toBe(true);
    const noDescription = { ...tokenCoin(token()), token: null };
    const environment = { transaction: transaction([], [noDescription]) };
    expect(valueIn("VERIFYOUT(0 0x00 1 0x00)", environment)).toBe(failed);
  });

  test("23: UTF-8 is decoded as Java does; one-time signatures of a wrong length raise", () => {
    expect(valueIn("LEN(UTF8(0xEDA080))")).toBe("NUMBER 1");
    expect(valueIn("LEN(UTF8(0xE281))")).toBe("NUMBER 1");
    expect(valueIn("LEN(UTF8(0xEDA041))")).toBe("NUMBER 2");
    expect(valueIn("LEN(UTF8(0xC0AF))")).toBe("NUMBER 2");
    const [level] = signatureBy("ann").proofs;
    const signature = (length: number): string =>
      toHex0x(encode(writeSignature, { proofs: level === undefined ? [] : [{ ...level, signature: new Uint8Array(length) }] }));
    const key = toHex0x(keyOf("ann"));
    expect(valueIn(`CHECKSIG(${key} 0x00 ${signature(1088)})`)).toBe("BOOLEAN FALSE");
    expect(valueIn(`CHECKSIG(${key} 0x00 ${signature(1087)})`)).toBe(failed);
    expect(valueIn(`CHECKSIG(0x01 0x00 ${signature(1087)})`)).toBe("BOOLEAN FALSE");
  });

  test("24: cleaning collapses whitespace in strings and may leave double spaces", () => {
    expect(cleanScript("LET a=[x  \n y]")).toBe("LET a=[x y]");
    expect(cleanScript("if  not a then return true endif")).toBe("IF  NOT a THEN RETURN TRUE ENDIF");
    expect(cleanScript("LET a=1 # 2")).toBe("LET a=1 # 2");
    expect(() => cleanScript("LET a = 1 <")).toThrow(ScriptParseError);
  });
});
