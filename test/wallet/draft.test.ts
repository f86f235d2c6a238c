import { describe, expect, test } from "vitest";
import { ZERO_ID } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { toEnd } from "../../host/protocol/slices.js";
import type { Transaction } from "../../host/protocol/transaction.js";
import { type Draft, type DraftParts, makeBurnDraft, makeDraft, outputCoin, proofMMR } from "../../host/wallet/payment.js";
import { context, type FakeWallet, fakeChain, fakeWallet, id, number } from "./payments.js";

const MOST_OUTPUTS = 15;
const wallet: FakeWallet = fakeWallet(1);
const [address = ZERO_ID] = wallet.addresses;
const source = fakeChain([[{ amount: number("100"), address }], [{ amount: number("2"), address }], [{ amount: number("1"), address }]], 4);
const coins = Array.from(source.candidates());
const coinOf = (amount: string): Coin => coins.find((coin) => coin.amount.equals(number(amount))) ?? expect.fail(`no coin of ${amount}`);
const paying = context(source, wallet);
const outputs = (count: number): Coin[] => Array.from({ length: count }, () => outputCoin(id("somebody"), number("1")));

const draft = (parts: DraftParts): Draft => toEnd(makeDraft(parts, paying));
const burnDraft = (burn: MiniNumber, main: Transaction): Draft => toEnd(makeBurnDraft(burn, main, paying));

describe("a transaction is only made", () => {
  test("of inputs there are", () => {
    expect(() => draft({ inputs: [], outputs: outputs(1) })).toThrow("a transaction needs an input");
  });

  test("with as many outputs as peers relay", () => {
    const made = draft({ inputs: [coinOf("100")], outputs: outputs(MOST_OUTPUTS) });
    expect(made.transaction.outputs).toHaveLength(MOST_OUTPUTS);
    expect(() => draft({ inputs: [coinOf("100")], outputs: outputs(MOST_OUTPUTS + 1) })).toThrow("Too many outputs 16");
  });

  test("when its amounts add up", () => {
    expect(() => draft({ inputs: [coinOf("1")], outputs: outputs(2) })).toThrow("do not add up");
  });

  test("of coins whose scripts are known", () => {
    const foreign = { ...coinOf("100"), address: id("somebody") };
    expect(() => draft({ inputs: [foreign], outputs: outputs(1) })).toThrow("the script of an input is not known here");
  });

  test("of coins that can be proven", () => {
    const changed = { ...coinOf("100"), amount: number("99") };
    expect(() => draft({ inputs: [changed], outputs: outputs(1) })).toThrow("cannot be proven");
  });

  test("of coins of blocks there are", () => {
    const early = { ...coinOf("100"), created: MiniNumber.of(source.tipNumber + 1) };
    expect(() => proofMMR([early], source, paying.params)).toThrow("Not enough blocks");
  });
});

describe("a burn of its own", () => {
  const main = draft({ inputs: [coinOf("100"), coinOf("2")], outputs: outputs(1) }).transaction;

  test("takes no coin of the other transaction, and all of its own if need be", () => {
    const { transaction } = burnDraft(number("1"), main);
    expect(transaction.inputs.map(({ amount }) => amount.toString())).toEqual(["1"]);
    expect(transaction.outputs).toEqual([]);
    expect(() => burnDraft(number("1.5"), main)).toThrow("Not enough funds / coins for the burn..");
  });

  test("is more than nothing", () => {
    expect(() => burnDraft(MiniNumber.ZERO, main)).toThrow("Invalid Minima amount");
  });
});
