import { describe, expect, test } from "vitest";
import { checkScripts, checkScriptsInSlices, checkScriptsWithin } from "../../host/kissvm/index.js";
import { SLICE_WORK } from "../../host/kissvm/work.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { scriptAddress } from "../../host/protocol/script-address.js";
import { BLOCK, coin, stateOf, token, tokenCoin, transaction, witness } from "./fixtures.js";

/** A coin locked by a script. */
const locked = (script: string, changes: Parameters<typeof coin>[0] = {}): ReturnType<typeof coin> =>
  coin({ address: scriptAddress(script), ...changes });

describe("checkScripts", () => {
  test("runs the script of every input with its own coin", () => {
    const scripts = ["RETURN @INPUT EQ 0 AND PREVSTATE(1) EQ 5", "RETURN @INPUT EQ 1 AND @AMOUNT EQ 7"] as const;
    const inputs = [locked(scripts[0], { state: stateOf({ 1: "5" }) }), locked(scripts[1], { amount: 7 })];
    expect(checkScripts(transaction(inputs, []), witness(inputs, scripts), BLOCK)).toMatchObject({
      valid: true,
      monotonic: true,
      failure: null,
    });
  });

  test("names the first input that fails and stops there", () => {
    const scripts = ["RETURN TRUE", "RETURN 1", "RETURN @BLOCK GT 0"] as const;
    const inputs = scripts.map((script) => locked(script));
    expect(checkScripts(transaction(inputs, []), witness(inputs, scripts), BLOCK)).toMatchObject({
      valid: false,
      monotonic: true,
      failure: { input: 1, kind: "coin", reason: "RETURN takes BOOLEAN, not NUMBER" },
    });
  });

  test.each([
    ["RETURN @BLOCK GT 0", false],
    ["RETURN @BLOCKMILLI GT 0", false],
    ["RETURN @COINAGE GT 0", false],
    ["RETURN @CREATED EQ 0", true],
    ["IF FALSE THEN LET a=@BLOCK ENDIF RETURN TRUE", true],
  ])("%s is monotonic: %s", (script, monotonic) => {
    const inputs = [locked(script)];
    expect(checkScripts(transaction(inputs, []), witness(inputs, [script]), BLOCK)).toMatchObject({ valid: true, monotonic });
  });

  test("runs the script of a token after that of the coin, for inputs only", () => {
    const limited = token({ script: " RETURN SUMOUTPUTS(@TOKENID) LTE 5 AND @SCRIPT NEQ [RETURN TRUE] " });
    const input = tokenCoin(limited, { amount: 5 });
    const check = (amount: number): unknown =>
      checkScripts(transaction([input], [tokenCoin(limited, { amount })]), witness([input], ["RETURN TRUE"]), BLOCK).failure;
    expect(check(5)).toBeNull();
    expect(check(6)).toMatchObject({ kind: "token", reason: "the script says FALSE" });
    const plain = coin();
    expect(checkScripts(transaction([plain], [tokenCoin(limited, { amount: 9 })]), witness([plain], ["RETURN TRUE"]), BLOCK).valid).toBe(
      true,
    );
  });

  test("counts coin script and token script apart", () => {
    const busy = "LET i=0 WHILE i LT 100 DO LET i=INC(i) ENDWHILE RETURN TRUE";
    const input = tokenCoin(token({ script: busy }), { address: scriptAddress(busy) });
    expect(checkScripts(transaction([input], []), witness([input], [busy]), BLOCK).valid).toBe(true);
    expect(checkScripts(transaction([input], []), witness([input], [busy]), { ...BLOCK, maxOperations: 500 }).valid).toBe(false);
  });

  test("has nothing to say about an empty transaction, whatever its witness", () => {
    expect(checkScripts(transaction([], []), witness([coin()], []), BLOCK).valid).toBe(true);
  });

  test.each<[string, Parameters<typeof checkScripts>[0], Parameters<typeof checkScripts>[1]]>([
    ["a coin proof is missing", transaction([coin(), coin()], []), witness([coin()], ["RETURN TRUE"])],
    ["a coin proof is too many", transaction([coin()], []), witness([coin(), coin()], ["RETURN TRUE"])],
    ["no script has the address", transaction([coin()], []), witness([coin()], ["RETURN FALSE"])],
    [
      "a token coin has no description",
      transaction([{ ...tokenCoin(token()), token: null }], []),
      witness([tokenCoin(token())], ["RETURN TRUE"]),
    ],
    ["a signature has no key", transaction([coin()], []), { ...witness([coin()], ["RETURN TRUE"]), signatures: [{ proofs: [] }] }],
    ["the coin age is out of range", transaction([coin()], []), witness([coin({ created: new MiniNumber(-1n, -30) })], ["RETURN TRUE"])],
  ])("fails to set up where %s", (_, spent, proof) => {
    expect(checkScripts(spent, proof, BLOCK)).toMatchObject({ valid: false, failure: { kind: "setup" } });
  });

  test("fails to set up a script of more than 65536 bytes", () => {
    const long = `RETURN [${"x".repeat(65_530)}] NEQ []`;
    const inputs = [locked(long)];
    expect(checkScripts(transaction(inputs, []), witness(inputs, [long]), BLOCK)).toMatchObject({ failure: { kind: "setup" } });
  });
});

describe("expensive scripts", () => {
  const script = `LET a=SETLEN(65536 0x01) ${"LET x=SHA3(a) ".repeat(200)}RETURN TRUE`;
  const inputs = [locked(script)];
  const spent = transaction(inputs, []);
  const proof = witness(inputs, [script]);

  test("stay undecided within a small budget", () => {
    expect(checkScriptsWithin(spent, proof, BLOCK, SLICE_WORK)).toBeUndefined();
    expect(checkScriptsWithin(spent, proof, BLOCK, 1e9)).toEqual(checkScripts(spent, proof, BLOCK));
  });

  test("are not even prepared for within a small budget", () => {
    const inputs = [locked("RETURN TRUE")];
    const scripts = ["RETURN TRUE", ...Array.from({ length: 5000 }, (_, i) => `RETURN ${i} EQ 0`)];
    const spends = transaction(inputs, []);
    expect(checkScriptsWithin(spends, witness(inputs, ["RETURN TRUE"]), BLOCK, SLICE_WORK)).toMatchObject({ valid: true });
    expect(checkScriptsWithin(spends, witness(inputs, scripts), BLOCK, SLICE_WORK)).toBeUndefined();
    const remembering = [locked("RETURN TRUE", { state: stateOf({ 1: `[${"x".repeat(200_000)}]` }) })];
    expect(checkScriptsWithin(transaction(remembering, []), witness(remembering, ["RETURN TRUE"]), BLOCK, SLICE_WORK)).toBeUndefined();
    const many = Array.from({ length: 3000 }, () => coin());
    expect(checkScriptsWithin(transaction(inputs, many), witness(inputs, ["RETURN TRUE"]), BLOCK, SLICE_WORK)).toBeUndefined();
  });

  test("give way many times, and are valid in the end", () => {
    const slices = checkScriptsInSlices(spent, proof, BLOCK);
    let breaks = 0;
    let slice = slices.next();
    for (; slice.done !== true; slice = slices.next()) breaks++;
    expect(breaks).toBeGreaterThan(5);
    expect(slice.value).toMatchObject({ valid: true });
  });

  test("of ordinary size never give way", () => {
    const small = [locked("RETURN TRUE")];
    expect(checkScriptsInSlices(transaction(small, []), witness(small, ["RETURN TRUE"]), BLOCK).next().done).toBe(true);
  });
});
