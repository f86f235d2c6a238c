import { describe, expect, test } from "vitest";
import { cascadeOf } from "../../host/chain/cascade.js";
import { GENESIS_COIN, makeGenesis } from "../../host/chain/genesis.js";
import { hasValidAmounts } from "../../host/chain/validation/amounts.js";
import { brokenBasicRule } from "../../host/chain/validation/basic-check.js";
import { hasValidSignatures } from "../../host/chain/validation/signature-check.js";
import { stateSize, stateStoreSize } from "../../host/chain/validation/state-size.js";
import { addWeights, blockWeight, cascadeWeight, weightText } from "../../host/chain/weight.js";
import {
  type Bytes,
  CREATE_TOKEN_ID,
  equalBytes,
  fromUnsigned,
  MAX_HASH,
  parseHex,
  toHex,
  toHex0x,
  toUnsigned,
  ZERO_ID,
} from "../../host/protocol/bytes.js";
import { type Coin, readCoin, writeCoin } from "../../host/protocol/coin.js";
import { ProtocolError } from "../../host/protocol/errors.js";
import { hashObject, hashWith } from "../../host/protocol/hash.js";
import { tokenToJSON } from "../../host/protocol/json-views/coin-json.js";
import { readPulse } from "../../host/protocol/messages/pulse.js";
import { coinLeaf, leafNode, outputCoinId, spentCoinLeaf } from "../../host/protocol/mmr-node.js";
import { EMPTY_PROOF } from "../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { decode } from "../../host/protocol/reader.js";
import { readStateVariable, STATE_HEX, type StateVariable, writeStateVariable } from "../../host/protocol/state-variable.js";
import { tokenAmount, tokenDecimals, tokenId, tokenTotal, writeToken } from "../../host/protocol/token.js";
import {
  EMPTY_TRANSACTION,
  isEmptyTransaction,
  readTransaction,
  type Transaction,
  transactionId,
} from "../../host/protocol/transaction.js";
import { bodyHash } from "../../host/protocol/txbody.js";
import {
  carriesTransaction,
  isBlock,
  isTransaction,
  readTxPoW,
  sizeWithoutBlockTransactions,
  type TxPoW,
  txpowId,
  txpowSize,
  writeTxPoW,
} from "../../host/protocol/txpow.js";
import { EMPTY_WITNESS } from "../../host/protocol/witness.js";
import { encode } from "../../host/protocol/writer.js";
import { id, sampleBody, sampleCoin, sampleOutput, sampleToken, sampleTxPoW, sampleWitness } from "./samples.js";

