import { type Bytes, MAX_HASH, ZERO_ID } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import { ENTRY_ZERO, entryNumber } from "../protocol/entry-number.js";
import { coinLeaf, outputCoinId, parentNode, spentCoinLeaf } from "../protocol/mmr-node.js";
import { EMPTY_PROOF, type MMREntry } from "../protocol/mmr-objects.js";
import { MiniNumber } from "../protocol/number.js";
import { scriptAddress } from "../protocol/script-address.js";
import { encodeUtf8 } from "../protocol/text.js";
import { EMPTY_TRANSACTION, type Transaction, transactionId } from "../protocol/transaction.js";
import type { TxBlock } from "../protocol/txblock.js";
import { bodyHash, type TxBody } from "../protocol/txbody.js";
import { CASCADE_LEVELS, type TxHeader } from "../protocol/txheader.js";
import type { TxPoW } from "../protocol/txpow.js";
import { EMPTY_WITNESS } from "../protocol/witness.js";
import { DEFAULT_MAGIC } from "./magic.js";

const TRUE_SCRIPT = "RETURN TRUE";

const PLAIN_COIN: Coin = {
  coinid: ZERO_ID,
  address: scriptAddress(TRUE_SCRIPT),
  amount: MiniNumber.BILLION,
  tokenid: ZERO_ID,
  storestate: true,
  mmrentry: ENTRY_ZERO,
  spent: 0,
  created: MiniNumber.ZERO,
  state: [],
  token: null,
};

/** All the Minima there is, in a coin older than any block (spec 02 §19). */
export const GENESIS_COIN: Coin = { ...PLAIN_COIN, coinid: encodeUtf8("SPARTACUSLOVESMINIMA") };

/** The only leaf, and so the only peak and the root, of the MMR before the first block (spec 02 §19). */
export const GENESIS_PEAK: MMREntry = { row: 0, entry: ENTRY_ZERO, data: coinLeaf(GENESIS_COIN) };

/** What the founder of a network chooses. */
export interface GenesisInput {
  /** Who gets all the Minima. */
  readonly address: Bytes;
  /** 32 random bytes. */
  readonly prng: Bytes;
  /** Unix milliseconds. */
  readonly time: number;
}

/** The first block of a network, as a TxPoW and as a TxBlock. */
export interface Genesis {
  readonly txpow: TxPoW;
  readonly block: TxBlock;
}

/** Makes block 1 of a network; it needs no work (spec 02 §19). */
export function makeGenesis({ address, prng, time }: GenesisInput): Genesis {
  const transaction: Transaction = { ...EMPTY_TRANSACTION, inputs: [GENESIS_COIN], outputs: [{ ...PLAIN_COIN, address }] };
  const body: TxBody = {
    prng,
    txndiff: MAX_HASH,
    transaction,
    witness: {
      signatures: [],
      coinProofs: [{ coin: GENESIS_COIN, proof: EMPTY_PROOF }],
      scripts: [{ script: TRUE_SCRIPT, proof: EMPTY_PROOF }],
    },
    burnTransaction: EMPTY_TRANSACTION,
    burnWitness: EMPTY_WITNESS,
    txnlist: [],
  };
  // In the first block coin ids come from the transaction id (spec 02 §2).
  const founderCoin: Coin = { ...PLAIN_COIN, address, coinid: outputCoinId(transactionId(transaction), 0) };
  const founderLeaf = coinLeaf({ ...founderCoin, mmrentry: entryNumber(1), created: MiniNumber.ONE });
  const root = parentNode(spentCoinLeaf(GENESIS_COIN), founderLeaf);
  const header: TxHeader = {
    nonce: MiniNumber.of(256),
    chainid: ZERO_ID,
    time: MiniNumber.of(time),
    block: MiniNumber.ONE,
    blkdiff: MAX_HASH,
    superparents: new Array<Bytes>(CASCADE_LEVELS).fill(ZERO_ID),
    mmr: root.hash,
    total: root.value,
    magic: DEFAULT_MAGIC,
    customhash: ZERO_ID,
    bodyhash: bodyHash(body),
  };
  const txpow: TxPoW = { header, body };
  const spentCoins = [{ coin: GENESIS_COIN, proof: { blocktime: MiniNumber.ONE, chunks: [] } }];
  return { txpow, block: { txpow, previousPeaks: [GENESIS_PEAK], spentCoins, newCoins: [founderCoin] } };
}
