import type { IBD } from "../protocol/ibd.js";
import type { TxBlock } from "../protocol/txblock.js";
import type { TxPoW } from "../protocol/txpow.js";
import { type Cascade, EMPTY_CASCADE } from "./cascade.js";
import type { NetworkParams } from "./params.js";
import type { SavedChain } from "./snapshot.js";
import type { BlockTree, TreeNode } from "./tree.js";
import type { Arrival, ChainDeps, Effect, PeerId, Steps } from "./types.js";

const pending = (): never => {
  throw new Error("under construction");
};

/** The chain as a state machine: events in, effects out (spec 06, 06b). */
export class Chain {
  readonly tree: BlockTree | null = null;
  readonly cascade: Cascade = EMPTY_CASCADE;

  constructor(
    readonly params: NetworkParams,
    readonly deps: ChainDeps,
  ) {}

  /** The chain as it was saved. */
  static restore(params: NetworkParams, deps: ChainDeps, saved: SavedChain): Chain {
    return pending() ?? new Chain(params, deps) ?? saved;
  }

  get tip(): TreeNode | null {
    return this.tree?.tip ?? null;
  }

  /** Starts an empty chain from its first block, unchecked (spec 06 §2). */
  begin(_genesis: TxPoW): readonly Effect[] {
    return pending();
  }

  /** A TxPoW came in, from a peer or made here (spec 06b §4, §8, §9). */
  receiveTxPoW(_txpow: TxPoW, _from: PeerId | null): Steps<Arrival> {
    return pending();
  }

  /** The answer to a greeting came in (spec 06b §14.1). */
  receiveIBD(_ibd: IBD, _from: PeerId): Steps<void> {
    return pending();
  }

  /** Blocks of a chain sync, oldest first (spec 06b §14.2). */
  syncBlocks(_blocks: Iterable<TxBlock>, _from: PeerId | null): Steps<void> {
    return pending();
  }
}
