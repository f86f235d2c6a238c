import type { Bytes } from "../protocol/bytes.js";
import { type Coin, MIN_COIN_BYTES, readCoin, writeCoin } from "../protocol/coin.js";
import { EMPTY_PROOF } from "../protocol/mmr-objects.js";
import { decodeShared, type Reader } from "../protocol/reader.js";
import type { TxBlock } from "../protocol/txblock.js";
import { readTxPoW, type TxPoW, writeTxPoW } from "../protocol/txpow.js";
import { EMPTY_WITNESS } from "../protocol/witness.js";
import { Writer } from "../protocol/writer.js";

/** The coins that a block spent and created. */
export interface BlockCoins {
  readonly spent: readonly Coin[];
  readonly created: readonly Coin[];
}

/**
 * What is kept of a block that many others follow: the TxPoW without witnesses, and the coins, as one piece of bytes. Objects would take
 * four times as much. The TxPoW is decoded when somebody asks, and forgotten again; the coins, which every look at the wallet
 * goes through, once.
 */
export class SettledBlock {
  readonly bytes: Bytes;
  /** Where the coins begin. */
  readonly coinsAt: number;
  #txpow: WeakRef<TxPoW> | undefined;
  #coins: BlockCoins | undefined;

  /** One that was settled before. */
  constructor(bytes: Bytes, coinsAt: number) {
    this.bytes = bytes;
    this.coinsAt = coinsAt;
  }

  static of({ header, body }: TxPoW, { spent, created }: BlockCoins): SettledBlock {
    const writer = new Writer();
    writeTxPoW(writer, { header, body: body === null ? null : { ...body, witness: EMPTY_WITNESS, burnWitness: EMPTY_WITNESS } });
    const coinsAt = writer.length;
    writer.list(spent, writeCoin);
    writer.list(created, writeCoin);
    return new SettledBlock(writer.toBytes(), coinsAt);
  }

  get txpow(): TxPoW {
    const known = this.#txpow?.deref();
    if (known !== undefined) return known;
    const txpow = decodeShared(readTxPoW, this.bytes);
    this.#txpow = new WeakRef(txpow);
    return txpow;
  }

  /** Without proofs. */
  get txblock(): TxBlock {
    const spentCoins = this.coins.spent.map((coin) => ({ coin, proof: EMPTY_PROOF }));
    return { txpow: this.txpow, previousPeaks: [], spentCoins, newCoins: [] };
  }

  get coinBytes(): Bytes {
    return this.bytes.subarray(this.coinsAt);
  }

  get coins(): BlockCoins {
    this.#coins ??= decodeShared(readBlockCoins, this.coinBytes);
    return this.#coins;
  }
}

/** The coins of a block as `SettledBlock` has them. */
export function readBlockCoins(reader: Reader): BlockCoins {
  return { spent: reader.list(MIN_COIN_BYTES, readCoin), created: reader.list(MIN_COIN_BYTES, readCoin) };
}
