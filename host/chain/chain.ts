import { ProtocolError } from "../protocol/errors.js";
import type { TxBlock } from "../protocol/txblock.js";
import { isBlock, type TxPoW, txpowId } from "../protocol/txpow.js";
import type { CoinProof } from "../protocol/witness.js";
import { checkArrival, hasRightBody, isProven } from "./arrival.js";
import { type BuildRequest, buildTxPoW } from "./builder.js";
import type { Cascade } from "./cascade.js";
import { type CoinImport, importCoin } from "./coin-import.js";
import { GENESIS_PEAK } from "./genesis.js";
import { type IdKey, idKey, txpowKey } from "./id-key.js";
import type { Mempool } from "./mempool.js";
import { MMR } from "./mmr/mmr.js";
import type { NetworkParams } from "./params.js";
import type { TxPoWPool } from "./pool.js";
import { processBlocks } from "./processor.js";
import { missingBelow, missingOnMain } from "./requests.js";
import { restoreTree } from "./restore.js";
import type { SavedChain } from "./snapshot.js";
import { ChainState } from "./state.js";
import { runSteps } from "./steps.js";
import { type ReceivedIBD, receiveIBD, type SyncResult, syncBlocks } from "./sync.js";
import type { BlockTree } from "./tree.js";
import { TreeNode } from "./tree-node.js";
import { applyTxBlock, hasRightRoot, makeTxBlock } from "./txblock.js";
import { receiveTxBlock, type TxBlockArrival, WaitingTxBlocks } from "./txblock-arrival.js";
import type { Arrival, ChainDeps, Effect, PeerId, Steps } from "./types.js";
import { judgeTransaction, type TransactionVerdict } from "./validation/verdict.js";

/** TxPoWs that nobody asked for as long as this leave memory (spec 06b §10). */
const POOL_LIFE_MS = 3600 * 1000;
/** How often one peer is asked for all that the newest blocks lack (spec 06b §4 step 6). */
const WHOLE_BRANCH_INTERVAL_MS = 10 * 60 * 1000;

/**
 * The chain as a state machine: what comes in goes into a method, what the host has to do comes out as effects (spec 06, 06b). One
 * thing at a time: steps that were begun are to be finished before anything else is begun.
 */
export class Chain {
  readonly params: NetworkParams;
  readonly #state: ChainState;
  readonly #waitingTxBlocks = new WaitingTxBlocks();
  /** When a peer was last asked for all that the newest blocks lack. */
  readonly #askedWholeBranch = new Map<PeerId, number>();

  constructor(params: NetworkParams, deps: ChainDeps) {
    this.params = params;
    this.#state = new ChainState(params, deps);
  }

  /** The chain as it was saved. Follow it with `resume`. Throws ProtocolError when what was saved makes no chain. */
  static restore(params: NetworkParams, deps: ChainDeps, saved: SavedChain): Chain {
    const chain = new Chain(params, deps);
    const state = chain.#state;
    state.cascade = saved.cascade;
    state.tree = restoreTree(saved);
    for (const node of state.tree?.mainBranch() ?? []) state.main.add(node);
    for (const txpow of saved.recent) state.pool.add(txpow, true);
    return chain;
  }

  /** Null while nothing is known of any chain. */
  get tree(): BlockTree | null {
    return this.#state.tree;
  }

  get cascade(): Cascade {
    return this.#state.cascade;
  }

  get tip(): TreeNode | null {
    return this.#state.tree?.tip ?? null;
  }

  get mempool(): Mempool {
    return this.#state.mempool;
  }

  get pool(): TxPoWPool {
    return this.#state.pool;
  }

  /** Whether a TxPoW need not be asked for. */
  knows(key: IdKey): boolean {
    return this.#state.knows(key);
  }

  /** A TxPoW from memory or from the host's store. */
  get(key: IdKey): TxPoW | undefined {
    return this.#state.get(key);
  }

  /** The oldest main-branch block of the tree that is or lists a TxPoW. */
  blockOf(key: IdKey): TreeNode | undefined {
    return this.#state.main.blockOf(key);
  }

  /** Starts an empty chain with the first block of a network (spec 06 §2). Throws ProtocolError when its MMR root is wrong. */
  begin(genesis: TxPoW): readonly Effect[] {
    const state = this.#state;
    if (state.tree !== null) throw new Error("the chain has begun already");
    const before = MMR.fromPeaks(0, [GENESIS_PEAK]);
    before.finalise();
    const txblock = runSteps(makeTxBlock(before, genesis, [])).result;
    const { mmr, created } = runSteps(applyTxBlock(txblock, null)).result;
    if (!hasRightRoot(mmr, genesis)) throw new ProtocolError("malformed", "the first block has another MMR root");
    const node = TreeNode.of(txblock, mmr, created);
    state.pool.add(genesis, false);
    return [...state.storeEffects([node.key]), { type: "block-added", node }, ...state.plant(node)];
  }

  /** Takes up what was under way when the chain was saved: blocks that were stored but are not in the tree. */
  *resume(): Steps<void> {
    const state = this.#state;
    yield* processBlocks(state, state.pool.blocks().reverse());
  }

