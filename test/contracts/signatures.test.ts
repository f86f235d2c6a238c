import { describe, expect, test } from "vitest";
import { contract, key, REFUSED, type Spend, spend, wallet } from "./spend.js";

describe("time lock", () => {
  const lock = contract(`ASSERT @BLOCK GTE 5000 RETURN SIGNEDBY(${key("ann")})`);
  const release = (block: number, signedBy: readonly string[]): true | string =>
    spend({ inputs: [{ to: lock.address, amount: 10 }], outputs: [{ to: wallet("ann"), amount: 10 }], scripts: [lock], block, signedBy });

  test("opens for its owner at the block", () => expect(release(5000, ["ann"])).toBe(true));
  test("stays shut before", () => expect(release(4999, ["ann"])).toBe(REFUSED));
  test("stays shut for others", () => expect(release(5000, ["bob"])).toBe(REFUSED));
});

describe("coin age lock", () => {
  const lock = contract(`RETURN @COINAGE GT 100 AND SIGNEDBY(${key("ann")})`);
  const release = (created: number): true | string =>
    spend({ inputs: [{ to: lock.address, amount: 1, created }], scripts: [lock], signedBy: ["ann"], block: 1000 });

  test("opens for old coins", () => expect(release(899)).toBe(true));
  test("stays shut for young ones", () => expect(release(900)).toBe(REFUSED));
});

describe("multisig", () => {
  const both = contract(`RETURN SIGNEDBY(${key("ann")}) AND SIGNEDBY(${key("bob")})`);
  const pay = (signedBy: readonly string[]): true | string =>
    spend({ inputs: [{ to: both.address, amount: 1 }], scripts: [both], signedBy });

  test("needs both", () => expect(pay(["bob", "ann"])).toBe(true));
  test("is not content with one", () => {
    expect(pay(["ann"])).toBe(REFUSED);
    expect(pay(["bob"])).toBe(REFUSED);
    expect(pay([])).toBe(REFUSED);
  });
});

describe("m of n", () => {
  const three = contract(`RETURN MULTISIG(2 ${key("ann")} ${key("bob")} ${key("cyd")})`);
  const pay = (signedBy: readonly string[]): true | string =>
    spend({ inputs: [{ to: three.address, amount: 1 }], scripts: [three], signedBy });

  test("needs any two", () => {
    expect(pay(["ann", "bob"])).toBe(true);
    expect(pay(["cyd", "ann"])).toBe(true);
    expect(pay(["ann", "bob", "cyd"])).toBe(true);
  });
  test("is not content with one, or one and a stranger", () => {
    expect(pay(["cyd"])).toBe(REFUSED);
    expect(pay(["cyd", "dan"])).toBe(REFUSED);
  });
});

describe("the multisig coin every wallet knows (spec 05 §10)", () => {
  const script =
    "LET root=PREVSTATE(1) IF root NEQ 0x21 THEN IF SIGNEDBY(root) THEN RETURN TRUE ENDIF ENDIF LET n=PREVSTATE(2) LET m=PREVSTATE(3) LET script=[RETURN MULTISIG(]+STRING(n) LET counter=0 WHILE counter LT m DO LET script=script+[ ]+STRING(PREVSTATE(counter+4)) LET counter=INC(counter) ENDWHILE LET script=script+[)] EXEC script";
  const generic = contract(script);
  const state = { 1: key("root"), 2: "2", 3: "3", 4: key("ann"), 5: key("bob"), 6: key("cyd") };
  const pay = (signedBy: readonly string[], kept: Spend["state"] = state): true | string =>
    spend({ inputs: [{ to: generic.address, amount: 1, state: kept ?? {} }], scripts: [generic], signedBy });

  test("is clean as it stands", () => expect(generic.script).toBe(script));
  test("opens for the root key alone", () => expect(pay(["root"])).toBe(true));
  test("opens for two of three", () => expect(pay(["bob", "cyd"])).toBe(true));
  test("stays shut for one of three", () => expect(pay(["bob"])).toBe(REFUSED));
  test("has no root key where the state says 0x21", () => {
    expect(pay(["root"], { ...state, 1: "0x21" })).toBe(REFUSED);
    expect(pay(["ann", "cyd"], { ...state, 1: "0x21" })).toBe(true);
  });
});

describe("hashed time lock", () => {
  const secret = "0xC0FFEE";
  /** Port 1 of the spending transaction reveals the secret. */
  const htlc = contract(`
    IF @COINAGE GT 256 AND SIGNEDBY(${key("ann")}) THEN RETURN TRUE ENDIF
    IF SHA3(STATE(1)) EQ SHA3(${secret}) AND SIGNEDBY(${key("bob")}) THEN RETURN TRUE ENDIF
    RETURN FALSE`);
  const pay = (changes: Partial<Spend>): true | string =>
    spend({
      inputs: [{ to: htlc.address, amount: 5, created: 900 }],
      outputs: [{ to: wallet("bob"), amount: 5 }],
      scripts: [htlc],
      block: 1000,
      ...changes,
    });

  test("pays the receiver who knows the secret", () => expect(pay({ signedBy: ["bob"], state: { 1: secret } })).toBe(true));
  test("pays nobody for a wrong secret", () => expect(pay({ signedBy: ["bob"], state: { 1: "0xC0FFEF" } })).toBe(REFUSED));
  test("pays nobody else for the secret", () => expect(pay({ signedBy: ["eve"], state: { 1: secret } })).toBe(REFUSED));
  test("fails where no secret is shown", () => expect(pay({ signedBy: ["bob"] })).toBe("no state variable 1"));
  test("pays back after the time", () => expect(pay({ signedBy: ["ann"], block: 1157 })).toBe(true));
  test("does not pay back before", () => expect(pay({ signedBy: ["ann"], block: 1156, state: { 1: "0x00" } })).toBe(REFUSED));
});
