import type { Coin } from "../protocol/coin.js";
import type { MMREntry } from "../protocol/mmr-objects.js";
import type { TxBlock } from "../protocol/txblock.js";
import type { TxPoW } from "../protocol/txpow.js";
import type { CoinProof } from "../protocol/witness.js";
import type { Cascade } from "./cascade.js";
import type { IdKey } from "./id-key.js";
import type { SettledNode } from "./settled-node.js";

/** What the root of the tree holds beyond its TxBlock: the traces of the coins that cuts carried over (spec 06 §3.4). */
export interface SavedRoot {
  readonly key: IdKey;
  /** All nodes of the root's MMR. */
  readonly mmr: readonly MMREntry[];
  /** The coins carried over. */
  readonly carried: readonly Coin[];
}

/** A part of what the next cut carries over into the block that will be the root. The first one has what the block has already. */
export interface CarriedPart {
  readonly root: IdKey;
  /** From 0 on. */
  readonly part: number;
  readonly mmr: readonly MMREntry[];
  readonly carried: readonly Coin[];
}

/** A coin that was made below the tree, and the block of the tree at which it was proved to be unspent. */
export interface ImportedCoin {
  readonly block: IdKey;
  readonly coinProof: CoinProof;
}

/** All that a chain needs to go on where it stopped. */
export interface SavedChain {
  readonly cascade: Cascade;
  /** Null when the tree was never cut. */
  readonly root: SavedRoot | null;
  /** The blocks of the tree in the order they were added, the root first. */
  readonly blocks: Iterable<TxBlock | SettledNode>;
  /** Recently stored TxPoWs, in the order they were stored: mempool and waiting blocks are found among them. */
  readonly recent: Iterable<TxPoW>;
  /** Coins imported since the last cut. */
  readonly imported: Iterable<ImportedCoin>;
}
