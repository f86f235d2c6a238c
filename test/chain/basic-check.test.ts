import { describe, expect, test } from "vitest";
import { hasValidAmounts } from "../../host/chain/validation/amounts.js";
import { type BasicRule, brokenBasicRule } from "../../host/chain/validation/basic-check.js";
import { CREATE_TOKEN_ID, FLOATING_ID, parseHex } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { ProtocolError } from "../../host/protocol/errors.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { tokenId } from "../../host/protocol/token.js";
import { EMPTY_TRANSACTION, type Transaction, transactionId } from "../../host/protocol/transaction.js";
import type { TxBody } from "../../host/protocol/txbody.js";
import type { TxPoW } from "../../host/protocol/txpow.js";
import { id, sampleBody, sampleCoin, sampleOutput, sampleToken, sampleTxPoW, sampleWitness } from "../protocol/samples.js";

const input = sampleCoin();
const token = sampleToken();
const other = sampleToken({ name: "other" });
const coloured = sampleCoin({ tokenid: tokenId(token), token });

function spending(changes: Partial<Transaction>): Transaction {
  return { ...EMPTY_TRANSACTION, inputs: [input], outputs: [sampleOutput()], ...changes };
}

/** A TxPoW whose one input is proven by another coin. */
const provenBy = (coin: Coin, spent: Coin = input): TxPoW =>
  sampleTxPoW(sampleBody({ transaction: spending({ inputs: [spent], outputs: [] }), witness: sampleWitness([coin]) }));

const outputting = (output: Coin, spent: Coin = input): TxPoW =>
  sampleTxPoW(sampleBody({ transaction: spending({ inputs: [spent], outputs: [output] }) }));

const withBody = (changes: Partial<TxBody>): TxPoW => sampleTxPoW(sampleBody(changes));

const burn = (changes: Partial<Transaction>, main: Transaction = spending({})): Partial<TxBody> => {
  const inputs = [sampleCoin({ coinid: id(0x33) })];
  const burnTransaction = spending({ inputs, outputs: [], linkhash: transactionId(main), ...changes });
  return { transaction: main, burnTransaction, burnWitness: sampleWitness(burnTransaction.inputs) };
};

