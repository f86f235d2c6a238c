import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { Command } from "commander";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { registerScriptCommand } from "../../host/cli/commands/script.js";
import { toHex0x } from "../../host/protocol/bytes.js";
import { scriptAddress } from "../../host/protocol/script-address.js";

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `minimote script ...` with something on standard input. */
async function minimote(parameters: readonly string[], input = ""): Promise<Answer> {
  const output = new PassThrough();
  const errors = new PassThrough();
  const program = new Command("minimote").exitOverride();
  registerScriptCommand(program, { input: Readable.from([input]), output, errors });
  await program.parseAsync(["script", ...parameters], { from: "user" });
  return { code: Number(process.exitCode ?? 0), out: String(output.read() ?? ""), err: String(errors.read() ?? "") };
}

async function report(...parameters: readonly string[]): Promise<Record<string, unknown>> {
  const { out, err } = await minimote(["run", "--json", ...parameters]);
  expect(err).toBe("");
  return JSON.parse(out) as Record<string, unknown>;
}

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "minimote-script-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  process.exitCode = undefined;
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("script run", () => {
  test("shows text, address, trace, variables, result and instructions", async () => {
    const { code, out } = await minimote(["run", "LET a=1+2 RETURN a EQ 3"]);
    expect(code).toBe(0);
    expect(out).toBe(`Script        LET a=1+2 RETURN a EQ 3
Address       0x11676DAB55967026D19EA3FDFAAE93D2B503E7DE5CB42B8BFD06CFFDAAD011AE
              MxG080HCTMQMYCME0JD37Y3VNTAT4UWMK1UFNWSMGYZNV86PVUQYK0HYPH14UAJ
Clean         as it is
Trace         INST[1] - LET a = ( 1 + 2 )
              INST[4] - { a = 3, }
              INST[5] - RETURN ( variable:a EQ 3 )
              INST[8] - ( variable:a EQ 3 ) returns:TRUE
              INST[8] - Contract instructions : 8
              INST[8] - Contract finished     : true
Variable      a = 3
Result        TRUE
Instructions  8 of 1024
`);
  });

  test("reads the script from a file or standard input, without the last line break", async () => {
    const path = file("simple.kiss", "RETURN TRUE\n");
    const fromFile = await minimote(["run", "--file", path, "--json"]);
    const fromInput = await minimote(["run", "--json"], "RETURN TRUE\r\n");
    expect(fromInput.out).toBe(fromFile.out);
    expect(JSON.parse(fromFile.out)).toMatchObject({
      script: { script: "RETURN TRUE", address: toHex0x(scriptAddress("RETURN TRUE")) },
      success: true,
    });
  });

  test("takes state, previous state, globals, signatures and scripts as JSON or @file", async () => {
    const state = file("state.json", '{"1":"0xFF","2":"[text]","3":true,"4":12.50}');
    expect(
      await report(
        "LET s=STATE(1) LET t=STATE(2) LET b=STATE(3) LET n=STATE(4) LET p=PREVSTATE(7) LET g=@COINAGE RETURN SIGNEDBY(0xAA)",
        "--state",
        `@${state}`,
        "--prevstate",
        '{"7":"0x01"}',
        "--globals",
        '{"@BLOCK":"105","@created":"100"}',
        "--signatures",
        '["0xAA"]',
      ),
    ).toMatchObject({ success: true, monotonic: false, variables: { s: "0xFF", t: "text", b: "TRUE", n: "12.5", p: "0x01", g: "5" } });
    const mast = "RETURN TRUE";
    expect(await report(`MAST ${toHex0x(scriptAddress(mast))}`, "--scripts", JSON.stringify([mast]))).toMatchObject({ success: true });
    expect(await report(`MAST ${toHex0x(scriptAddress(mast))}`, "--scripts", JSON.stringify({ [mast]: "0x000100000100" }))).toMatchObject({
      success: true,
    });
  });

  test("spends an input of a transaction", async () => {
    const context = {
      transaction: {
        inputs: [{ amount: "10", created: "90", state: { 1: "5" } }],
        outputs: [
          { address: "0xABCD", amount: "4" },
          { address: "@ADDRESS", amount: "6", storestate: false },
        ],
      },
      block: 100,
    };
    const script = "ASSERT VERIFYOUT(1 @ADDRESS @AMOUNT-4 @TOKENID FALSE) RETURN @COINAGE EQ PREVSTATE(1)*2";
    expect(await report(script, "--context", JSON.stringify(context))).toMatchObject({ success: true, outcome: "TRUE" });
    expect(await report(script, "--context", JSON.stringify(context), "--prevstate", '{"1":"6"}')).toMatchObject({ outcome: "FALSE" });
  });

  test("reads tokens, with amounts in tokens", async () => {
    const coin = { tokenamount: "250", token: { name: { name: "water" }, scale: "3", totalamount: "1", script: "RETURN TRUE" } };
    const transaction = JSON.stringify({
      inputs: [coin],
      outputs: [{ ...coin, address: "MxG080QYCQJ1A5D4EBBQRYYDRZW24UTDMR9FK3D0ET3WD3RFHP3UYH0BGVSKJ1E" }],
    });
    expect(await report("RETURN @AMOUNT EQ 250 AND GETOUTTOK(0) EQ @TOKENID", "--transaction", transaction)).toMatchObject({
      success: true,
    });
  });

  test("counts to the limit it is given", async () => {
    const { code, out } = await minimote(["run", "WHILE TRUE DO LET a=1 ENDWHILE", "--context", '{"max":10}', "--no-trace"]);
    expect(code).toBe(1);
    expect(out).toContain("Result        EXCEPTION\nError         line 1, column 15: more than 10 instructions\n");
    expect(out).toContain("Instructions  11 of 10\n");
  });

  test("runs the cleaned text if asked to", async () => {
    expect(await report("return true")).toMatchObject({ outcome: "PARSE ERROR" });
    expect(await report("return true", "--clean")).toMatchObject({ outcome: "TRUE", script: { script: "RETURN TRUE" } });
  });

  test("exits with 1 unless the script says TRUE, with 2 if it cannot run", async () => {
    expect((await minimote(["run", "RETURN FALSE"])).code).toBe(1);
    expect((await minimote(["run", "LET a=1"])).code).toBe(1);
    expect((await minimote(["run", "RETURN 1"])).code).toBe(1);
    expect((await minimote(["run", "RETURN"])).code).toBe(2);
  });

  test.each([
    ["--state", "{", /state is no JSON/],
    ["--state", '{"256":"1"}', /state\.256 "1": a state port must be 0\.\.255/],
    ["--state", '{"1":"hello"}', /state\.1 "hello": not a number/],
    ["--globals", '{"BLOCK":"1"}', /a global is written @NAME/],
    ["--globals", '{"@BLOCK":"x"}', /globals\.@BLOCK: not a value/],
    ["--signatures", '"0xFF"', /signatures must be a list/],
    ["--transaction", '{"inputs":[{}]}', /transaction\.inputs\[0\] needs an amount/],
    ["--transaction", '{"input":[]}', /transaction\.input is unknown; there is inputs/],
    ["--context", '{"transaction":{"inputs":[{"amount":"1"}]},"input":3}', /input 3 has no coin proof/],
    ["--context", "@/nowhere/at/all.json", /cannot read/],
  ])("complains about %s %s", async (option, value, complaint) => {
    const { code, err } = await minimote(["run", "RETURN TRUE", option, value]);
    expect(code).toBe(2);
    expect(err).toMatch(complaint);
  });
});

