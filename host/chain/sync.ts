import { equalBytes } from "../protocol/bytes.js";
import type { CascadeNodes } from "../protocol/cascade.js";
import { MiniNumber } from "../protocol/number.js";
import type { TxBlock } from "../protocol/txblock.js";
import { carriesTransaction, isBlock, parentId, type TxPoW, txpowId } from "../protocol/txpow.js";
import { type Cascade, cascadeOf, EMPTY_CASCADE, isWellFormedChain } from "./cascade.js";
import { compareChains, type WeighedBlock, weighed } from "./compare.js";
import { parentKey, txpowKey } from "./id-key.js";
import { processBlocks } from "./processor.js";
import { missingListed } from "./requests.js";
import type { ChainState } from "./state.js";
import { NOTHING } from "./steps.js";
import { preparedBlocks } from "./sync-ahead.js";
import { TreeNode } from "./tree-node.js";
import { applyTxBlock, hasRightRoot, samePeaks } from "./txblock.js";
import type { Effect, PeerId, Rule, Steps } from "./types.js";
import { brokenBasicRule } from "./validation/basic-check.js";
import { brokenHeaderRule } from "./validation/header-check.js";
import { exceptionRule } from "./validation/rules.js";

/** Blocks added before the tip is looked for and the tree is cut (spec 06b §14.1 e). */
const BLOCKS_PER_BATCH = 256;
/** Blocks only looked at in one step. */
const BLOCKS_PER_STEP = 64;
/** Transactions of synced blocks younger than this are asked for, in milliseconds (spec 06b §14.1 c). */
const WANTED_AGE_MS = 3 * 3600 * 1000;
/** How long after the start TxBlocks are taken in any case, in milliseconds (spec 06b §14.1 b). */
const FIRST_SYNC_MS = 5 * 60 * 1000;

/** How a chain sync ended. */
export interface SyncResult {
  readonly added: number;
  /** Why it ended early. */
  readonly refused: Rule | undefined;
}

/** The answer to a greeting. Its blocks may be decoded while they are walked, and can be walked again. */
export interface ReceivedIBD {
  readonly cascade: CascadeNodes | null;
  readonly blocks: Iterable<TxBlock>;
}

/**
 * Works off the answer to a greeting (spec 06b §14.1). A cascade is taken if there is none yet; a chain that outweighs ours and
 * does not join it is only reported. Stricter than the network where honest chains pass.
 */
export function* receiveIBD(state: ChainState, ibd: ReceivedIBD, from: PeerId): Steps<SyncResult> {
  const ours = state.cascade;
  const result = yield* tryIBD(state, ibd, from);
  // A cascade without a single block on top is not worth having: the next peer may have a better one.
  if (state.tree === null) state.cascade = ours;
  if (result.refused !== undefined && !HARMLESS.has(result.refused))
    yield [{ type: "disconnect", peer: from, reason: result.refused, forget: true }];
  return result;
}

function* tryIBD(state: ChainState, ibd: ReceivedIBD, from: PeerId): Steps<SyncResult> {
  try {
    const refused = yield* judgeIBD(state, ibd, from);
    return refused === undefined ? yield* syncBlocks(state, ibd.blocks, from) : { added: 0, refused };
  } catch (error) {
    return { added: 0, refused: exceptionRule(error) };
  }
}

/** Reasons to take nothing from an IBD that are no fault of the sender's. */
const HARMLESS: ReadonlySet<Rule> = new Set(["other-network", "up-to-date", "below-root"]);

