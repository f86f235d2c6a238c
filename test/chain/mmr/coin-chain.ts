import { MMR } from "../../../host/chain/mmr/mmr.js";
import { ZERO_ID } from "../../../host/protocol/bytes.js";
import type { Coin } from "../../../host/protocol/coin.js";
import { entryNumber } from "../../../host/protocol/entry-number.js";
import { coinLeaf, spentCoinLeaf } from "../../../host/protocol/mmr-node.js";
import type { MMRData } from "../../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import type { CoinProof } from "../../../host/protocol/witness.js";
import { id, sampleCoin } from "../../protocol/samples.js";

/** A block of coins, with all there is to know about its state. */
export interface CoinBlock {
  readonly number: number;
  readonly parent: CoinBlock | null;
  readonly mmr: MMR;
  /** All coins up to here by entry. */
  readonly coins: readonly Coin[];
  /** Entries of the spent ones. */
  readonly spent: ReadonlySet<number>;
  /** What a TxBlock would carry. */
  readonly spends: readonly CoinProof[];
}

const newCoin = (entry: number, block: number, amount: number): Coin =>
  sampleCoin({
    coinid: Uint8Array.of(entry >> 8, entry, block),
    address: amount % UNSPENDABLE === 0 ? ZERO_ID : id(1),
    amount: MiniNumber.of(amount),
    mmrentry: entryNumber(entry),
    created: MiniNumber.of(block),
  });

/** Coins of a multiple of this amount go to an address that nobody has. */
export const UNSPENDABLE = 10;

/** All leaves as of a block. */
export const leavesOf = ({ coins, spent }: CoinBlock): MMRData[] =>
  coins.map((coin, entry) => (spent.has(entry) ? spentCoinLeaf(coin) : coinLeaf(coin)));

export function firstBlock(amounts: readonly number[]): CoinBlock {
  const coins = amounts.map((amount, entry) => newCoin(entry, 0, amount));
  const mmr = MMR.of(coins.map(coinLeaf));
  mmr.finalise();
  return { number: 0, parent: null, mmr, coins, spent: new Set(), spends: [] };
}

/** A block that spends proven coins and makes new ones, as spec 03 §9 has it. */
export function nextBlock(parent: CoinBlock, proofs: readonly CoinProof[], amounts: readonly number[]): CoinBlock {
  const number = parent.number + 1;
  const copy = MMR.over(parent.mmr);
  const spends = proofs.map(({ coin, proof }): CoinProof => {
    copy.update(coin.mmrentry.unscaled, proof, coinLeaf(coin));
    return { coin, proof: copy.proofToPeak(coin.mmrentry.unscaled) };
  });
  const mmr = MMR.fromPeaks(number, parent.mmr.peaks());
  for (const { coin, proof } of spends) mmr.update(coin.mmrentry.unscaled, proof, spentCoinLeaf(coin));
  const created = amounts.map((amount, i) => newCoin(parent.coins.length + i, number, amount));
  for (const coin of created) mmr.add(coinLeaf(coin));
  mmr.finalise();
  mmr.parent = parent.mmr;
  const spent = new Set([...parent.spent, ...proofs.map(({ coin }) => Number(coin.mmrentry.unscaled))]);
  return { number, parent, mmr, coins: [...parent.coins, ...created], spent, spends };
}

/** A proof of a coin made at a block. */
export function proveAt(block: CoinBlock, entry: number): CoinProof {
  return { coin: block.coins[entry] as Coin, proof: block.mmr.proofToPeak(BigInt(entry)) };
}

export function* ancestors(block: CoinBlock): IterableIterator<CoinBlock> {
  for (let at: CoinBlock | null = block; at !== null; at = at.parent) yield at;
}
