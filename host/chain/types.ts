import type { ScriptBlock, ScriptVerdict } from "../kissvm/index.js";
import type { Bytes } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import type { Transaction } from "../protocol/transaction.js";
import type { TxPoW } from "../protocol/txpow.js";
import type { Witness } from "../protocol/witness.js";
import type { Cascade } from "./cascade.js";
import type { IdKey } from "./id-key.js";
import type { CarriedPart, ImportedCoin } from "./snapshot.js";
import type { TreeNode } from "./tree-node.js";

/** Names a connection; what it looks like is up to the network layer. Local work has no peer. */
export type PeerId = string;

/** TxPoWs that were stored earlier, typically on disk. Read only: storing is an effect. */
export interface TxPoWSource {
  get(key: IdKey): TxPoW | undefined;
  has(key: IdKey): boolean;
  /** Stored blocks whose parent has this id, in the order they were stored. */
  childrenOf(parent: IdKey): readonly TxPoW[];
}

/** What the chain needs from outside. */
export interface ChainDeps {
  readonly source: TxPoWSource;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Whether a coin is somebody's here: such coins stay provable when the tree is cut (spec 03 §11). */
  readonly isRelevant: (coin: Coin) => boolean;
  /** Whether all signatures of a TxPoW hold (spec 02 §21.3), for a host that has checked them already. Checked here if not given. */
  readonly hasValidSignatures?: (txpow: TxPoW) => boolean;
  /**
   * Begins to verify the signatures of a TxPoW elsewhere, if it is worth it, so that `hasValidSignatures` is quick later. What it gives is
   * never rejected. Used for blocks that come many at a time.
   */
  readonly prepareSignatures?: (txpow: TxPoW) => Promise<void> | undefined;
  /** A node that takes the TxBlocks of one host in the place of whole TxPoWs (spec 06b §13). */
  readonly followsTxBlocks?: boolean;
  /** Checks the scripts of a transaction, for a host that does what takes long elsewhere. Checked here, in slices, if not given. */
  readonly checkScripts?: CheckScripts;
  /** Stands between the chain and its block check: for simulations, in which nodes share verdicts. */
  readonly wrapBlockCheck?: (check: BlockCheck) => BlockCheck;
  /** Memory for recent TxPoWs, in bytes of their encodings; 64 MiB if not given. */
  readonly poolBytes?: number;
}

/** Something the host has to do. The order matters: what must be durable comes before what is told to others. */
export type Effect =
  /** Store a TxPoW. */
  | { readonly type: "store"; readonly txpow: TxPoW }
  /** A block entered the tree: append its TxBlock to the saved tree. */
  | { readonly type: "block-added"; readonly node: TreeNode }
  /** The tree is about to be cut: save a part of what will be carried over. The first part of a block replaces all that was saved for it. */
  | { readonly type: "carry"; readonly part: CarriedPart }
  /** The tree was cut: the root is the block that the last parts were of. Save the cascade, archive `removed`, forget `dropped` (spec 06b §9). */
  | {
      readonly type: "cut";
      readonly root: IdKey;
      readonly cascade: Cascade;
      readonly removed: readonly TreeNode[];
      readonly dropped: readonly TreeNode[];
    }
  /** A coin from below the tree was imported: save it until its block leaves the tree. */
  | { readonly type: "coin-imported"; readonly imported: ImportedCoin }
  /** A cascade was taken over from a peer: save it. */
  | { readonly type: "cascade-adopted"; readonly cascade: Cascade }
  /** The tip changed. `disconnected` and `connected` lead from the old tip to the new one, in the order to undo and apply. */
  | { readonly type: "tip"; readonly tip: TreeNode; readonly disconnected: readonly TreeNode[]; readonly connected: readonly TreeNode[] }
  /** Send a TXPOWID to all peers. */
  | { readonly type: "relay-txpow"; readonly id: Bytes }
  /** Send a TXBLOCKID to all peers. */
  | { readonly type: "relay-block"; readonly id: Bytes }
  /** Send a TXPOWREQ. */
  | { readonly type: "request"; readonly id: Bytes; readonly peer: PeerId }
  /** End a connection. `forget`: also take the peer off the lists of known peers. */
  | { readonly type: "disconnect"; readonly peer: PeerId; readonly reason: string; readonly forget: boolean }
  /** A peer showed a chain that outweighs ours and cannot be joined to it (spec 06 §9). */
  | { readonly type: "heavier-chain"; readonly peer: PeerId }
  /** The scripts of a block cost so much that it is not checked before the network has built on it. */
  | { readonly type: "block-costly"; readonly id: Bytes; readonly number: number }
  /** A block failed the block check; it stays stored (spec 06b §8). `peer` is who sent it, if it was judged as it came. */
  | { readonly type: "block-invalid"; readonly id: Bytes; readonly number: number; readonly rule: Rule; readonly peer?: PeerId };

/** The block check of a block whose parent is in the tree (spec 06b §7): what the header shows, then everything else. */
export interface BlockCheck {
  readonly brokenHeaderRule: (block: TxPoW, parent: TreeNode, cascade: Cascade) => Rule | undefined;
  /** `scriptWork`: what the scripts may cost. */
  readonly checkContent: (block: TxPoW, parent: TreeNode, listed: readonly TxPoW[], scriptWork: number) => Steps<BlockVerdict>;
}

/** A good block as a tree node not yet linked, or the rule the block breaks, or that its scripts cost too much to find out now. */
export type BlockVerdict = { readonly node: TreeNode } | { readonly rule: Rule } | { readonly undecided: true };

/** The rule something broke: the step names of spec 06b §3-§7, as the vectors call them. */
export type Rule = string;

/** What became of a TxPoW that came in (spec 06b §4). */
export type Arrival =
  | { readonly verdict: "known" }
  /** Not stored. `rule` says why. */
  | { readonly verdict: "dropped"; readonly rule: Rule }
  /** `refused` names the reason it is not relayed, if it is not. */
  | { readonly verdict: "stored"; readonly refused: Rule | undefined };

/** The scripts of a transaction that are to be run as part of a block. */
export interface ScriptCheck {
  readonly transaction: Transaction;
  readonly witness: Witness;
  readonly block: ScriptBlock;
  /** Work, at most, as kissvm counts it. */
  readonly budget: number;
}

/** Gives the verdict of kissvm, undefined where the budget does not decide it. */
export type CheckScripts = (check: ScriptCheck) => Steps<ScriptVerdict | undefined>;

/**
 * What a step hands over: effects to apply before the next one, often none; those handed over together belong in one transaction.
 * Or the end of work that is done elsewhere, which the next step needs: it is never rejected, and nobody gets to see one who did not
 * give the chain such work.
 */
export type Step = readonly Effect[] | Promise<void>;

/** Work done in steps: between two of them the host may do other things, but nothing else with the same chain. */
export type Steps<Result> = Generator<Step, Result, void>;
