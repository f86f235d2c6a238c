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
import { addWeights, blockWeight, type Weight } from "./weight.js";

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

/** The number of a block as a plain number. Throws `range` when it is no whole number below 2^53. */
export function blockNumber(txpow: TxPoW): number {
  const { block } = txpow.header;
  const value = Math.abs(block.scale) > 100 ? Number.NaN : Number(block.toBigInt());
  if (!Number.isSafeInteger(value) || !block.isWhole()) throw new ProtocolError("range", "block number is no whole number");
  return value;
}
