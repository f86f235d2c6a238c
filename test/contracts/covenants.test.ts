import { describe, expect, test } from "vitest";
import { toHex0x } from "../../host/protocol/bytes.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { tokenId } from "../../host/protocol/token.js";
import { token } from "../kissvm/fixtures.js";
import { contract, key, type Money, REFUSED, type Spend, spend, wallet } from "./spend.js";

describe("exchange", () => {
  const water = token({ name: "water", scale: MiniNumber.of(3) });
  const wrong = token({ name: "wrong", scale: MiniNumber.of(3) });
  /** Sells its coin for 50 water; state of the coin: 1 owner's key, 2 owner's address, 3 price, 4 token id. */
  const offer = contract(`
    IF SIGNEDBY(PREVSTATE(1)) THEN RETURN TRUE ENDIF
    RETURN VERIFYOUT(@INPUT PREVSTATE(2) PREVSTATE(3) PREVSTATE(4))`);
  const sold: Money = {
    to: offer.address,
    amount: 10,
    state: { 1: key("ann"), 2: toHex0x(wallet("ann")), 3: "50", 4: toHex0x(tokenId(water)) },
  };
  const bobsWater: Money = { to: wallet("bob"), amount: "0.05", token: water };
  const buy = (payment: Money, changes: Partial<Spend> = {}): true | string =>
    spend({
      inputs: [sold, bobsWater],
      outputs: [payment, { to: wallet("bob"), amount: 10 }],
      scripts: [offer, `RETURN SIGNEDBY(${key("bob")})`],
      signedBy: ["bob"],
      ...changes,
    });

  test("sells for the price", () => expect(buy({ to: wallet("ann"), amount: "0.05", token: water })).toBe(true));
  test("does not sell for less", () => expect(buy({ to: wallet("ann"), amount: "0.049", token: water })).toBe(REFUSED));
  test("does not sell for another token", () => expect(buy({ to: wallet("ann"), amount: "0.05", token: wrong })).toBe(REFUSED));
  test("does not sell for Minima", () => expect(buy({ to: wallet("ann"), amount: 50 })).toBe(REFUSED));
  test("does not sell for a payment to somebody else", () =>
    expect(buy({ to: wallet("eve"), amount: "0.05", token: water })).toBe(REFUSED));
  test("needs the payment at its own place, so that two offers are not paid once", () => {
    const payment: Money = { to: wallet("ann"), amount: "0.05", token: water };
    expect(spend({ inputs: [sold, sold], outputs: [payment, { to: wallet("bob"), amount: 20 }], scripts: [offer] })).toBe(REFUSED);
    expect(spend({ inputs: [sold, sold], outputs: [payment, payment], scripts: [offer] })).toBe(true);
  });
  test("can be taken back", () => {
    const back = { inputs: [sold], outputs: [{ to: wallet("ann"), amount: 10 }], scripts: [offer] };
    expect(spend({ ...back, signedBy: ["ann"] })).toBe(true);
    expect(spend({ ...back, signedBy: ["bob"] })).toBe(REFUSED);
  });
});