/** Why an IBD is not to be used, if so. Takes over its cascade if there is none yet. Throws ProtocolError for bad encodings. */
function* judgeIBD(state: ChainState, ibd: ReceivedIBD, from: PeerId): Steps<Rule | undefined> {
  const { cascade: ours, tree, params } = state;
  const nodes = ibd.cascade ?? [];
  if (!isFallingChain(nodes)) return "ibd-cascade";
  const theirs = nodes.length === 0 ? EMPTY_CASCADE : cascadeOf(nodes, params.cascadeNodes);
  const [first] = take(ibd.blocks, 1);
  if (!isWellFormedChain(theirs, first?.txpow)) return "ibd-cascade";
  yield NOTHING;
  if (ours.nodes.length > 0 && theirs.nodes.length > 0 && !(yield* isOursHeavier(theirs, ibd, state))) {
    yield [{ type: "heavier-chain", peer: from }];
    return "heavier-chain";
  }
  if (ours.nodes.length === 0) {
    // A young network with another first block: the reference drops all of it (spec 06 Q9).
    if (ibd.cascade !== null && theirs.nodes.length === 0 && tree !== null) return "other-network";
    if (theirs.nodes.length > 0 && (tree === null || followsCascade(tree.root.txpow, theirs))) state.cascade = theirs;
    if (tree !== null && state.cascade === theirs) yield [{ type: "cascade-adopted", cascade: theirs }];
  }
  return first !== undefined && isUpToDate(state) ? "up-to-date" : undefined;
}

/** What every honest cascade is: real blocks, with falling numbers. */
function isFallingChain(nodes: CascadeNodes): boolean {
  return nodes.every(({ txpow }, i) => {
    const older = nodes[i + 1]?.txpow;
    return isBlock(txpow) && (older === undefined || older.header.block.lessThan(txpow.header.block));
  });
}

function* isOursHeavier(cascade: Cascade, ibd: ReceivedIBD, { tree, cascade: ourCascade, params }: ChainState): Steps<boolean> {
  const ours = { cascade: ourCascade, blocks: (tree?.mainBranch() ?? []).toReversed() };
  const blocks: WeighedBlock[] = [];
  for (const { txpow } of ibd.blocks) {
    blocks.push(weighed(txpow));
    if (blocks.length % BLOCKS_PER_STEP === 0) yield NOTHING;
  }
  return compareChains(ours, { cascade, blocks: blocks.reverse() }, params.cascadeNodes).oursHeavier;
}

function take<T>(items: Iterable<T>, count: number): T[] {
  const taken: T[] = [];
  for (const item of items) {
    if (taken.length >= count) break;
    taken.push(item);
  }
  return taken;
}

/** Whether a block is the next one after a cascade's tip. Always after an empty one. */
function followsCascade(block: TxPoW, cascade: Cascade): boolean {
  const tip = cascade.nodes[0]?.txpow;
  if (tip === undefined) return true;
  return block.header.block.equals(tip.header.block.increment()) && equalBytes(parentId(block), txpowId(tip));
}

/** Once the first minutes are over, a node near the present takes whole TxPoWs only (spec 06b §14.1 b). */
function isUpToDate({ deps, tree, params, started }: ChainState): boolean {
  const now = deps.now();
  if (deps.followsTxBlocks === true) return false;
  if (tree === null || now - started <= FIRST_SYNC_MS) return false;
  return tree.tip.time.sub(MiniNumber.of(now)).abs().lessThan(MiniNumber.of(params.freshTip));
}

/** Adds blocks that come as TxBlocks, oldest first (spec 06b §14.2). Stops at the first bad one; those before it stay. */
export function* syncBlocks(state: ChainState, blocks: Iterable<TxBlock>, from: PeerId | null): Steps<SyncResult> {
  const progress: Progress = { added: 0, children: [] };
  let refused: Rule | undefined;
  try {
    refused = yield* addBlocks(state, blocks, from, progress);
  } catch (error) {
    refused = exceptionRule(error);
  }
  yield* state.recalculate();
  yield* processBlocks(state, progress.children.reverse());
  return { added: progress.added, refused };
}

interface Progress {
  added: number;
  /** Blocks that were stored earlier and whose parents have now come. */
  readonly children: TxPoW[];
}

