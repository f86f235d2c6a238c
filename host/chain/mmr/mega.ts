import { equalBytes, ZERO_ID } from "../../protocol/bytes.js";
import { type Coin, MIN_COIN_BYTES, readCoin, writeCoin } from "../../protocol/coin.js";
import { entryPosition } from "../../protocol/entry-number.js";
import type { Reader } from "../../protocol/reader.js";
import type { TxBlock } from "../../protocol/txblock.js";
import type { Writer } from "../../protocol/writer.js";
import { type IdKey, idKey } from "../id-key.js";
import { blockNumber } from "../tree-node.js";
import { applyCoins, hasRightRoot } from "../txblock.js";
import type { Steps } from "../types.js";
import { MMR } from "./mmr.js";
import { readMMRSet, writeMMRSet } from "./mmr-set.js";
import { pruneUnspendable, pruneZeros } from "./prune.js";

const VERSION = 1;
/** Bytes of a spendable address. */
const ADDRESS_LENGTH = 32;

/** What counts as unspendable besides addresses that are no hash (spec 03 §12). */
export interface UnspendableRules {
  /** Coins with state. */
  readonly state: boolean;
  /** Coins of tokens. */
  readonly tokens: boolean;
}

/** Coins by id: in memory, or in a store on disk. */
export interface CoinSet {
  readonly size: number;
  get(key: IdKey): Coin | undefined;
  set(key: IdKey, coin: Coin): void;
  delete(key: IdKey): void;
  values(): IterableIterator<Coin>;
}

/** One MMR of everything below the tree, and all unspent coins in it (spec 03 §12). */
export class MegaMMR {
  readonly #coins: CoinSet;

  constructor(
    readonly mmr: MMR = new MMR(0),
    coins: CoinSet = new Map<IdKey, Coin>(),
  ) {
    this.#coins = coins;
  }

  /** One in memory. */
  static of(mmr: MMR, coins: Iterable<Coin>): MegaMMR {
    return new MegaMMR(mmr, new Map(Array.from(coins, (coin) => [idKey(coin.coinid), coin])));
  }

  get size(): number {
    return this.#coins.size;
  }

  coins(): IterableIterator<Coin> {
    return this.#coins.values();
  }

  coin(key: IdKey): Coin | undefined {
    return this.#coins.get(key);
  }

  /** Adds the next block, which has left the tree. Gives whether the root is now that of its header. Throws ProtocolError. */
  *add(block: TxBlock): Steps<boolean> {
    this.mmr.advance(blockNumber(block.txpow), block.previousPeaks);
    const created = yield* applyCoins(this.mmr, block);
    const isRight = hasRightRoot(this.mmr, block.txpow);
    for (const { coin } of block.spentCoins) this.#coins.delete(idKey(coin.coinid));
    for (const coin of created) this.#coins.set(idKey(coin.coinid), coin);
    const emptied = [...block.spentCoins.map(({ coin }) => coin), ...created.filter(({ amount }) => amount.isZero())];
    pruneZeros(this.mmr, emptied.map(position));
    return isRight;
  }

  /** Forgets coins that nobody can spend and what only they need of the MMR: spec 03 §12, "only with an option". Works in steps. */
  *forgetUnspendable(rules: UnspendableRules): Generator<void, void, void> {
    const marked = new Set<bigint>();
    for (const coin of this.#coins.values()) if (isUnspendable(coin, rules)) marked.add(position(coin));
    const removed = new Set(yield* pruneUnspendable(this.mmr, (entry) => marked.has(entry)));
    for (const coin of Array.from(this.#coins.values())) if (removed.has(position(coin))) this.#coins.delete(idKey(coin.coinid));
  }
}

function isUnspendable({ address, state, tokenid }: Coin, rules: UnspendableRules): boolean {
  return address.length !== ADDRESS_LENGTH || (rules.state && state.length > 0) || (rules.tokens && !equalBytes(tokenid, ZERO_ID));
}

/** A coin's leaf; -1 for a coin that cannot be in an MMR. */
function position(coin: Coin): bigint {
  return BigInt(entryPosition(coin.mmrentry) ?? -1);
}

/** Reads an image, the format of spec 03 §12, in one piece (files are read in parts). Its MMR can go on. The version is not looked at. */
export function readMegaMMR(reader: Reader): MegaMMR {
  reader.number();
  return MegaMMR.of(readMMRSet(reader), reader.list(MIN_COIN_BYTES, readCoin));
}

/** Writes an image, the format of spec 03 §12, in one piece. */
export function writeMegaMMR(writer: Writer, mega: MegaMMR): void {
  writer.integer(VERSION);
  writeMMRSet(writer, mega.mmr);
  writer.list([...mega.coins()], writeCoin);
}