describe("vault", () => {
  /** Where a withdrawal waits for a hundred blocks; the cold key can take it away until then. State: 1 hot key, 2 cold key. */
  const waiting = contract(`
    IF SIGNEDBY(PREVSTATE(2)) THEN RETURN TRUE ENDIF
    RETURN @COINAGE GTE 100 AND SIGNEDBY(PREVSTATE(1))`);
  /** Pays the whole amount into a withdrawal, or part of it and the rest back to itself. */
  const vault = contract(`
    IF SIGNEDBY(PREVSTATE(2)) THEN RETURN TRUE ENDIF
    ASSERT SIGNEDBY(PREVSTATE(1)) AND SAMESTATE(1 2)
    LET out=GETOUTAMT(0)
    ASSERT VERIFYOUT(0 ${toHex0x(waiting.address)} out @TOKENID TRUE)
    IF out EQ @AMOUNT THEN RETURN TRUE ENDIF
    RETURN @TOTIN EQ 1 AND VERIFYOUT(1 @ADDRESS @AMOUNT-out @TOKENID TRUE)`);
  const state = { 1: key("hot"), 2: key("cold") };
  const stored: Money = { to: vault.address, amount: 100, state };
  const withdraw = (outputs: readonly Money[], changes: Partial<Spend> = {}): true | string =>
    spend({ inputs: [stored], outputs, scripts: [vault], signedBy: ["hot"], state, ...changes });

  test("begins a withdrawal with the hot key, the rest stays", () => {
    expect(
      withdraw([
        { to: waiting.address, amount: 30 },
        { to: vault.address, amount: 70 },
      ]),
    ).toBe(true);
    expect(withdraw([{ to: waiting.address, amount: 100 }])).toBe(true);
  });
  test("pays nobody at once", () => expect(withdraw([{ to: wallet("eve"), amount: 100 }])).toBe(REFUSED));
  test("lets no rest slip away", () => {
    expect(
      withdraw([
        { to: waiting.address, amount: 30 },
        { to: wallet("eve"), amount: 70 },
      ]),
    ).toBe(REFUSED);
    expect(
      withdraw([
        { to: waiting.address, amount: 30 },
        { to: vault.address, amount: 69 },
      ]),
    ).toBe(REFUSED);
  });
  test("keeps its keys", () => {
    const outputs = [{ to: waiting.address, amount: 100 }];
    expect(withdraw(outputs, { state: { ...state, 2: key("eve") } })).toBe(REFUSED);
    expect(withdraw([{ to: waiting.address, amount: 100, keepstate: false }])).toBe(REFUSED);
  });
  test("opens for the cold key", () => expect(withdraw([{ to: wallet("ann"), amount: 100 }], { signedBy: ["cold"] })).toBe(true));
  test("pays out a withdrawal after the wait, unless the cold key was quicker", () => {
    const out = {
      inputs: [{ to: waiting.address, amount: 30, state, created: 900 }],
      outputs: [{ to: wallet("ann"), amount: 30 }],
      scripts: [waiting],
    };
    expect(spend({ ...out, signedBy: ["hot"], block: 1000 })).toBe(true);
    expect(spend({ ...out, signedBy: ["hot"], block: 999 })).toBe(REFUSED);
    expect(spend({ ...out, signedBy: ["cold"], block: 901 })).toBe(true);
  });
});

describe("flash cash", () => {
  /** Lends its coin for the length of one transaction, for one percent. */
  const flash = contract(`
    IF SIGNEDBY(${key("ann")}) THEN RETURN TRUE ENDIF
    RETURN SAMESTATE(0 1) AND VERIFYOUT(@INPUT @ADDRESS @AMOUNT*1.01 @TOKENID TRUE)`);
  const state = { 0: "1", 1: "[pool]" };
  const lend = (back: Money, kept: Spend["state"] = state): true | string =>
    spend({
      inputs: [
        { to: flash.address, amount: 1000, state },
        { to: wallet("bob"), amount: 20 },
      ],
      outputs: [back, { to: wallet("bob"), amount: 10 }],
      scripts: [flash, `RETURN SIGNEDBY(${key("bob")})`],
      signedBy: ["bob"],
      state: kept ?? {},
    });

  test("is lent to whoever pays it back with interest", () => expect(lend({ to: flash.address, amount: 1010 })).toBe(true));
  test("wants all of the interest", () => expect(lend({ to: flash.address, amount: "1009.99" })).toBe(REFUSED));
  test("wants it back at the same address", () => expect(lend({ to: wallet("bob"), amount: 1010 })).toBe(REFUSED));
  test("keeps its state", () => {
    expect(lend({ to: flash.address, amount: 1010, keepstate: false })).toBe(REFUSED);
    expect(lend({ to: flash.address, amount: 1010 }, { 0: "2", 1: "[pool]" })).toBe(REFUSED);
  });
});

describe("slow cash", () => {
  /** Pays out a tenth of what is left every hundred blocks. */
  const slow = contract(`
    ASSERT SIGNEDBY(${key("ann")}) AND @COINAGE GTE 100
    LET rest=@AMOUNT-@AMOUNT*0.1
    RETURN VERIFYOUT(@INPUT @ADDRESS rest @TOKENID)`);
  const draw = (rest: number, created: number, signedBy: readonly string[] = ["ann"]): true | string =>
    spend({
      inputs: [{ to: slow.address, amount: 100, created }],
      outputs: [
        { to: slow.address, amount: rest },
        { to: wallet("ann"), amount: 100 - rest },
      ],
      scripts: [slow],
      signedBy,
      block: 1000,
    });

  test("pays a tenth when it is time", () => expect(draw(90, 900)).toBe(true));
  test("pays no more", () => expect(draw(89, 900)).toBe(REFUSED));
  test("pays no sooner", () => expect(draw(90, 901)).toBe(REFUSED));
  test("pays nobody else", () => expect(draw(90, 900, ["eve"])).toBe(REFUSED));
});