/** Adds blocks until one is refused, whose rule it gives. Throws ProtocolError when one cannot be decoded. */
function* addBlocks(state: ChainState, blocks: Iterable<TxBlock>, from: PeerId | null, progress: Progress): Steps<Rule | undefined> {
  const { prepareSignatures } = state.deps;
  const isNew = (txpow: TxPoW): boolean => state.tree?.get(txpowKey(txpow)) === undefined;
  for (const { block, ready } of preparedBlocks(blocks, (txpow) => (isNew(txpow) ? prepareSignatures?.(txpow) : undefined))) {
    if (ready !== undefined) yield ready;
    const verdict = yield* checkSyncBlock(block, state);
    if (typeof verdict === "string") return verdict;
    if (verdict !== null) {
      yield attach(verdict, state);
      progress.children.push(...state.pool.childrenOf(verdict.key));
      progress.added++;
      if (progress.added % (BLOCKS_PER_BATCH + 1) === 0) yield* state.recalculate();
    }
    if (from !== null && state.deps.followsTxBlocks !== true) yield requests(block.txpow, from, state);
  }
  return undefined;
}

/** Puts a checked block into the tree, or makes it the root of a new one. */
export function attach(node: TreeNode, state: ChainState): Effect[] {
  const parent = state.tree?.get(parentKey(node.txpow));
  const isNew = !state.pool.has(node.key) && !state.deps.source.has(node.key);
  state.pool.add(node.txpow, !isNew);
  const effects: Effect[] = [...state.storeEffects([node.key]), { type: "block-added", node }];
  if (parent !== undefined) {
    state.tree?.add(node, parent);
    return effects;
  }
  return [...effects, ...state.plant(node)];
}

/** Asks for what a young block lists. */
function requests(block: TxPoW, peer: PeerId, state: ChainState): Effect[] {
  const age = MiniNumber.of(state.deps.now()).sub(block.header.time);
  if (age.moreOrEqual(MiniNumber.of(WANTED_AGE_MS))) return [];
  return missingListed(block, state).map((id) => ({ type: "request", id, peer }));
}

/** The node a sync block makes, null when it is in the tree already, or why it is refused. */
export function* checkSyncBlock(block: TxBlock, state: ChainState): Steps<TreeNode | null | Rule> {
  const { txpow } = block;
  const { tree } = state;
  try {
    if (tree?.get(txpowKey(txpow)) !== undefined) return null;
    if (!isBlock(txpow)) return "not-a-block";
    const parent = tree?.get(parentKey(txpow));
    // Whoever was away for long offers what everybody left behind, and stays to catch up.
    if (tree !== null && parent === undefined)
      return txpow.header.block.lessOrEqual(tree.root.txpow.header.block) ? "below-root" : "no-parent";
    const rule = parent === undefined ? brokenRootRule(block, state) : brokenChildRule(block, parent, state);
    if (rule !== undefined) return rule;
    yield NOTHING;
    if (carriesTransaction(txpow)) {
      const broken = brokenBasicRule(txpow) ?? (state.hasValidSignatures(txpow) ? undefined : "signature");
      if (broken !== undefined) return broken;
      yield NOTHING;
    }
    const { mmr, created } = yield* applyTxBlock(block, parent?.mmr ?? null);
    return hasRightRoot(mmr, txpow) ? TreeNode.of(block, mmr, created) : "mmr-root";
  } catch (error) {
    return exceptionRule(error);
  }
}

function brokenRootRule({ txpow }: TxBlock, { cascade }: ChainState): Rule | undefined {
  if (txpow.body === null) return "no-body";
  return followsCascade(txpow, cascade) ? undefined : "no-parent";
}

/** Header, peaks and total against the parent. Near a root that is not the first block time and difficulty cannot be known. */
function brokenChildRule({ txpow, previousPeaks }: TxBlock, parent: TreeNode, { tree, cascade, params }: ChainState): Rule | undefined {
  if (txpow.body === null) return "no-body";
  const root = tree?.root.number ?? 0;
  const windows = root <= 1 || parent.number - root >= params.speedWindow + 2 * params.medianWindow;
  const rule = brokenHeaderRule(txpow, parent, cascade, params, windows);
  if (rule !== undefined) return rule;
  if (!samePeaks(previousPeaks, parent.mmr.peaks())) return "previous-peaks";
  return txpow.header.total.moreThan(parent.txpow.header.total) ? "total" : undefined;
}
