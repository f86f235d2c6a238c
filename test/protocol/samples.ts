import { DEFAULT_MAGIC } from "../../host/chain/magic.js";
import { type Bytes, MAX_HASH, ZERO_ID } from "../../host/protocol/bytes.js";
import type { Coin } from "../../host/protocol/coin.js";
import { ENTRY_ZERO } from "../../host/protocol/entry-number.js";
import { EMPTY_PROOF } from "../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { scriptAddress } from "../../host/protocol/script-address.js";
import type { Token } from "../../host/protocol/token.js";
import { EMPTY_TRANSACTION, type Transaction } from "../../host/protocol/transaction.js";
import { bodyHash, type TxBody } from "../../host/protocol/txbody.js";
import { CASCADE_LEVELS, type TxHeader } from "../../host/protocol/txheader.js";
import type { TxPoW } from "../../host/protocol/txpow.js";
import { EMPTY_WITNESS, type Witness } from "../../host/protocol/witness.js";

export const SCRIPT = "RETURN TRUE";

/** 32 bytes that tell ids in tests apart. */
export const id = (value: number): Bytes => new Uint8Array(32).fill(value);

export const sampleToken = (changes: Partial<Token> = {}): Token => ({
  coinid: id(1),
  script: SCRIPT,
  scale: MiniNumber.of(36),
  amount: MiniNumber.parse("0.000000000000000000000000000000001"),
  name: "token",
  created: MiniNumber.of(5),
  ...changes,
});

export const sampleCoin = (changes: Partial<Coin> = {}): Coin => ({
  coinid: id(2),
  address: scriptAddress(SCRIPT),
  amount: MiniNumber.of(10),
  tokenid: ZERO_ID,
  storestate: true,
  mmrentry: ENTRY_ZERO,
  spent: 0,
  created: MiniNumber.of(3),
  state: [],
  token: null,
  ...changes,
});

export const sampleOutput = (changes: Partial<Coin> = {}): Coin => sampleCoin({ coinid: ZERO_ID, created: MiniNumber.ZERO, ...changes });

/** Spends `inputs`, which are also what the witness proves unless it says otherwise. */
export function sampleBody(changes: Partial<TxBody> = {}): TxBody {
  const transaction: Transaction = { ...EMPTY_TRANSACTION, inputs: [sampleCoin()], outputs: [sampleOutput()] };
  return {
    prng: id(7),
    txndiff: MAX_HASH,
    transaction,
    witness: sampleWitness((changes.transaction ?? transaction).inputs),
    burnTransaction: EMPTY_TRANSACTION,
    burnWitness: EMPTY_WITNESS,
    txnlist: [],
    ...changes,
  };
}

export const sampleWitness = (coins: readonly Coin[]): Witness => ({
  signatures: [],
  coinProofs: coins.map((coin) => ({ coin, proof: EMPTY_PROOF })),
  scripts: [{ script: SCRIPT, proof: EMPTY_PROOF }],
});

export function sampleTxPoW(body: TxBody | null = sampleBody(), changes: Partial<TxHeader> = {}): TxPoW {
  const header: TxHeader = {
    nonce: MiniNumber.ONE,
    chainid: ZERO_ID,
    time: MiniNumber.of(1_700_000_000_000),
    block: MiniNumber.of(10),
    blkdiff: MAX_HASH,
    superparents: new Array<Bytes>(CASCADE_LEVELS).fill(ZERO_ID),
    mmr: id(9),
    total: MiniNumber.of(1_000_000_000),
    magic: DEFAULT_MAGIC,
    customhash: ZERO_ID,
    bodyhash: body === null ? ZERO_ID : bodyHash(body),
    ...changes,
  };
  return { header, body };
}