const refusal = (action: () => unknown): ProtocolError => {
  try {
    action();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error("was not refused");
};

const moving = (changes: Partial<Transaction>): Transaction => ({
  ...EMPTY_TRANSACTION,
  inputs: [sampleCoin()],
  outputs: [sampleOutput()],
  ...changes,
});

/** A block: an id below the target. */
function blockWithTarget(target: bigint): TxPoW {
  for (let nonce = 0; ; nonce++) {
    const txpow = sampleTxPoW(null, { blkdiff: fromUnsigned(target), nonce: MiniNumber.of(nonce) });
    if (isBlock(txpow)) return txpow;
  }
}

/** The id `00` on the wire. */
const ZERO = "0000000100";

const state = (text: string): StateVariable => ({ port: 0, type: STATE_HEX, text });

describe("quirks of the objects (spec 02 §24)", () => {
  test("Q1: a body that does not fit its hash is accepted, and is not part of the id", () => {
    const good = sampleTxPoW();
    const other = { header: good.header, body: sampleBody({ prng: id(8) }) };
    const decoded = decode(readTxPoW, encode(writeTxPoW, other));
    expect(equalBytes(bodyHash(other.body), decoded.header.bodyhash)).toBe(false);
    expect(txpowId(decoded)).toEqual(txpowId(good));
    expect(brokenBasicRule(decoded)).toBeUndefined();
  });

  test("Q2: ids are over the values, so that different bytes can be the same TxPoW", () => {
    const txpow = sampleTxPoW(null);
    const bytes = encode(writeTxPoW, txpow);
    const [oneRun, threeRuns] = ["20".concat(ZERO), ["10", ZERO, "00", "0000000141", "10", ZERO].join("")];
    expect(toHex(bytes)).toContain(oneRun);
    const split = parseHex(toHex(bytes).replace(oneRun, threeRuns));
    const again = decode(readTxPoW, split);
    expect(again.header.superparents).toEqual(txpow.header.superparents);
    expect(txpowId(again)).toEqual(txpowId(txpow));
    expect(encode(writeTxPoW, again)).toEqual(bytes);
  });

  test("Q3: equal amounts of different scale have different hashes, and keep them", () => {
    const plain = sampleCoin({ amount: MiniNumber.of(1_000_000_000) });
    const genesis = sampleCoin({ amount: MiniNumber.BILLION });
    expect(plain.amount.equals(genesis.amount)).toBe(true);
    expect(hashObject(writeCoin, plain)).not.toEqual(hashObject(writeCoin, genesis));
    const decoded = decode(readCoin, encode(writeCoin, genesis));
    expect(toHex(encode((w, coin: Coin) => w.number(coin.amount), decoded))).toBe("F70101");
    const { txpow } = makeGenesis({ address: id(1), prng: id(2), time: 1 });
    expect(toHex(encode((w, total: MiniNumber) => w.number(total), txpow.header.total))).toBe("00043B9ACA00");
  });

  test.each([
    ["0002FE0101", "0002000164", "100"],
    ["000201010A", "0002000101", "1"],
    ["00020003000001", "0002000101", "1"],
    ["0002320107", "00022C0100", `0.${"0".repeat(49)}7`],
  ])("Q4: the state number %s becomes %s", (sent, kept, text) => {
    const variable = decode(readStateVariable, parseHex(sent));
    expect(variable.text).toBe(text);
    expect(toHex(encode(writeStateVariable, variable))).toBe(kept);
  });

  test("Q4: a state number out of range decodes alone but makes a transaction unreadable", () => {
    const tooBig = "00020009010000000000000000";
    const variable = decode(readStateVariable, parseHex(tooBig));
    expect(refusal(() => encode(writeStateVariable, variable)).code).toBe("range");
    expect(refusal(() => decode(readTransaction, parseHex(`000100000100000101${tooBig}0000000100`))).code).toBe("range");
  });

  test("Q4: also in a proven coin of a TxPoW", () => {
    const variable = decode(readStateVariable, parseHex("00020009010000000000000000"));
    const marker = state("0xABCDEF0123");
    const body = sampleBody({ witness: sampleWitness([sampleCoin({ state: [marker] })]) });
    const hex = toHex(encode(writeTxPoW, sampleTxPoW(body))).replace("000100000005ABCDEF0123", "00020009010000000000000000");
    expect(refusal(() => decode(readTxPoW, parseHex(hex))).code).toBe("range");
    expect(variable.text).toBe("18446744073709551616");
  });

  test("Q5: in the first block the transaction id is the base of coin ids", () => {
    const { txpow, block } = makeGenesis({ address: id(1), prng: id(2), time: 1 });
    const transaction = txpow.body?.transaction ?? EMPTY_TRANSACTION;
    expect(block.newCoins[0]?.coinid).toEqual(outputCoinId(transactionId(transaction), 0));
    expect(block.newCoins[0]?.coinid).not.toEqual(outputCoinId(GENESIS_COIN.coinid, 0));
  });

  test("Q6: the coin id of an output is part of the transaction id and of nothing else", () => {
    const plain = moving({});
    const named = moving({ outputs: [sampleOutput({ coinid: id(0x55) })] });
    expect(transactionId(named)).not.toEqual(transactionId(plain));
    expect(brokenBasicRule(sampleTxPoW(sampleBody({ transaction: named })))).toBeUndefined();
  });

  test("Q7: a state that an output carries itself does not count as stored", () => {
    const carried = [state("0x00112233")];
    const kept = moving({ outputs: [sampleOutput({ storestate: false, state: carried })] });
    expect(stateStoreSize(sampleTxPoW(sampleBody({ transaction: kept })))).toBe(0);
    const stored = moving({
      state: carried,
      outputs: [sampleOutput({ amount: MiniNumber.ONE }), sampleOutput({ amount: MiniNumber.ONE })],
    });
    expect(stateStoreSize(sampleTxPoW(sampleBody({ transaction: stored })))).toBe(2 * stateSize(stored));
    expect(stateSize(stored)).toBe(3 + 2 + 4 + 4);
  });

  test("Q9: a Minima coin may carry a token", () => {
    const coin = sampleOutput({ token: sampleToken() });
    expect(brokenBasicRule(sampleTxPoW(sampleBody({ transaction: moving({ outputs: [coin] }) })))).toBeUndefined();
    expect(coinLeaf(coin).hash).not.toEqual(coinLeaf(sampleOutput()).hash);
  });

  test("Q10: only the total limits an output that creates a token", () => {
    const token = sampleToken();
    const coloured = sampleCoin({ tokenid: tokenId(token), token });
    const created = sampleOutput({ tokenid: CREATE_TOKEN_ID, token });
    expect(hasValidAmounts(moving({ inputs: [coloured], outputs: [created] }))).toBe(true);
    expect(hasValidAmounts(moving({ inputs: [coloured], outputs: [sampleOutput()] }))).toBe(false);
    expect(hasValidAmounts(moving({ inputs: [coloured], outputs: [sampleOutput({ ...created, amount: MiniNumber.of(11) })] }))).toBe(false);
    expect(hasValidAmounts(moving({ inputs: [coloured], outputs: [] }))).toBe(true);
  });

  test("Q11: any scale of a token is carried", () => {
    const of = (scale: string) => sampleToken({ scale: MiniNumber.parse(scale) });
    expect([tokenDecimals(of("-2")), tokenDecimals(of("36.9"))]).toEqual([46, 8]);
    expect(tokenAmount(of("-2"), MiniNumber.of(7)).toString()).toBe("7");
    expect(tokenAmount(of("1.9"), MiniNumber.of(7)).toString()).toBe("70");
    const huge = sampleToken({ scale: MiniNumber.of(2_000_000_000), amount: MiniNumber.ONE });
    expect(refusal(() => tokenTotal(huge)).code).toBe("range");
    expect(refusal(() => tokenToJSON(huge)).code).toBe("range");
    expect(tokenId(huge)).toHaveLength(32);
    expect(tokenTotal({ ...huge, amount: MiniNumber.ZERO }).isZero()).toBe(true);
  });

  test("Q13: a listed id takes 36 bytes and is discounted by 32", () => {
    const empty = sampleTxPoW(sampleBody({ txnlist: [] }));
    const listing = sampleTxPoW(sampleBody({ txnlist: [id(1), id(2)] }));
    expect(txpowSize(listing) - txpowSize(empty)).toBe(72);
    expect(sizeWithoutBlockTransactions(listing)).toBe(txpowSize(listing) - 64);
  });

  test("Q15: the sum of the MMR counts coins of every token", () => {
    const token = sampleToken();
    expect(coinLeaf(sampleCoin({ tokenid: tokenId(token), token })).value.toString()).toBe("10");
  });

  test("Q16: a burn may hang on an empty main transaction", () => {
    const linkhash = transactionId(EMPTY_TRANSACTION);
    expect(toHex0x(linkhash)).toBe("0xDECA244460B704393E8ACB5F6CCFCDDBFF6AA0172D56AA835340FBBD78F3FFC1");
    const burnTransaction = moving({ linkhash, outputs: [] });
    const burning = { burnTransaction, burnWitness: sampleWitness(burnTransaction.inputs) };
    const txpow = sampleTxPoW(sampleBody({ transaction: EMPTY_TRANSACTION, witness: EMPTY_WITNESS, ...burning }));
    expect(brokenBasicRule(txpow)).toBeUndefined();
    expect([isTransaction(txpow), carriesTransaction(txpow)]).toEqual([false, true]);
  });

  test("Q17: signatures are verified for empty transactions too", () => {
    const signature = { proofs: [{ publickey: id(1), signature: new Uint8Array(1088), proof: EMPTY_PROOF }] };
    const signed = { transaction: EMPTY_TRANSACTION, witness: { ...EMPTY_WITNESS, signatures: [signature] } };
    expect(hasValidSignatures(sampleTxPoW(sampleBody({ ...signed, witness: EMPTY_WITNESS })))).toBe(true);
    expect(hasValidSignatures(sampleTxPoW(sampleBody(signed)))).toBe(false);
  });

  test("Q18: weights have 7 digits, half even, also after doubling; sums are exact", () => {
    const max = toUnsigned(MAX_HASH);
    expect(weightText(blockWeight(blockWithTarget(max)))).toBe("1");
    expect(weightText(blockWeight(blockWithTarget(max / 3n + 1n)))).toBe("3");
    expect(weightText(blockWeight(blockWithTarget((max * 3n) / 4n)))).toBe("1.333333");
    expect(weightText(blockWeight(blockWithTarget((max * 6n) / 7n)))).toBe("1.166667");
    expect(weightText(cascadeWeight(blockWithTarget((max * 6n) / 7n), 3))).toBe("9.333336");
    expect(weightText(cascadeWeight(blockWithTarget(max), 30))).toBe("1073742000");
    const sum = addWeights(cascadeWeight(blockWithTarget(max), 30), blockWeight(blockWithTarget((max * 3n) / 4n)));
    expect(weightText(sum)).toBe("1073742001.333333");
  });

  test("Q19: a cascade that was decoded is cascaded again", () => {
    const nodes = Array.from({ length: 12 }, (_, i) => ({ txpow: sampleTxPoW(null, { block: MiniNumber.of(100 - i) }), level: 0 }));
    const cascade = cascadeOf(nodes, 4);
    expect(cascade.nodes.length).toBeLessThan(12);
    expect(cascade.nodes.some(({ level }) => level > 0)).toBe(true);
  });

  test("Q20: a spent coin keeps its amount inside a leaf of value zero", () => {
    const coin = sampleCoin();
    expect(spentCoinLeaf(coin)).toEqual(leafNode(writeCoin, { ...coin, spent: 1 }, MiniNumber.ZERO));
    expect(spentCoinLeaf(coin).value.isZero()).toBe(true);
  });

  test.each<[string, Parameters<typeof sampleTxPoW>, string]>([
    ["chain id", [sampleBody(), { chainid: parseHex("0x0000") }], "chainid"],
    ["link hash", [sampleBody({ transaction: moving({ linkhash: parseHex("0x0000") }) })], "basic-linkhash"],
    ["token id", [sampleBody({ transaction: moving({ outputs: [sampleOutput({ tokenid: parseHex("0x0000") })] }) })], "basic-amounts"],
  ])("Q23: a %s of two zero bytes is not one of one", (_, [body, header], rule) => {
    expect(brokenBasicRule(sampleTxPoW(body, header))).toBe(rule);
  });

  test("Q24: a token id hashes the length and the encoding", () => {
    const token = sampleToken();
    const encoding = encode(writeToken, token);
    expect(tokenId(token)).toEqual(hashWith((writer) => writer.data(encoding)));
    expect(tokenId(token)).not.toEqual(hashObject(writeToken, token));
  });

  test.each([
    ["0001FF", 0],
    ["01011D", 2],
    ["00050100000001", 1],
    ["FF0101", 10],
  ])("Q25: the count %s reads as %i", (count, length) => {
    const ids = "00000001AA".repeat(length);
    expect(decode(readPulse, parseHex(`000101${count}${ids}`)).ids).toEqual(new Array<Bytes>(length).fill(Uint8Array.of(0xaa)));
  });

  test("an empty transaction is one without coins, whatever its state and link", () => {
    expect(isEmptyTransaction({ ...EMPTY_TRANSACTION, state: [state("0x00")], linkhash: MAX_HASH })).toBe(true);
    expect(isEmptyTransaction(moving({}))).toBe(false);
    expect(EMPTY_TRANSACTION.linkhash).toEqual(ZERO_ID);
  });
});
