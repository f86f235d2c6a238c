import type { Coin } from "../protocol/coin.js";
import { ProtocolError } from "../protocol/errors.js";
import type { MiniNumber } from "../protocol/number.js";
import type { TxBlock } from "../protocol/txblock.js";
import { superLevel, type TxPoW } from "../protocol/txpow.js";
import { blockTarget } from "./block-target.js";
import { type IdKey, listedKeys, txpowKey } from "./id-key.js";
import type { MMR } from "./mmr/mmr.js";
import { SavedBlock } from "./saved-block.js";
import { type BlockCoins, SettledBlock } from "./settled-block.js";
import { addWeights, blockWeight, compareWeights, type Weight } from "./weight.js";

/** Blocks this far below the tip need no witness any more: an hour and a half, longer than TxPoWs stay in memory (spec 06b §10). */
export const SETTLED_DEPTH = 128;

/** What a block is to the rules about its descendants: difficulty, time, super parents. */
export interface ChainLink {
  readonly key: IdKey;
  readonly txpow: TxPoW;
  readonly number: number;
  /** Of the header. */
  readonly time: MiniNumber;
  /** Of the header, as a number. */
  readonly target: bigint;
  readonly superLevel: number;
  readonly parent: ChainLink | null;
}

/** A block as it came. */
class FreshBlock {
  readonly coins: BlockCoins;

  constructor(
    readonly txblock: TxBlock,
    created: readonly Coin[],
  ) {
    this.coins = { spent: txblock.spentCoins.map(({ coin }) => coin), created };
  }

  get txpow(): TxPoW {
    return this.txblock.txpow;
  }
}

/** What is always at hand of a block. */
export interface BlockFacts {
  readonly key: IdKey;
  readonly number: number;
  readonly time: MiniNumber;
  readonly target: bigint;
  readonly superLevel: number;
  /** Keys of the TxPoWs it lists, in order. */
  readonly listed: readonly IdKey[];
  /** The weight of this block alone. */
  readonly weight: Weight;
}

/** Throws `range` when the block has no number or weight a tree can hold. */
function factsOf(txpow: TxPoW): BlockFacts {
  return {
    key: txpowKey(txpow),
    number: blockNumber(txpow),
    time: txpow.header.time,
    target: blockTarget(txpow),
    superLevel: superLevel(txpow),
    listed: listedKeys(txpow),
    weight: blockWeight(txpow),
  };
}

/** Shared: almost no block carries coins over. */
const NO_COINS: readonly Coin[] = [];

/** A block in the tree (spec 06 §3.1). */
export class TreeNode implements ChainLink, BlockFacts {
  readonly key: IdKey;
  readonly number: number;
  readonly time: MiniNumber;
  readonly target: bigint;
  readonly superLevel: number;
  readonly listed: readonly IdKey[];
  readonly weight: Weight;
  #parent: TreeNode | null = null;
  #children: readonly TreeNode[] = [];
  #total: Weight;
  #refreshTotals: () => void = () => {};
  #carried = NO_COINS;
  #block: FreshBlock | SettledBlock | SavedBlock;

  constructor(
    facts: BlockFacts,
    block: FreshBlock | SettledBlock | SavedBlock,
    readonly mmr: MMR,
  ) {
    this.#block = block;
    this.key = facts.key;
    this.number = facts.number;
    this.time = facts.time;
    this.target = facts.target;
    this.superLevel = facts.superLevel;
    this.listed = facts.listed;
    this.weight = facts.weight;
    this.#total = facts.weight;
  }

  /** Throws `range` when the block has no number or weight a tree can hold. */
  static of(txblock: TxBlock, mmr: MMR, created: readonly Coin[]): TreeNode {
    return new TreeNode(factsOf(txblock.txpow), new FreshBlock(txblock, created), mmr);
  }

  get txpow(): TxPoW {
    return this.#block.txpow;
  }

  /** Complete until the block is settled: who needs proofs and witness later reads them from the store. */
  get txblock(): TxBlock {
    return this.#block.txblock;
  }

  /** Forgets what only checking and storing the block needed: proofs and witnesses, most of the memory a block takes. */
  settle(): void {
    if (this.#block instanceof FreshBlock) this.#block = SettledBlock.of(this.#block.txpow, this.#block.coins);
  }

  /** The block in short, once it is settled, and until it is saved. */
  get settled(): SettledBlock | undefined {
    return this.#block instanceof SettledBlock ? this.#block : undefined;
  }

  /** Whether most of it is on disk only. */
  get isSaved(): boolean {
    return this.#block instanceof SavedBlock;
  }

  /** Forgets what can be read from where it was saved. */
  shed(saved: SavedBlock): void {
    const { sealed } = this.mmr;
    if (sealed === undefined) return;
    this.mmr.reseal(sealed, saved.mmr);
    this.#block = saved;
  }

  /** Takes all of it into memory again: the place where it was saved may be given up. */
  hold(): void {
    if (!(this.#block instanceof SavedBlock)) return;
    const { mmr, body } = this.#block;
    const { next } = mmr;
    const { block, peaks, root, nodes } = body;
    this.mmr.reseal(mmr, { next, peaks, root, nodes });
    this.#block = block;
  }

  get parent(): TreeNode | null {
    return this.#parent;
  }

  /** In the order they were added. */
  get children(): readonly TreeNode[] {
    return this.#children;
  }

  /** Weight of this block and all its descendants, as of the last recomputation. */
  get total(): Weight {
    this.#refreshTotals();
    return this.#total;
  }

  /** Coins as the block created them: real ids, entries and block number. */
  get created(): readonly Coin[] {
    return this.#block.coins.created;
  }

  /** Coins that the block spent, as its TxBlock has them. */
  get spent(): readonly Coin[] {
    return this.#block.coins.spent;
  }

  /** Older coins that a cut carried over into this block's MMR (spec 06 §3.4). */
  get carried(): readonly Coin[] {
    return this.#carried;
  }

  carry(coins: readonly Coin[]): void {
    this.#carried = coins;
  }

  /** Only for the tree, which brings totals up to date when somebody asks. */
  enter(refreshTotals: () => void): void {
    this.#refreshTotals = refreshTotals;
  }

  /** Only for the tree. */
  link(parent: TreeNode): void {
    this.#parent = parent;
    // Not added to: an array that grows takes room for many more.
    parent.#children = [...parent.#children, this];
  }

  /** Only for the tree: what is below is forgotten, the MMR's overlays included. */
  unlink(): void {
    this.#parent = null;
    this.mmr.parent = null;
  }

  /** Only for the tree: the children's totals must be up to date. */
  sum(): void {
    let total = this.weight;
    for (const child of this.#children) total = addWeights(total, child.#total);
    this.#total = total;
  }
}

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

/** The number of a block as a plain number. Throws `range` when it is no whole number below 2^53. */
export function blockNumber(txpow: TxPoW): number {
  const { block } = txpow.header;
  const value = Math.abs(block.scale) > 100 ? Number.NaN : Number(block.toBigInt());
  if (!Number.isSafeInteger(value) || !block.isWhole()) throw new ProtocolError("range", "block number is no whole number");
  return value;
}
