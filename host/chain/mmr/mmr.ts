import { entryNumber } from "../../protocol/entry-number.js";
import { ProtocolError } from "../../protocol/errors.js";
import { equalNodes, foldProof, parentNode } from "../../protocol/mmr-node.js";
import type { MMRData, MMREntry, MMRProof, ProofChunk } from "../../protocol/mmr-objects.js";
import { MiniNumber } from "../../protocol/number.js";
import { bagPath, bagRoot } from "./bagging.js";
import { blocktimeBound, blocktimeNumber } from "./blocktime.js";
import { DeferredParents } from "./deferred-parents.js";
import { type FixedNodes, type MMRNodes, NodeStore } from "./node-store.js";
import type { PackedNodes } from "./packed-nodes.js";
import { keyEntry, keyRow, MAX_ROWS, type PositionKey, positionKey } from "./position.js";

/** No proof that leads from a leaf to a root has more chunks: 256 rows, then 256 peaks bagged (spec 03 §15). */
const MAX_PROOF_CHUNKS = 264;

/** Makes a parent for a place: at once, or deferred. */
type Join = (left: MMRData, right: MMRData, key: PositionKey) => MMRData;

/** What a final MMR has in the place of its highest entries: one for all. */
const FINAL: never[] = [];

/** A final MMR, in short. */
export interface SealedMMR {
  readonly next: bigint;
  /** Their places, highest row first. */
  readonly peaks: readonly number[];
  readonly root: MMRData | null;
  readonly nodes: FixedNodes;
}

/**
 * One MMR, or the part of one that a single block wrote, laid over the MMR of the parent block (spec 03 §4, §7).
 * It can grow until `finalise`; from then on peaks and root are fixed and the nodes are kept in a compact form.
 */
export class MMR {
  /** The overlay of the parent block; null where the tree begins. */
  parent: MMR | null;
  /** What lies below the tree, on nodes that keep it: nodes are found there, but no proof is made or checked against it (spec 03 §12). */
  floor: MMR | null = null;
  #blocktime: number;
  readonly #nodes: MMRNodes;
  /** The highest entry seen in each row, until final. */
  #last: (bigint | undefined)[] = [];
  #next = 0n;
  #final: { readonly peaks: readonly PositionKey[]; readonly root: MMRData | null } | null = null;

  constructor(blocktime: number, parent: MMR | null = null, nodes: MMRNodes = new NodeStore()) {
    this.#blocktime = blocktime;
    this.parent = parent;
    this.#nodes = nodes;
  }

  /** An MMR of which only the peaks are known; the number of leaves follows from them (spec 03 §4). Throws `malformed`. */
  static fromPeaks(blocktime: number, peaks: readonly MMREntry[]): MMR {
    const mmr = new MMR(blocktime);
    mmr.advance(blocktime, peaks);
    return mmr;
  }

  /** An empty overlay over a block's MMR, for its child (spec 03 §7). */
  static over(parent: MMR): MMR {
    const mmr = MMR.fromPeaks(parent.blocktime + 1, parent.peaks());
    mmr.parent = parent;
    return mmr;
  }

  /** An MMR of these leaves, of block 0. */
  static of(leaves: readonly MMRData[]): MMR {
    const mmr = new MMR(0);
    const deferred = new DeferredParents();
    for (const leaf of leaves) mmr.add(leaf, deferred.join);
    for (const _ of mmr.settle(deferred));
    return mmr;
  }

  /** The MMR of a block as `sealed` gave it. */
  static restored(blocktime: number, sealed: SealedMMR): MMR {
    const mmr = new MMR(blocktime, null, new NodeStore(sealed.nodes));
    mmr.#next = sealed.next;
    mmr.#final = sealed;
    mmr.#last = FINAL;
    return mmr;
  }

  /** What was `before` is held somewhere else from now on. Nodes that were placed later stay. */
  reseal(before: SealedMMR, sealed: SealedMMR): void {
    this.#final = sealed;
    this.#nodes.replace?.(before.nodes, sealed.nodes);
  }

