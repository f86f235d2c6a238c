import type { PeerId } from "../chain/types.js";
import type { Bytes } from "../protocol/bytes.js";
import type { CascadeNodes } from "../protocol/cascade.js";
import type { MegaMMRSyncData } from "../protocol/messages/mega-mmr.js";
import type { TxBlock } from "../protocol/txblock.js";
import type { TxPoW } from "../protocol/txpow.js";
import type { CoinProof } from "../protocol/witness.js";

/** Work that may be over when the call returns. */
export type MaybePromise<T> = T | Promise<T>;

/** A block of our chain, as others are told of it. */
export interface BlockMark {
  readonly number: number;
  readonly id: Bytes;
}

/** A TxBlock whose bytes are read when it is its turn to be sent. */
export interface StoredBlock {
  readonly number: number;
  /** Bytes of the encoding. */
  readonly size: number;
  /** Undefined when it was pruned meanwhile. */
  read(): Bytes | undefined;
}

/** A download whose blocks are decoded one by one while they are walked; each walk starts from the first and can throw `ProtocolError`. */
export interface IncomingIBD {
  readonly cascade: CascadeNodes | null;
  readonly count: number;
  readonly blocks: Iterable<TxBlock>;
}

/** The main branch of the tree and the cascade below it. */
export interface ChainView {
  /** The tip, null without a chain. */
  tip(): (BlockMark & { readonly time: number }) | null;
  root(): BlockMark | null;
  /** Ids of the main branch, newest first, at most `limit`. */
  mainIds(limit?: number): readonly Bytes[];
  /** The number of the main-branch block with this id; undefined for all other blocks. */
  mainNumber(id: Bytes): number | undefined;
  /** The main-branch block at this height, if the tree reaches down to it. */
  mainAt(number: number): BlockMark | undefined;
  /** Main-branch blocks from this number to the tip, ascending. */
  mainBlocks(from: number): readonly StoredBlock[];
  /** The cascade's encoding (spec 02 §16). */
  cascade(): Bytes;
}

/** TxPoWs and TxBlocks by id. */
export interface TxPoWStore {
  hasTxPoW(id: Bytes): boolean;
  /** The canonical encoding. */
  txpow(id: Bytes): Bytes | undefined;
  /** The ids a stored TxPoW lists that are not stored themselves; undefined when the TxPoW is not stored. */
  missingListed(id: Bytes): readonly Bytes[] | undefined;
  /** The encoding of a TxBlock held in tree or archive. */
  txBlock(id: Bytes): Bytes | undefined;
}

/** TxBlocks below the tree (spec 06b §16). */
export interface Archive {
  /** The number of an archived block. */
  numberOf(id: Bytes): number | undefined;
  /** Archived blocks `from` <= number < `to`, ascending. */
  blocks(from: number, to: number): readonly StoredBlock[];
  /** Lowest archived number. */
  oldest(): number | undefined;
  /** The TxPoW of the oldest archived block; of the root when the archive is empty; null without a chain. */
  oldestTxPoW(): TxPoW | null;
  /** The cascade kept for restores: its encoding and the number of its tip (spec 07 §11). */
  cascade(): { readonly bytes: Bytes; readonly tip: number } | undefined;
  /** Adds an older block. */
  add(block: TxBlock, number: number): void;
  /** Called after a batch of `add`: retention (spec 06b §16). */
  trim(): void;
}

/**
 * What the network needs of the node. Submissions are queued by the node and answered by calls on the service: announce, request,
 * disconnect. Their promises settle when the work is done and must not fail because of what a peer sent.
 */
export interface ChainPort {
  readonly view: ChainView;
  readonly store: TxPoWStore;
  readonly archive: Archive;
  /** A TXPOW message (spec 06b §4); checks, follow-up requests (spec 07 §9) and announcements are the chain's. */
  submitTxPoW(txpow: TxPoW, from: PeerId | null): MaybePromise<void>;
  /** The answer to a greeting (spec 07 §6). */
  submitIBD(ibd: IncomingIBD, from: PeerId): MaybePromise<void>;
  /** A connection ended: what was noted about it can go. */
  peerGone?(peer: PeerId): void;
  /** All connections are made anew: what they bring first is taken as after a start (spec 07 §6). */
  networkRestarted?(): void;
  /** A TXBLOCK message; only on TxBlock nodes (spec 07 §12). */
  submitTxBlock?(block: TxBlock, from: PeerId): MaybePromise<void>;
  /** A TxPoW to mine for others; only on TxBlock nodes. */
  mineFor?(template: TxPoW, from: PeerId): void;
  /** All unspent coins of a wallet, with proofs; undefined while the MegaMMR is not complete. Only where one is kept (spec 07 §13). */
  megaMMR?(wallet: MegaMMRSyncData): Promise<readonly CoinProof[] | undefined>;
}