describe("the basic check (spec 02 §21.2)", () => {
  test.each<[string, TxPoW, BasicRule | undefined]>([
    ["a plain spend", sampleTxPoW(), undefined],
    ["an empty transaction", withBody({ transaction: EMPTY_TRANSACTION }), undefined],
    ["another chain id", sampleTxPoW(sampleBody(), { chainid: parseHex("0x01") }), "chainid"],
    ["the same coin proven twice", withBody({ witness: sampleWitness([input, input]) }), "basic-unique-coins"],
    [
      "the same coin proven twice for nothing",
      withBody({ transaction: EMPTY_TRANSACTION, witness: sampleWitness([input, input]) }),
      undefined,
    ],
    ["the same coin in the burn", withBody(burn({ inputs: [input] })), "basic-unique-coins"],
    ["no inputs", withBody({ transaction: spending({ inputs: [] }) }), "basic-amounts"],
    ["a proof too few", withBody({ witness: sampleWitness([]) }), "basic-proof-count"],
    [
      "a proof too many",
      withBody({ witness: sampleWitness([input, coloured].map((c, i) => ({ ...c, coinid: id(i) }))) }),
      "basic-proof-count",
    ],
    ["another amount in the proof", provenBy(sampleCoin({ amount: MiniNumber.of(11) })), "basic-proof-mismatch"],
    ["an equal amount of another scale", provenBy(sampleCoin({ amount: MiniNumber.parse("10.0") })), undefined],
    ["another address in the proof", provenBy(sampleCoin({ address: id(4) })), "basic-proof-mismatch"],
    ["another token in the proof", provenBy(coloured), "basic-proof-mismatch"],
    ["another coin in the proof", provenBy(sampleCoin({ coinid: id(4) })), "basic-coinid"],
    ["a floating input", provenBy(sampleCoin({ coinid: id(4) }), sampleCoin({ coinid: FLOATING_ID })), undefined],
    ["a token coin", provenBy(coloured, coloured), undefined],
    ["another token object in the input", provenBy(coloured, { ...coloured, token: other }), "basic-token"],
    ["another token object in the proof", provenBy({ ...coloured, token: other }, coloured), "basic-token"],
    ["a spent coin", provenBy(sampleCoin({ spent: 1 })), "basic-spent-flag"],
    ["a missing script", withBody({ witness: { ...sampleWitness([input]), scripts: [] } }), "basic-script-missing"],
    ["an output of its own token", outputting(sampleOutput({ tokenid: tokenId(token), token }), coloured), undefined],
    ["an output without its token", outputting(sampleOutput({ tokenid: tokenId(token) }), coloured), "basic-output-token"],
    ["an output with another token", outputting(sampleOutput({ tokenid: tokenId(token), token: other }), coloured), "basic-output-token"],
    ["a new token without description", outputting(sampleOutput({ tokenid: CREATE_TOKEN_ID })), "basic-output-token"],
    ["a new token", outputting(sampleOutput({ tokenid: CREATE_TOKEN_ID, token })), undefined],
    ["a link hash", withBody({ transaction: spending({ linkhash: id(1) }) }), "basic-linkhash"],
    ["a link hash of nothing", withBody({ transaction: { ...EMPTY_TRANSACTION, linkhash: id(1) } }), "basic-linkhash"],
    ["a burn", withBody(burn({})), undefined],
    ["a burn for something else", withBody(burn({ linkhash: id(1) })), "basic-burn-linkhash"],
    ["a burn that gives more than it takes", withBody(burn({ outputs: [sampleOutput({ amount: MiniNumber.of(11) })] })), "basic-amounts"],
  ])("%s", (_, txpow, rule) => {
    expect(brokenBasicRule(txpow)).toBe(rule);
  });

  test.each<[string, TxPoW]>([
    ["no body", sampleTxPoW(null)],
    ["a token coin without token in the input", provenBy(coloured, { ...coloured, token: null })],
    ["a token coin without token in the proof", provenBy({ ...coloured, token: null }, coloured)],
    [
      "wrong amounts of a token whose amounts cannot be printed",
      outputting(sampleOutput({ amount: MiniNumber.of(11), token: sampleToken({ scale: MiniNumber.of(40) }) })),
    ],
    ["a sum out of range", outputting(sampleOutput({ amount: new MiniNumber(1n << 64n, 0) }))],
  ])("%s cannot be judged", (_, txpow) => {
    expect(() => brokenBasicRule(txpow)).toThrow(ProtocolError);
  });
});

describe("amounts (spec 02 §21.1)", () => {
  const amount = (text: string): Coin => sampleOutput({ amount: MiniNumber.parse(text) });
  test.each<[string, Partial<Transaction>, boolean]>([
    ["everything burned", { outputs: [] }, true],
    ["more out than in", { outputs: [amount("10.00000000000000000000000000000000000000000001")] }, false],
    ["nothing in", { inputs: [], outputs: [] }, false],
    ["more in a new token than in", { outputs: [sampleOutput({ tokenid: CREATE_TOKEN_ID, token, amount: MiniNumber.of(11) })] }, false],
    ["all of it in a new token", { outputs: [sampleOutput({ tokenid: CREATE_TOKEN_ID, token })] }, true],
    [
      "more of a token than in",
      { inputs: [input, coloured], outputs: [sampleOutput({ tokenid: tokenId(token), token, amount: MiniNumber.of(11) })] },
      false,
    ],
    ["nothing in an output", { outputs: [amount("0")] }, false],
    ["less than nothing", { outputs: [amount("-1")] }, false],
    ["the smallest amount", { outputs: [amount("1E-44")] }, true],
    ["more than there is", { inputs: [amount("1000000001")], outputs: [] }, false],
    ["all there is", { inputs: [amount("1E9")], outputs: [amount("1000000000.0")] }, true],
    ["two floating inputs", { inputs: [sampleCoin({ coinid: FLOATING_ID }), sampleCoin({ coinid: FLOATING_ID })] }, false],
    [
      "ids that differ in length only",
      { inputs: [sampleCoin({ coinid: parseHex("00") }), sampleCoin({ coinid: parseHex("0000") })] },
      true,
    ],
  ])("%s", (_, changes, valid) => {
    expect(hasValidAmounts(spending(changes))).toBe(valid);
  });
});
