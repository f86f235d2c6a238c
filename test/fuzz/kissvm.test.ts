import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkScripts,
  checkScriptsInSlices,
  checkScriptsWithin,
  cleanScript,
  runScript,
  ScriptParseError,
  textOf,
  type Value,
  WorkMeter,
} from "../../host/kissvm/index.js";
import { runScriptInSlices } from "../../host/kissvm/run.js";
import { tokenise } from "../../host/kissvm/tokeniser.js";
import { parseHex } from "../../host/protocol/bytes.js";
import { ProtocolError } from "../../host/protocol/errors.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { decode } from "../../host/protocol/reader.js";
import { encodeUtf8, trimControls } from "../../host/protocol/text.js";
import { readTransaction, type Transaction } from "../../host/protocol/transaction.js";
import { readWitness, type Witness } from "../../host/protocol/witness.js";
import { EMPTY } from "../kissvm/helpers.js";
import { generator, mutate, vectors } from "./mutations.js";
import { brokenScripts, expressions, scripts, texts, tokenSoup } from "./script-arbitraries.js";

/** Set FUZZ_SEED for other scripts, FUZZ_FACTOR for more of them. */
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const FACTOR = Number(process.env.FUZZ_FACTOR ?? 1);
const runs = (count: number): { readonly seed: number; readonly numRuns: number } => ({ seed: SEED, numRuns: count * FACTOR });

const MAX_DATA = 65536;
/** CHECKSIG counts 31 at once. */
const MOST_INSTRUCTIONS = EMPTY.maxOperations + 31;

const anyScript = fc.oneof(
  { weight: 4, arbitrary: scripts },
  { weight: 2, arbitrary: brokenScripts },
  { weight: 1, arbitrary: tokenSoup },
  { weight: 1, arbitrary: texts },
  { weight: 1, arbitrary: expressions.any.map((expression) => `LET x=${expression}`) },
);

function checkLimits(value: Value): void {
  if (value.type === "HEX") expect(value.bytes.length).toBeLessThanOrEqual(MAX_DATA);
  if (value.type === "NUMBER") expect(value.value.abs().lessOrEqual(MiniNumber.MAX)).toBe(true);
  if (value.type === "STRING") {
    expect(value.text.isWellFormed()).toBe(true);
    expect(value.size).toBe(encodeUtf8(value.text).length);
    expect(value.size).toBeLessThanOrEqual(MAX_DATA);
  }
}

describe("random scripts", () => {
  test("end within the limits", () => {
    fc.assert(
      fc.property(anyScript, (script) => {
        const work = new WorkMeter(1e9);
        const { instructions, variables } = runScript(script, { ...EMPTY, work });
        expect(instructions).toBeLessThanOrEqual(MOST_INSTRUCTIONS);
        for (const value of variables.values()) checkLimits(value);
      }),
      runs(3000),
    );
  });

  test("give the same in slices, and traced", () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const atOnce = runScript(script, EMPTY);
        const slices = runScriptInSlices(script, { ...EMPTY, work: new WorkMeter(Number.POSITIVE_INFINITY, 1), trace: () => {} });
        let slice = slices.next();
        while (slice.done !== true) slice = slices.next();
        expect(slice.value).toEqual(atOnce);
      }),
      runs(500),
    );
  });

  test("are cleaned once and for all, to the same tokens", () => {
    fc.assert(
      fc.property(anyScript, (script) => {
        const clean = cleaned(script);
        if (clean === undefined || clean === script) return;
        expect(cleaned(clean)).toBe(clean);
        const meaning = (text: string): unknown =>
          tokenise(text, "any").map(({ type, text: word }) => [type, /^0x/.test(word) ? word.toUpperCase() : word]);
        expect(meaning(clean)).toEqual(meaning(trimControls(script.replace(/[\t\n\v\f\r ]+/g, " "))));
      }),
      runs(3000),
    );
  });
});

function cleaned(script: string): string | undefined {
  try {
    return cleanScript(script);
  } catch (error) {
    if (error instanceof ScriptParseError) return undefined;
    throw error;
  }
}

describe("broken transactions", () => {
  const cases = vectors("kissvm/txn-verdicts") as readonly { readonly transaction: string; readonly witness: string }[];
  const transactions = cases.map((c) => parseHex(c.transaction));
  const witnesses = cases.map((c) => parseHex(c.witness));
  const block = { number: MiniNumber.of(105), time: MiniNumber.of(1_700_000_000_000), maxOperations: 1024 };

  test("get a verdict, the same one in slices", () => {
    const random = generator(SEED);
    let checked = 0;
    for (let i = 0; i < 4000 * FACTOR; i++) {
      const seed = random(cases.length);
      const transaction = decodedOrNone(() =>
        decode(readTransaction, random(3) === 0 ? (transactions[seed] as Uint8Array) : mutate([transactions[seed] as Uint8Array], random)),
      );
      const witness = decodedOrNone(() =>
        decode(readWitness, random(3) === 0 ? (witnesses[seed] as Uint8Array) : mutate([witnesses[seed] as Uint8Array], random)),
      );
      if (transaction === undefined || witness === undefined) continue;
      checked++;
      checkBoth(transaction, witness);
    }
    expect(checked).toBeGreaterThan(500);
  });

  function checkBoth(transaction: Transaction, witness: Witness): void {
    const verdict = checkScripts(transaction, witness, block);
    expect(verdict.valid).toBe(verdict.failure === null);
    const slices = checkScriptsInSlices(transaction, witness, block);
    let slice = slices.next();
    while (slice.done !== true) slice = slices.next();
    expect(slice.value).toEqual(verdict);
    const hurried = checkScriptsWithin(transaction, witness, block, 50_000);
    if (hurried !== undefined) expect(hurried).toEqual(verdict);
  }
});

function decodedOrNone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

test("texts of values read back as the same values", () => {
  fc.assert(
    fc.property(expressions.any, (expression) => {
      const { variables, error } = runScript(
        `LET a=1 LET b=2 LET n=3 LET h=0x01 LET c=0xFF LET s=[s] LET d=[d] LET t=TRUE LET e=FALSE LET x=${expression}`,
        EMPTY,
      );
      const value = variables.get("x");
      if (error !== null || value === undefined) return;
      const text = value.type === "STRING" ? `[${value.text}]` : textOf(value);
      if (text === "" || (value.type === "STRING" && /[[\]]/.test(value.text))) return;
      const again = runScript(`LET x=${text}`, EMPTY).variables.get("x");
      expect(again && textOf(again)).toBe(textOf(value));
    }),
    runs(1000),
  );
});
