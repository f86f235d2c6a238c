import type { TxBlock } from "../protocol/txblock.js";
import { parentId, txpowId } from "../protocol/txpow.js";
import { type IdKey, parentKey, txpowKey } from "./id-key.js";
import type { ChainState } from "./state.js";
import { attach, checkSyncBlock } from "./sync.js";
import { TreeNode } from "./tree-node.js";
import type { PeerId, Steps } from "./types.js";

/** Blocks that wait for their parents. A gap this long is closed by the next IBD. */
const MOST_WAITING = 512;

/** What became of a TxBlock. `waiting`: its parent is asked for. */
export type TxBlockArrival = "added" | "known" | "waiting" | "refused";

/** TxBlocks whose parents have not come yet, by the parent. The oldest make room. */
export class WaitingTxBlocks {
  readonly #byParent = new Map<IdKey, TxBlock[]>();
  #size = 0;

  has(block: TxBlock): boolean {
    const key = txpowKey(block.txpow);
    return (this.#byParent.get(parentKey(block.txpow)) ?? []).some((other) => txpowKey(other.txpow) === key);
  }

  add(block: TxBlock): void {
    const key = parentKey(block.txpow);
    this.#byParent.set(key, [...(this.#byParent.get(key) ?? []), block]);
    this.#size++;
    for (const [oldest, blocks] of this.#byParent) {
      if (this.#size <= MOST_WAITING) break;
      this.#byParent.delete(oldest);
      this.#size -= blocks.length;
    }
  }

  /** Takes out the blocks that waited for this one. */
  take(parent: IdKey): readonly TxBlock[] {
    const blocks = this.#byParent.get(parent) ?? [];
    this.#byParent.delete(parent);
    this.#size -= blocks.length;
    return blocks;
  }
}

/**
 * A TxBlock came in by itself: only nodes that follow the TxBlocks of one host take such (spec 06b §13). It gets the checks of a sync
 * block; an unknown parent is asked for.
 */
export function* receiveTxBlock(state: ChainState, waiting: WaitingTxBlocks, block: TxBlock, from: PeerId): Steps<TxBlockArrival> {
  const { tree } = state;
  if (tree === null) return "refused";
  if (tree.get(txpowKey(block.txpow)) !== undefined || waiting.has(block)) return "known";
  if (tree.get(parentKey(block.txpow)) === undefined) {
    if (!isAboveRoot(block, tree.root)) return "refused";
    waiting.add(block);
    yield [{ type: "request", id: parentId(block.txpow), peer: from }];
    return "waiting";
  }
  const stack: TxBlock[] = [block];
  let added = 0;
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const verdict = yield* checkSyncBlock(next, state);
    if (verdict instanceof TreeNode) {
      yield attach(verdict, state);
      added++;
      stack.push(...waiting.take(verdict.key));
    } else if (verdict !== null) {
      yield [{ type: "block-invalid", id: txpowId(next.txpow), number: next.txpow.header.block.toNumber(), rule: verdict, peer: from }];
    }
  }
  if (added > 0) yield* state.recalculate();
  return added > 0 ? "added" : "refused";
}

function isAboveRoot({ txpow }: TxBlock, root: TreeNode): boolean {
  return txpow.header.block.moreThan(root.txpow.header.block);
}
