import { toUnsigned } from "../protocol/bytes.js";
import { isBlock, type TxPoW, txpowId } from "../protocol/txpow.js";
import { hasRightBody } from "./arrival.js";
import { type IdKey, listedKeys, parentKey, txpowKey } from "./id-key.js";
import type { TxPoWPool } from "./pool.js";
import type { ChainState } from "./state.js";
import { NOTHING } from "./steps.js";
import type { BlockTree } from "./tree.js";
import { blockNumber, type TreeNode } from "./tree-node.js";
import type { Effect, Rule, Steps } from "./types.js";
import { brokenRule } from "./validation/rules.js";
import { CONFIRMED_BLOCK_WORK, UNCONFIRMED_BLOCK_WORK } from "./validation/script-budget.js";

/** From this tip number on the main network keeps new blocks away from the root (spec 06b §8). */
const ROOT_DISTANCE_FROM = 1000;
/** How far above a block with costly scripts others still have it checked once more; no block needs as many checks. */
const MOST_ON_COSTLY = 64;
/** How many times easier a block's target may be than its parent's: more than difficulty ever falls in one step (spec 06 §4). */
const EASIEST_CHILD = 8n;

/**
 * Puts blocks into the tree, and what waited for them, then finds the tip (spec 06b §8, §9). `first` is worked off from the end.
 * A block whose parent is not in the tree, or of whose list something is missing, is remembered and tried again as soon as that
 * comes.
 */
export function* processBlocks(state: ChainState, first: readonly TxPoW[]): Steps<void> {
  const { tree, pool } = state;
  if (tree === null) return;
  const stack = [...first];
  let changed = false;
  for (let block = stack.pop(); block !== undefined; block = stack.pop()) {
    const key = txpowKey(block);
    if (!isBlock(block) || tree.get(key) !== undefined || pool.status(key) === "invalid" || !isInRange(block, tree, state)) continue;
    const parent = tree.get(parentKey(block));
    if (parent === undefined) {
      const below = unseenParent(block, state);
      if (below !== undefined) stack.push(below);
      continue;
    }
    const node = yield* checkBlock(block, parent, state);
    if (node === undefined) continue;
    tree.add(node, parent);
    pool.setStatus(key, undefined);
    changed = true;
    yield [...state.storeEffects([key, ...listedKeys(block)]), { type: "block-added", node }, { type: "relay-block", id: txpowId(block) }];
    stack.push(...storedChildren(key, state));
  }
  if (changed) yield* state.recalculate();
  pool.trim();
}

/** Blocks at the root or too close to it are not looked at (spec 06b §8 step 2). */
function isInRange(block: TxPoW, tree: BlockTree, { params }: ChainState): boolean {
  if (brokenRule(() => void blockNumber(block)) !== undefined) return false;
  const distance = params.rootDistance > 0 && tree.tip.number < ROOT_DISTANCE_FROM ? Number.NEGATIVE_INFINITY : params.rootDistance;
  return blockNumber(block) > tree.root.number + distance;
}

/** Marks a block as parentless; its stored parent if that was not seen to be parentless itself. */
function unseenParent(block: TxPoW, { pool, deps }: ChainState): TxPoW | undefined {
  if (pool.status(txpowKey(block)) === "orphan") return undefined;
  pool.setStatus(txpowKey(block), "orphan");
  const key = parentKey(block);
  const stored = pool.has(key) ? undefined : deps.source.get(key);
  if (stored !== undefined) pool.add(stored, true);
  return pool.status(key) === undefined ? pool.get(key) : costlyAncestor(block, pool);
}

/** The block with costly scripts that this one builds on, with nothing but orphans in between. */
function costlyAncestor(block: TxPoW, pool: TxPoWPool): TxPoW | undefined {
  let below = pool.peek(parentKey(block));
  for (let steps = 0; below !== undefined && steps < MOST_ON_COSTLY; steps++) {
    const status = pool.status(txpowKey(below));
    if (status === "costly") return isWorthAs(block, below) ? below : undefined;
    if (status !== "orphan") return undefined;
    below = pool.peek(parentKey(below));
  }
  return undefined;
}

/**
 * Whether the work in a block is about as much as that of the block it builds on. It shows that somebody with a share in the network's
 * work holds the parent for valid, which nobody can show for free.
 */
function isWorthAs(child: TxPoW, parent: TxPoW): boolean {
  return toUnsigned(child.header.blkdiff) <= toUnsigned(parent.header.blkdiff) * EASIEST_CHILD;
}

/** What the scripts of a block may cost now (docs/decisions/0005-script-work.md). */
function scriptWork(block: TxPoW, state: ChainState): number {
  const isBuiltOn = storedChildren(txpowKey(block), state).some((child) => isWorthAs(child, block));
  return isBuiltOn ? CONFIRMED_BLOCK_WORK : UNCONFIRMED_BLOCK_WORK;
}

/** Blocks on this one that are in memory or were stored earlier, in the order they came. */
function storedChildren(key: IdKey, { pool, deps }: ChainState): TxPoW[] {
  const recent = pool.childrenOf(key);
  const older = deps.source.childrenOf(key).filter((child) => !pool.has(txpowKey(child)));
  return [...older, ...recent];
}

/** The whole block check of a block whose parent is in the tree, if all that the block lists is there (spec 06b §7). */
function* checkBlock(block: TxPoW, parent: TreeNode, state: ChainState): Steps<TreeNode | undefined> {
  const key = txpowKey(block);
  const headerRule = brokenRule(() => state.blockCheck.brokenHeaderRule(block, parent, state.cascade));
  if (headerRule !== undefined) {
    yield [refuse(block, headerRule, state)];
    return undefined;
  }
  yield hasRightBody(block) ? state.storeEffects([key]) : NOTHING;
  const listed: TxPoW[] = [];
  for (const id of listedKeys(block)) {
    const txpow = state.get(id);
    if (txpow === undefined) {
      wait(block, id, state);
      return undefined;
    }
    listed.push(txpow);
  }
  const verdict = yield* state.blockCheck.checkContent(block, parent, listed, scriptWork(block, state));
  if ("node" in verdict) return verdict.node;
  if ("undecided" in verdict) {
    state.pool.setStatus(key, "costly");
    yield [{ type: "block-costly", id: txpowId(block), number: blockNumber(block) }];
    return undefined;
  }
  const doubtful = [block, ...listed].find((txpow) => !hasRightBody(txpow));
  if (doubtful !== undefined) wait(block, txpowKey(doubtful), state);
  else yield [refuse(block, verdict.rule, state)];
  return undefined;
}

function refuse(block: TxPoW, rule: Rule, { pool }: ChainState): Effect {
  pool.setStatus(txpowKey(block), "invalid");
  return { type: "block-invalid", id: txpowId(block), number: blockNumber(block), rule };
}

/** The block is tried again when this TxPoW comes, or comes with the right body. */
function wait(block: TxPoW, missing: IdKey, { pool, waiting }: ChainState): void {
  pool.setStatus(txpowKey(block), "waiting");
  const others = waiting.get(missing) ?? [];
  if (!others.some((other) => txpowKey(other) === txpowKey(block))) waiting.set(missing, [...others, block]);
}