  /** A TxPoW came in, from a peer or made here (spec 06b §4, §8, §9). */
  *receiveTxPoW(txpow: TxPoW, from: PeerId | null): Steps<Arrival> {
    const state = this.#state;
    const { tree, pool } = state;
    const key = txpowKey(txpow);
    if (tree === null) return { verdict: "dropped", rule: "no-chain" };
    const held = pool.peek(key);
    const replaces = held !== undefined && !state.knows(key) && hasRightBody(txpow);
    if ((held !== undefined || state.deps.source.has(key)) && !replaces) return { verdict: "known" };
    const { deps, scripts, mempool } = state;
    const check = yield* checkArrival(txpow, {
      tip: tree.tip,
      root: tree.root,
      pool,
      now: deps.now(),
      fullBelow: mempool.fullBelow,
      scripts,
      hasValidSignatures: state.hasValidSignatures,
    });
    if (check.fate === "drop") {
      if (check.disconnect && from !== null) yield [{ type: "disconnect", peer: from, reason: check.rule, forget: false }];
      return { verdict: "dropped", rule: check.rule };
    }
    if (replaces) pool.remove(key);
    pool.add(txpow, false);
    const worthKeeping = from === null || (!isBlock(txpow) && isProven(txpow, tree.tip.txpow));
    const effects: Effect[] = worthKeeping ? state.storeEffects([key]) : [];
    if (check.refused === undefined) effects.push({ type: "relay-txpow", id: txpowId(txpow) });
    if (from !== null) effects.push(...(yield* this.#requests(txpow, from, tree)));
    yield effects;
    const waiting = state.waiting.get(key) ?? [];
    state.waiting.delete(key);
    yield* blaming(processBlocks(state, [...waiting.toReversed(), txpow]), key, from);
    return { verdict: "stored", refused: check.refused };
  }

  /** What the sender of a block is asked for (spec 06b §4 step 6). */
  *#requests(txpow: TxPoW, peer: PeerId, tree: BlockTree): Steps<Effect[]> {
    const state = this.#state;
    if (!isBlock(txpow) || txpow.header.block.lessThan(tree.root.txpow.header.block)) return [];
    const missing = missingBelow(txpow, tree.root, state);
    const now = state.deps.now();
    const asked = this.#askedWholeBranch.get(peer);
    if (asked === undefined || now - asked >= WHOLE_BRANCH_INTERVAL_MS) {
      this.#askedWholeBranch.set(peer, now);
      missing.push(...(yield* missingOnMain(tree.tip, state)));
    }
    const unique = new Map(missing.map((id) => [idKey(id), id]));
    return Array.from(unique.values(), (id) => ({ type: "request", id, peer }));
  }

  /** All connections are made anew: for some minutes blocks of IBDs are taken in any case (spec 06b §14.1 b). */
  networkRestarted(): void {
    this.#state.started = this.#state.deps.now();
  }

  /** A connection ended. */
  forgetPeer(peer: PeerId): void {
    this.#askedWholeBranch.delete(peer);
  }

  /** The answer to a greeting came in (spec 06b §14.1). */
  receiveIBD(ibd: ReceivedIBD, from: PeerId): Steps<SyncResult> {
    return receiveIBD(this.#state, ibd, from);
  }

  /** A TxBlock came in by itself (spec 06b §13). */
  receiveTxBlock(block: TxBlock, from: PeerId): Steps<TxBlockArrival> {
    return receiveTxBlock(this.#state, this.#waitingTxBlocks, block, from);
  }

  /** Blocks of a chain sync or a restore, oldest first (spec 06b §14.2). */
  syncBlocks(blocks: Iterable<TxBlock>, from: PeerId | null): Steps<SyncResult> {
    return syncBlocks(this.#state, blocks, from);
  }

  /** Takes in a coin from below the tree that somebody else proves (spec 09 §7.11). */
  importCoin(coinProof: CoinProof): Steps<CoinImport> {
    const { tree } = this.#state;
    if (tree === null) throw new ProtocolError("malformed", "there is no chain to check a coin against");
    return importCoin(tree, coinProof);
  }

  /** Makes a TxPoW that is a complete block on the tip, ready to be mined (spec 06b §11). Throws ProtocolError. */
  build(request: BuildRequest): Steps<TxPoW> {
    const { tree, mempool, scripts } = this.#state;
    if (tree === null) throw new ProtocolError("malformed", "there is no chain to build on");
    return buildTxPoW(request, { tip: tree.tip, params: this.params, mempool, scripts });
  }

  /** Which checks the transaction of a TxPoW would pass if it came in now. Throws ProtocolError when there is no chain. */
  judge(txpow: TxPoW): Steps<TransactionVerdict> {
    const { tree, scripts, hasValidSignatures } = this.#state;
    if (tree === null) throw new ProtocolError("malformed", "there is no chain to check against");
    return judgeTransaction(txpow, { tip: tree.tip, scripts, hasValidSignatures });
  }

  /** Time has passed: drops from memory what nobody asked for. To be called every half hour or so. */
  expire(): void {
    this.#state.pool.expire(this.#state.deps.now() - POOL_LIFE_MS);
  }
}

/** Notes with a block that turns out to be invalid who sent it. */
function* blaming(steps: Steps<void>, key: IdKey, from: PeerId | null): Steps<void> {
  for (const step of steps) {
    if (step instanceof Promise || from === null) yield step;
    else yield step.map((effect) => (effect.type === "block-invalid" && idKey(effect.id) === key ? { ...effect, peer: from } : effect));
  }
}
