import type { Coin } from "../protocol/coin.js";
import type { TxPoW } from "../protocol/txpow.js";
import { UpperLevels } from "../protocol/upper-levels.js";
import { hasRightBody } from "./arrival.js";
import { type Cascade, EMPTY_CASCADE, extendCascade } from "./cascade.js";
import { carryCoins } from "./coins.js";
import type { IdKey } from "./id-key.js";
import { MainIndex } from "./main-index.js";
import { Mempool } from "./mempool.js";
import type { NetworkParams } from "./params.js";
import { TxPoWPool } from "./pool.js";
import type { KnownTxPoWs } from "./requests.js";
import { NOTHING } from "./steps.js";
import { BlockTree, SETTLED_DEPTH } from "./tree.js";
import type { TreeNode } from "./tree-node.js";
import type { BlockCheck, ChainDeps, Effect, Steps } from "./types.js";
import { checkBlockContent } from "./validation/block-check.js";
import { brokenHeaderRule } from "./validation/header-check.js";
import { ScriptBudget } from "./validation/script-budget.js";
import { ScriptChecker } from "./validation/script-check.js";
import { hasValidSignatures } from "./validation/signature-check.js";

const POOL_BYTES = 64 * 1024 * 1024;
/** Blocks that are about to leave the tree, made ready for it in one step. */
const BLOCKS_PER_STEP = 16;

/** All that a chain knows, and how it changes when blocks have come in (spec 06b §9). */
export class ChainState implements KnownTxPoWs {
  readonly params: NetworkParams;
  readonly deps: ChainDeps;
  readonly pool: TxPoWPool;
  readonly mempool: Mempool;
  readonly main = new MainIndex();
  readonly scripts: ScriptChecker;
  /** Blocks whose header fits onto the tree, by the id of a listed TxPoW that has not arrived. */
  readonly waiting = new Map<IdKey, TxPoW[]>();
  /** When the network was joined, Unix milliseconds. */
  started: number;
  readonly hasValidSignatures: (txpow: TxPoW) => boolean;
  readonly blockCheck: BlockCheck;
  tree: BlockTree | null = null;
  cascade: Cascade = EMPTY_CASCADE;

  constructor(params: NetworkParams, deps: ChainDeps) {
    this.params = params;
    this.deps = deps;
    this.pool = new TxPoWPool({ now: deps.now, maxBytes: deps.poolBytes ?? POOL_BYTES });
    this.mempool = new Mempool(this.pool, this.main);
    this.scripts = new ScriptChecker(deps.checkScripts);
    this.started = deps.now();
    const { recover } = new UpperLevels();
    this.hasValidSignatures = deps.hasValidSignatures ?? ((txpow) => hasValidSignatures(txpow, recover));
    const check: BlockCheck = {
      brokenHeaderRule: (block, parent, cascade) => brokenHeaderRule(block, parent, cascade, params),
      checkContent: (block, parent, listed, work) => checkBlockContent(block, parent, listed, this.scripts, new ScriptBudget(work)),
    };
    this.blockCheck = deps.wrapBlockCheck?.(check) ?? check;
  }

  /**
   * Whether a TxPoW need not be sent to us. One whose body is not the one its header names is as good as unknown until the tree
   * needs it: the right body may still come (spec 06b §18).
   */
  knows(key: IdKey): boolean {
    const held = this.pool.peek(key);
    return held === undefined ? this.deps.source.has(key) : hasRightBody(held) || this.tree?.get(key) !== undefined;
  }

  /** A TxPoW from memory or from the host's store. */
  get(key: IdKey): TxPoW | undefined {
    return this.pool.get(key) ?? this.deps.source.get(key);
  }

  /** Whether a block is on the main branch. */
  isOnMain(key: IdKey): boolean {
    const node = this.tree?.get(key);
    return node !== undefined && this.tree?.isOnMain(node) === true;
  }

  /** What the host has yet to store of these TxPoWs. */
  storeEffects(keys: readonly IdKey[]): Effect[] {
    return keys.flatMap((key) => {
      const txpow = this.pool.takeUnstored(key);
      return txpow === undefined ? [] : [{ type: "store", txpow } as const];
    });
  }

  /** Makes a block the root of a tree that was not there before, on the cascade if there is one. */
  plant(root: TreeNode): Effect[] {
    this.tree = new BlockTree(root);
    this.main.add(root);
    const tip: Effect = { type: "tip", tip: root, disconnected: [], connected: [root] };
    return this.cascade.nodes.length === 0 ? [tip] : [{ type: "cascade-adopted", cascade: this.cascade }, tip];
  }

  /** Finds the tip after blocks were added, and cuts the tree when it has grown long (spec 06 §3.3, §3.4). */
  *recalculate(): Steps<void> {
    const { tree } = this;
    if (tree === null) return;
    const before = tree.mainBranch();
    tree.recompute();
    yield this.#follow(tree, before);
    const { treeLength, cutFrequency, cascadeNodes } = this.params;
    if (tree.length < treeLength + cutFrequency) return;
    const carried = yield* carryCoins(tree.mainBranch()[tree.length - treeLength] as TreeNode, this.deps.isRelevant);
    const leaving = tree.mainBranch().slice(0, -treeLength);
    for (const [i, node] of leaving.entries()) {
      // Most are read from disk.
      node.hold();
      if (i % BLOCKS_PER_STEP === BLOCKS_PER_STEP - 1) yield NOTHING;
    }
    const cascade = extendCascade(
      this.cascade,
      leaving.map(({ txpow }) => txpow),
      cascadeNodes,
    );
    yield NOTHING;
    yield [this.#cut(tree, cascade, carried)];
  }

  /** Marks what the way from the old tip to the new one brings onto the main branch and takes off it. */
  #follow(tree: BlockTree, before: readonly TreeNode[]): Effect[] {
    const after = tree.mainBranch();
    let common = 0;
    while (common < before.length && before[common] === after[common]) common++;
    const disconnected = before.slice(common).reverse();
    const connected = after.slice(common);
    for (const node of disconnected) this.main.remove(node);
    for (const node of connected) {
      this.main.add(node);
      const settled = tree.settle(node.number - SETTLED_DEPTH);
      if (settled !== undefined) for (const key of [settled.key, ...settled.listed]) this.pool.remove(key);
    }
    return connected.length === 0 && disconnected.length === 0 ? [] : [{ type: "tip", tip: tree.tip, disconnected, connected }];
  }

  /** `cascade` is the one with the blocks that leave, `carried` what stays of them. */
  #cut(tree: BlockTree, cascade: Cascade, carried: readonly Coin[]): Effect {
    const { removed, dropped } = tree.cut(this.params.treeLength);
    tree.root.carry([...tree.root.carried, ...carried]);
    for (const node of removed) {
      this.main.remove(node);
      for (const key of [node.key, ...node.listed]) this.pool.remove(key);
    }
    this.cascade = cascade;
    this.#forgetWaiting(tree.root);
    return { type: "cut", root: tree.root.key, cascade: this.cascade, removed, dropped };
  }

  /** Blocks that fork off below the root can never enter the tree any more. */
  #forgetWaiting(root: TreeNode): void {
    for (const [key, blocks] of this.waiting) {
      const left = blocks.filter((block) => block.header.block.moreThan(root.txpow.header.block));
      if (left.length === 0) this.waiting.delete(key);
      else this.waiting.set(key, left);
    }
  }
}
