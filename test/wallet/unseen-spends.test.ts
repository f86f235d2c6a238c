import { describe, expect, test } from "vitest";
import { GENESIS_COIN } from "../../host/chain/genesis.js";
import { type IdKey, idKey, txpowKey } from "../../host/chain/id-key.js";
import { type SpendingBlock, unseenSpends } from "../../host/node/unseen-spends.js";
import type { Bytes } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { EMPTY_PROOF } from "../../host/protocol/mmr-objects.js";
import type { TxPoW } from "../../host/protocol/txpow.js";
import { EMPTY_WITNESS } from "../../host/protocol/witness.js";
import { recordedChain } from "../chain/recorded.js";

const bytes = (value: number): Bytes => new Uint8Array(32).fill(value);
const coin = (id: number, address: Bytes): Coin => ({ ...GENESIS_COIN, coinid: bytes(id), address });
const MINE = bytes(1);
const YOURS = bytes(2);

/** A TxPoW that spends coins. */
function spending(...coins: readonly Coin[]): TxPoW {
  const { genesis } = recordedChain("chain-1");
  const body = genesis.body as NonNullable<TxPoW["body"]>;
  const witness = { ...EMPTY_WITNESS, coinProofs: coins.map((item) => ({ coin: item, proof: EMPTY_PROOF })) };
  return { header: genesis.header, body: { ...body, witness, burnWitness: EMPTY_WITNESS } };
}

/** A block that spends coins, with one transaction in its list. */
function block(txpow: TxPoW, listed: IdKey, ...spent: readonly Coin[]): SpendingBlock {
  return { txpow, listed: [listed], spent };
}

describe("spends of own coins without a signature at hand", () => {
  const isOwn = (address: Bytes): boolean => idKey(address) === idKey(MINE);
  const listed = spending(coin(11, MINE));

  test("are told when the transaction is not there", () => {
    const node = block(spending(coin(10, MINE)), txpowKey(listed), coin(10, MINE), coin(11, MINE), coin(12, YOURS));
    expect(unseenSpends(node, { txpow: () => undefined, isOwn })).toEqual([MINE]);
  });

  test("are none when all transactions are there, or the coins are others'", () => {
    const node = block(spending(coin(10, MINE)), txpowKey(listed), coin(10, MINE), coin(11, MINE));
    expect(unseenSpends(node, { txpow: (key) => (key === txpowKey(listed) ? listed : undefined), isOwn })).toEqual([]);
    expect(unseenSpends(block(spending(), txpowKey(listed), coin(12, YOURS)), { txpow: () => undefined, isOwn })).toEqual([]);
  });
});