  /** What has to be saved of a final MMR, without nodes that were placed later; undefined for what has no short form. */
  get sealed(): (SealedMMR & { readonly nodes: PackedNodes }) | undefined {
    const nodes = this.#nodes.packed;
    if (this.#final === null || nodes === undefined) return undefined;
    const peaks = this.#final.peaks.filter((key) => typeof key === "number");
    return peaks.length < this.#final.peaks.length ? undefined : { next: this.#next, peaks, root: this.#final.root, nodes };
  }

  /** The block this MMR belongs to. */
  get blocktime(): number {
    return this.#blocktime;
  }

  /** Number of leaves, which is the entry of the next one. */
  get next(): bigint {
    return this.#next;
  }

  /** Only for what was written elsewhere: the number need not fit the nodes (spec 03 §3). */
  set next(value: bigint) {
    this.#next = value;
  }

  /** Nodes held here, without those of overlays below. */
  get size(): number {
    return this.#nodes.size;
  }

  /** All nodes held here, in no particular order. */
  *entries(): IterableIterator<MMREntry> {
    for (const [key, data] of this.#nodes.entries()) yield entryAt(key, data);
  }

  /** Goes on as the MMR of a block, over the peaks of the block before (spec 03 §9, §12). Throws `malformed`. */
  advance(blocktime: number, peaks: readonly MMREntry[]): void {
    let next = 0n;
    let above = MAX_ROWS;
    for (const { row, entry } of peaks) {
      if (row < 0 || row >= above) throw new ProtocolError("malformed", "peaks are not in falling rows");
      if (entry.scale !== 0 || entry.unscaled < 0n) throw new ProtocolError("malformed", "a peak has no position");
      next += 1n << BigInt(row);
      above = row;
    }
    for (const { row, entry, data } of peaks) this.set(row, entry.unscaled, data);
    this.#next = next;
    this.#blocktime = blocktime;
  }

  /** Places a node. Throws `range` for what is no position. */
  set(row: number, entry: bigint, data: MMRData): void {
    if (row < 0 || row >= MAX_ROWS || entry < 0n) throw new ProtocolError("range", "no such position in an MMR");
    this.#nodes.set(positionKey(row, entry), data);
    if (this.#final !== null) return;
    const last = this.#last[row];
    if (last === undefined || last <= entry) this.#last[row] = entry;
  }

  /** Removes a node; for pruning only, peaks are not looked for again. */
  delete(row: number, entry: bigint): boolean {
    return this.#nodes.delete(positionKey(row, entry));
  }

  /** A node held here. */
  get(row: number, entry: bigint): MMRData | undefined {
    return this.#nodes.get(positionKey(row, entry));
  }

  /** A node held here or in an overlay below that is not older than `oldest` (spec 03 §7). */
  lookup(row: number, entry: bigint, oldest = 0): MMRData | undefined {
    const key = positionKey(row, entry);
    for (let mmr: MMR | null = this; mmr !== null && mmr.#blocktime >= oldest; mmr = mmr.parent ?? mmr.floor) {
      const data = mmr.#nodes.get(key);
      if (data !== undefined) return data;
    }
    return undefined;
  }

  /** Appends a leaf and gives its entry (spec 03 §4). Throws `range` when a sum is out of range. */
  add(leaf: MMRData, join: Join = parentNode): bigint {
    if (this.#final !== null) throw new Error("a final MMR takes no more leaves");
    const added = this.#next;
    let entry = added;
    let node = leaf;
    this.set(0, entry, node);
    this.#next++;
    for (let row = 0; (entry & 1n) === 1n; ) {
      const left = this.get(row, entry - 1n);
      if (left === undefined) throw new ProtocolError("malformed", "a peak is missing");
      row++;
      entry >>= 1n;
      node = join(left, node, positionKey(row, entry));
      this.set(row, entry, node);
    }
    return added;
  }

  /**
   * Replaces a leaf and rewrites the path to its peak (spec 03 §6). Siblings written at or after the proof's block win over the
   * proof's copies. Nothing is changed on failure: `malformed` when the proof is too short or would move a final peak, `range` when
   * a sum is out of range.
   */
  update(entry: bigint, proof: MMRProof, leaf: MMRData, join: Join = parentNode): void {
    const peaks = new Set(this.#peakKeys());
    const oldest = blocktimeBound(proof.blocktime);
    const path: (readonly [row: number, entry: bigint, data: MMRData])[] = [[0, entry, leaf]];
    let node = leaf;
    let at = entry;
    let row = 0;
    for (let key = positionKey(row, at); !peaks.has(key); key = positionKey(row, at)) {
      const sibling = this.lookup(row, at ^ 1n, oldest) ?? proof.chunks[row]?.data;
      if (sibling === undefined || row === MAX_ROWS - 1) throw new ProtocolError("malformed", "a proof does not reach a peak");
      path.push([row, at ^ 1n, sibling]);
      const isLeft = (at & 1n) === 0n;
      row++;
      at >>= 1n;
      node = isLeft ? join(node, sibling, positionKey(row, at)) : join(sibling, node, positionKey(row, at));
      path.push([row, at, node]);
    }
    const peak = this.#final === null ? undefined : this.get(row, at);
    if (peak !== undefined && !equalNodes(peak, node)) throw new ProtocolError("malformed", "a final peak cannot change");
    for (const [r, e, data] of path) this.set(r, e, data);
  }

  /** Hashes what was deferred and is in place here. Works in steps. */
  *settle(deferred: DeferredParents): Generator<void, void, void> {
    const placed = yield* deferred.hash((parent, key) => this.#nodes.get(key) === parent);
    for (const { key, node } of placed) this.#nodes.set(key, node);
  }

  /**
   * Copies a leaf and its path up to the peak from the overlays below, so that it outlives them (spec 03 §11). Peaks and root stay.
   * Gives what was not here before. Throws `malformed` when the path is not known.
   */
  keep(entry: bigint): readonly MMREntry[] {
    const kept: MMREntry[] = [];
    let node = this.#fetch(0, entry, kept);
    if (node === undefined) return kept;
    const peaks = new Set(this.#peakKeys());
    for (let row = 0, at = entry; !peaks.has(positionKey(row, at)); row++, at >>= 1n) {
      const sibling = this.#fetch(row, at ^ 1n, kept);
      if (sibling === undefined || row === MAX_ROWS - 1) throw new ProtocolError("malformed", "a path does not reach a peak");
      // What is held here is held with its path.
      if (this.get(row + 1, at >> 1n) !== undefined) break;
      node = this.lookup(row + 1, at >> 1n) ?? ((at & 1n) === 0n ? parentNode(node, sibling) : parentNode(sibling, node));
      kept.push({ row: row + 1, entry: entryNumber(at >> 1n), data: node });
    }
    for (const { row, entry: at, data } of kept) this.set(row, at.unscaled, data);
    return kept;
  }

  /** A node, which is noted when it is not held here. */
  #fetch(row: number, entry: bigint, missing: MMREntry[]): MMRData | undefined {
    const held = this.get(row, entry);
    if (held !== undefined) return held;
    const data = this.lookup(row, entry);
    if (data !== undefined) missing.push({ row, entry: entryNumber(entry), data });
    return data;
  }

  /** Fixes peaks and root. Throws `range` when a sum is out of range. */
  finalise(): void {
    if (this.#final !== null) return;
    this.#final = { peaks: this.#peakKeys(), root: this.root() };
    this.#last = FINAL;
    this.#nodes.pack();
  }

  /** The peaks, highest row first (spec 03 §4). */
  peaks(): readonly MMREntry[] {
    return this.#peakKeys().flatMap((key) => {
      const data = this.#nodes.get(key);
      return data === undefined ? [] : [entryAt(key, data)];
    });
  }

  #peakKeys(): readonly PositionKey[] {
    if (this.#final !== null) return this.#final.peaks;
    const keys: PositionKey[] = [];
    for (const [row, entry] of this.#last.entries()) if (entry !== undefined && (entry & 1n) === 0n) keys.push(positionKey(row, entry));
    return keys.reverse();
  }

  #peakNodes(): MMRData[] {
    return this.#peakKeys().flatMap((key) => this.#nodes.get(key) ?? []);
  }

  /** The root, or null when there are no leaves (spec 03 §4). Throws `range` when a sum is out of range. */
  root(): MMRData | null {
    return this.#final === null ? bagRoot(this.#peakNodes()) : this.#final.root;
  }

  /** The proof from a leaf to its peak, or as far as the nodes are known (spec 03 §5). */
  proofToPeak(entry: bigint): MMRProof {
    const chunks: ProofChunk[] = [];
    const peaks = new Set(this.#peakKeys());
    let at = entry;
    for (let row = 0; row < MAX_ROWS; row++, at >>= 1n) {
      // What is not beside a peak here is not below either: looking through all overlays for it would take most of the time.
      const sibling = peaks.has(positionKey(row, at)) ? this.get(row, at ^ 1n) : this.lookup(row, at ^ 1n);
      if (sibling === undefined) break;
      chunks.push({ left: (at & 1n) === 1n ? 1 : 0, data: sibling });
    }
    return { blocktime: MiniNumber.of(this.#blocktime), chunks };
  }

  /** The proof from a leaf to the root (spec 03 §5). Throws `malformed` for a leaf that is not known. */
  proofToRoot(entry: bigint): MMRProof {
    const leaf = this.lookup(0, entry);
    if (leaf === undefined) throw new ProtocolError("malformed", "there is no such leaf");
    const { blocktime, chunks } = this.proofToPeak(entry);
    return { blocktime, chunks: [...chunks, ...bagPath(this.#peakNodes(), foldProof(leaf, { blocktime, chunks }))] };
  }

  /** Whether a proof leads from a leaf to the root or to a peak (spec 03 §5). Throws `range` when a sum is out of range. */
  proves(leaf: MMRData, proof: MMRProof): boolean {
    if (proof.chunks.length > MAX_PROOF_CHUNKS) return false;
    const end = foldProof(leaf, proof);
    const root = this.root();
    return (root !== null && equalNodes(end, root)) || this.#peakNodes().some((peak) => equalNodes(end, peak));
  }

  /** This MMR or the one below it that belongs to a block, by value (spec 03 §8). */
  at(blocktime: MiniNumber): MMR | undefined {
    const wanted = blocktimeNumber(blocktime);
    if (wanted === undefined) return undefined;
    for (let mmr: MMR | null = this; mmr !== null && mmr.#blocktime >= wanted; mmr = mmr.parent) if (mmr.#blocktime === wanted) return mmr;
    return undefined;
  }
}

function entryAt(key: PositionKey, data: MMRData): MMREntry {
  return { row: keyRow(key), entry: { scale: 0, unscaled: keyEntry(key) }, data };
}
