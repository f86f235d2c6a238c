import type { IdKey } from "./id-key.js";
import type { TreeNode } from "./tree-node.js";
import { compareWeights } from "./weight.js";

/** Blocks this far below the tip need no witness any more: an hour and a half, longer than TxPoWs stay in memory (spec 06b §10). */
export const SETTLED_DEPTH = 128;

/** What a cut took out of the tree. */
export interface CutNodes {
  /** Main-branch blocks below the new root, oldest first. */
  readonly removed: readonly TreeNode[];
  /** Blocks of side branches that forked off below the new root, in the order they were added. */
  readonly dropped: readonly TreeNode[];
}

/** The tree of recent blocks and its heaviest branch (spec 06 §3). */
export class BlockTree {
  /** In the order of adding, so that children always come after their parents. */
  readonly #nodes = new Map<IdKey, TreeNode>();
  #main: TreeNode[] = [];
  /** Blocks added one on the other on top of the tip since the last recomputation; null when others were added too. */
  #grown: TreeNode[] | null = null;
  #staleTotals = false;
  readonly #refreshTotals = (): void => {
    if (!this.#staleTotals) return;
    this.#staleTotals = false;
    const nodes = Array.from(this.#nodes.values());
    for (let i = nodes.length - 1; i >= 0; i--) nodes[i]?.sum();
  };

  constructor(root: TreeNode) {
    root.hold();
    root.enter(this.#refreshTotals);
    this.#nodes.set(root.key, root);
    this.recompute();
  }

  get root(): TreeNode {
    return this.#main[0] as TreeNode;
  }

  /** As of the last recomputation, like all that concerns the main branch. */
  get tip(): TreeNode {
    return this.#main[this.#main.length - 1] as TreeNode;
  }

  /** Blocks on the main branch, root and tip included. */
  get length(): number {
    return this.#main.length;
  }

  /** Blocks on all branches. */
  get size(): number {
    return this.#nodes.size;
  }

  get(key: IdKey): TreeNode | undefined {
    return this.#nodes.get(key);
  }

  /** All blocks in the order they were added. */
  nodes(): IterableIterator<TreeNode> {
    return this.#nodes.values();
  }

  /** The main branch, root first. */
  mainBranch(): readonly TreeNode[] {
    return this.#main;
  }

  /** The main-branch block with this number. */
  mainAt(number: number): TreeNode | undefined {
    return this.#main[number - this.root.number];
  }

  isOnMain(node: TreeNode): boolean {
    return this.mainAt(node.number) === node;
  }

  /** Appends a block as the last child of its parent, which must be in the tree. Does not recompute. */
  add(node: TreeNode, parent: TreeNode): void {
    node.link(parent);
    node.enter(this.#refreshTotals);
    this.#nodes.set(node.key, node);
    if (this.#grown === null) return;
    if (parent === (this.#grown.at(-1) ?? this.tip)) this.#grown.push(node);
    else this.#grown = null;
  }

  /** A block of the main branch got many blocks on top: it gives back memory. The first block stays as it came. */
  settle(number: number): TreeNode | undefined {
    const node = this.mainAt(number);
    if (node === undefined || node.parent === null) return undefined;
    node.settle();
    return node;
  }

  /**
   * Totals, then the tip: from the root to the child with the strictly largest total, the first added among equals (spec 06 §3.3).
   * A branch that only grew is still the heaviest: then nothing needs to be compared.
   */
  recompute(): void {
    this.#staleTotals = true;
    const grown = this.#grown;
    this.#grown = [];
    if (grown !== null) {
      this.#main = [...this.#main, ...grown];
      return;
    }
    this.#main = [];
    const [root] = this.#nodes.values();
    for (let node = root; node !== undefined; node = heaviest(node.children)) this.#main.push(node);
  }

  /** Makes the main-branch block `length` - 1 below the tip the root (spec 06 §3.4) and recomputes. All that leaves is held in memory. */
  cut(length: number): CutNodes {
    const at = Math.max(0, this.#main.length - length);
    const removed = this.#main.slice(0, at);
    const root = this.#main[at] as TreeNode;
    const kept = new Set<TreeNode>([root]);
    for (const node of kept) for (const child of node.children) kept.add(child);
    const dropped: TreeNode[] = [];
    for (const node of this.#nodes.values()) {
      if (kept.has(node)) continue;
      this.#nodes.delete(node.key);
      if (!this.isOnMain(node)) dropped.push(node);
    }
    for (const node of [root, ...removed, ...dropped]) node.hold();
    root.unlink();
    this.#grown = null;
    this.recompute();
    return { removed, dropped };
  }
}

function heaviest(children: readonly TreeNode[]): TreeNode | undefined {
  let best = children[0];
  for (const child of children) if (best !== undefined && child !== best && compareWeights(child.total, best.total) > 0) best = child;
  return best;
}