describe("script clean", () => {
  test("prints text and addresses", async () => {
    const { out } = await minimote(["clean"], "let  a = 1\nreturn  true\n");
    expect(out).toBe(`LET a=1 RETURN TRUE
0x1AAB3530A8AD2396BD6EB56EF12113DD6DB697D06D03BA39347B7C723F56205C
MxG080QYCQJ1A5D4EBBQRYYDRZW24UTDMR9FK3D0ET3WD3RFHP3UYH0BGVSKJ1E
`);
  });

  test("refuses what cannot be cleaned", async () => {
    expect(await minimote(["clean", "LET a = 1 <"])).toMatchObject({
      code: 2,
      err: "error: a script that ends with < or > cannot be cleaned\n",
    });
  });
});

describe("script check", () => {
  test("accepts a good script", async () => {
    const { code, out } = await minimote(["check", "RETURN TRUE"]);
    expect(code).toBe(0);
    expect(out).toContain("Result        well formed, 11 characters\n");
  });

  test("names line, column, token and what was expected", async () => {
    const { code, err } = await minimote(["check"], "LET a=1\nLET Count=2\nRETURN TRUE");
    expect(code).toBe(2);
    expect(err).toBe(`line 2, column 5: unknown word at "Count"; expected a keyword, a lower-case variable, a number, 0x.., [..], or @GLOBAL
  LET Count=2
      ^
`);
  });

  test.each([
    ["IF a THEN LET b=1", 'line 1, column 1: IF is not closed at "IF"; expected ENDIF further on'],
    ["LET a=MAX(1)", 'line 1, column 7: MAX has 1 parameters at "MAX"; expected 2 or more parameters'],
    ["LET a=(1+2", "line 1, column 11: expression ends too early at the end; expected )"],
    ["LET a=1 2", 'line 1, column 9: expression goes on after its end at "2"; expected an operator or the next statement'],
    ["return TRUE", 'line 1, column 1: no statement begins here at "return"; expected RETURN'],
    ["LET a=-b", 'line 1, column 8: a prefix - takes a number only; use NEG for expressions at "b"; expected not a number'],
    ["LET a=1)RETURN TRUE", 'line 1, column 9: RETURN must not touch what is before it at "RETURN"; expected a space before RETURN'],
  ])("explains %s", async (script, message) => {
    expect((await minimote(["check", script])).err.split("\n")[0]).toBe(message);
  });

  test("gives the place as JSON, too", async () => {
    const { out } = await minimote(["check", "--json", "LET a=\nLET"]);
    expect(JSON.parse(out)).toMatchObject({
      parseok: false,
      error: { message: "missing expression", line: 2, column: 1, found: "LET", expected: "an expression" },
    });
  });
});
