import { describe, expect, test } from "vitest";
import { GENESIS_COIN, makeGenesis } from "../../host/chain/genesis.js";
import { MMR } from "../../host/chain/mmr/mmr.js";
import { runSteps } from "../../host/chain/steps.js";
import { applyTxBlock, makeTxBlock } from "../../host/chain/txblock.js";
import { CREATE_TOKEN_ID, FLOATING_ID } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { entryNumber } from "../../host/protocol/entry-number.js";
import { coinLeaf, foldProof, outputCoinId, spentCoinLeaf } from "../../host/protocol/mmr-node.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { STATE_HEX, STATE_NUMBER, type StateVariable } from "../../host/protocol/state-variable.js";
import { tokenId } from "../../host/protocol/token.js";
import { EMPTY_TRANSACTION, type Transaction } from "../../host/protocol/transaction.js";
import type { TxBlock } from "../../host/protocol/txblock.js";
import type { TxPoW } from "../../host/protocol/txpow.js";
import type { CoinProof } from "../../host/protocol/witness.js";
import { id, sampleBody, sampleOutput, sampleToken, sampleTxPoW, sampleWitness } from "../protocol/samples.js";

/** A chain of one block, in which the founder holds everything. */
function foundation(): { readonly mmr: MMR; readonly coin: Coin; readonly proof: CoinProof } {
  const before = new MMR(0);
  before.add(coinLeaf(GENESIS_COIN));
  before.finalise();
  const { block } = makeGenesis({ address: id(1), prng: id(2), time: 1 });
  const { mmr, created } = runSteps(applyTxBlock(block, before)).result;
  const coin = created[0] as Coin;
  return { mmr, coin, proof: { coin, proof: mmr.proofToPeak(1n) } };
}

const { mmr: parent, coin, proof } = foundation();

function spend(changes: Partial<Transaction>): TxPoW {
  const transaction: Transaction = { ...EMPTY_TRANSACTION, inputs: [coin], ...changes };
  const witness = { ...sampleWitness([coin]), coinProofs: [proof] };
  return sampleTxPoW(sampleBody({ transaction, witness }), { block: MiniNumber.TWO });
}

const blockOf = (txpow: TxPoW, listed: readonly TxPoW[] = []): TxBlock => runSteps(makeTxBlock(parent, txpow, listed)).result;

const state: readonly StateVariable[] = [{ port: 1, type: STATE_HEX, text: "0x0102" }];
const carried: readonly StateVariable[] = [{ port: 9, type: STATE_HEX, text: "0xFF" }];

describe("quirks of blocks (spec 02 §24)", () => {
  test("Q5: coin ids follow from the proven coin, also of a floating input", () => {
    const floating = spend({ inputs: [{ ...coin, coinid: FLOATING_ID }], outputs: [sampleOutput(), sampleOutput()] });
    expect(blockOf(floating).newCoins.map(({ coinid }) => coinid)).toEqual([outputCoinId(coin.coinid, 0), outputCoinId(coin.coinid, 1)]);
  });

  test("Q7: an output that stores no state keeps what it carried, any other gets the transaction's", () => {
    const outputs = [sampleOutput({ storestate: false, state: carried }), sampleOutput({ storestate: true, state: carried })];
    const block = blockOf(spend({ outputs, state }));
    expect(block.newCoins.map((output) => output.state)).toEqual([carried, state]);
    const { created } = runSteps(applyTxBlock(block, parent)).result;
    expect(created.map((output) => output.state)).toEqual([carried, state]);
  });

  test("Q4: a number of more than 44 decimals is cut and encoded anew when a coin is made of it, and when the coin is spent", () => {
    const long: StateVariable = { port: 1, type: STATE_NUMBER, text: `0.1${"0".repeat(50)}1` };
    const short: StateVariable = { ...long, text: "0.1" };
    const outputs = [sampleOutput({ storestate: false, state: [long] }), sampleOutput({ storestate: true })];
    const block = blockOf(spend({ outputs, state: [long] }));
    expect(block.newCoins.map((output) => output.state)).toEqual([[short], [long]]);
    const { created } = runSteps(applyTxBlock(block, parent)).result;
    expect(created.map((output) => output.state)).toEqual([[short], [short]]);
    expect(spentCoinLeaf({ ...coin, state: [long] })).toEqual(spentCoinLeaf({ ...coin, state: [short] }));
    expect(coinLeaf({ ...coin, state: [long] })).not.toEqual(coinLeaf({ ...coin, state: [short] }));
  });

  test("Q8: entry, block and spent flag of an output travel as carried and are overwritten in the leaf", () => {
    const odd = { mmrentry: entryNumber(77), created: MiniNumber.of(88), spent: 9 };
    const block = blockOf(spend({ outputs: [sampleOutput(odd)] }));
    expect(block.newCoins[0]).toMatchObject(odd);
    const { created } = runSteps(applyTxBlock(block, parent)).result;
    expect(created[0]).toMatchObject({ mmrentry: entryNumber(2), created: MiniNumber.TWO, spent: 0 });
  });

  test("Q12: the description of a new token is made anew in the block that includes it", () => {
    const described = sampleToken({ coinid: id(0x66), amount: MiniNumber.of(5), created: MiniNumber.of(99) });
    const [made] = blockOf(spend({ outputs: [sampleOutput({ tokenid: CREATE_TOKEN_ID, token: described })] })).newCoins;
    const token = { ...described, coinid: outputCoinId(coin.coinid, 0), amount: MiniNumber.of(10), created: MiniNumber.TWO };
    expect(made?.token).toEqual(token);
    expect(made?.tokenid).toEqual(tokenId(token));
  });

  test("Q21: proofs of spent coins are made again, for the block's own number and without spends", () => {
    const [spent] = blockOf(spend({ outputs: [] })).spentCoins;
    expect(spent?.proof.blocktime.toString()).toBe("2");
    expect(spent?.coin.spent).toBe(0);
    const peak = parent.peaks()[0];
    expect(spent === undefined ? undefined : foldProof(coinLeaf(spent.coin), spent.proof).hash).toEqual(peak?.data.hash);
  });
});
