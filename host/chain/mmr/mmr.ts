import { type Bytes, equalBytes } from "../../protocol/bytes.js";
import { ProtocolError } from "../../protocol/errors.js";
import { equalNodes, foldProof, parentNode } from "../../protocol/mmr-node.js";
import type { MMRData, MMREntry, MMRProof, ProofChunk } from "../../protocol/mmr-objects.js";
import { MiniNumber } from "../../protocol/number.js";

/** Rows 0..255 (spec 03 §2). */
export const MAX_ROWS = 256;

/** A place in an MMR. */
interface Position {
  readonly row: number;
  readonly entry: bigint;
}

type PositionKey = bigint;

function positionKey(row: number, entry: bigint): PositionKey {
  return (entry << 8n) | BigInt(row);
}

/**
 * One MMR, or the part of one that a single block wrote, laid over the MMR of the parent block (spec 03 §4, §7).
 * It can be changed until `finalise`; from then on peaks and root are fixed.
 */
export class MMR {
  /** The block this MMR belongs to. */
  readonly blocktime: number;
  /** The overlay below; null where the tree begins. */
  parent: MMR | null;
  readonly #nodes = new Map<PositionKey, MMRData>();
  /** The highest entry seen in each row. */
  readonly #last: (bigint | undefined)[] = [];
  #next = 0n;
  #final: { readonly peaks: readonly MMREntry[]; readonly root: MMRData | null } | null = null;

  constructor(blocktime: number, parent: MMR | null = null) {
    this.blocktime = blocktime;
    this.parent = parent;
  }

  /** An MMR of which only the peaks are known; the number of leaves follows from them (spec 03 §4). Throws `malformed`. */
  static fromPeaks(blocktime: number, peaks: readonly MMREntry[]): MMR {
    const mmr = new MMR(blocktime);
    mmr.#takePeaks(peaks);
    return mmr;
  }

  /** An empty overlay over a block's MMR, for its child (spec 03 §7). */
  static over(parent: MMR): MMR {
    const mmr = new MMR(parent.blocktime + 1, parent);
    mmr.#takePeaks(parent.peaks());
    return mmr;
  }

  #takePeaks(peaks: readonly MMREntry[]): void {
    let next = 0n;
    let above = MAX_ROWS;
    for (const { row, entry, data } of peaks) {
      if (row < 0 || row >= above) throw new ProtocolError("malformed", "peaks are not in falling rows");
      if (entry.scale !== 0 || entry.unscaled < 0n) throw new ProtocolError("malformed", "a peak has no position");
      this.set(row, entry.unscaled, data);
      next += 1n << BigInt(row);
      above = row;
    }
    this.#next = next;
  }

  /** Number of leaves, which is the entry of the next one. */
  get next(): bigint {
    return this.#next;
  }

  set next(value: bigint) {
    this.#next = value;
  }

  /** Nodes held here, without those of overlays below. */
  get size(): number {
    return this.#nodes.size;
  }

  /** All nodes held here, in the order they were first set. */
  *entries(): IterableIterator<MMREntry> {
    for (const [key, data] of this.#nodes) yield { row: Number(key & 0xffn), entry: { scale: 0, unscaled: key >> 8n }, data };
  }

  /** Places a node. Throws `range` for a row outside 0..255. */
  set(row: number, entry: bigint, data: MMRData): void {
    if (row < 0 || row >= MAX_ROWS) throw new ProtocolError("range", `row ${row} is outside 0..${MAX_ROWS - 1}`);
    this.#nodes.set(positionKey(row, entry), data);
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
    for (let mmr: MMR | null = this; mmr !== null && mmr.blocktime >= oldest; mmr = mmr.parent) {
      const data = mmr.#nodes.get(key);
      if (data !== undefined) return data;
    }
    return undefined;
  }

  /** Appends a leaf and gives its entry (spec 03 §4). Throws `range` when a sum is out of range. */
  add(leaf: MMRData): bigint {
    const added = this.#next;
    let entry = added;
    let node = leaf;
    this.set(0, entry, node);
    this.#next++;
    for (let row = 0; (entry & 1n) === 1n; ) {
      const left = this.get(row, entry - 1n);
      if (left === undefined) throw new ProtocolError("malformed", "a peak is missing");
      node = parentNode(left, node);
      row++;
      entry >>= 1n;
      this.set(row, entry, node);
    }
    return added;
  }

  /**
   * Replaces a leaf and rewrites the path to its peak (spec 03 §6). Siblings written at or after the proof's block win over the
   * proof's copies. Throws `malformed` when the proof is too short, `range` when a sum is out of range.
   */
  update(entry: bigint, proof: MMRProof, leaf: MMRData): void {
    const peaks = new Set(this.peaks().map(({ row, entry: { unscaled } }) => positionKey(row, unscaled)));
    const oldest = blocktimeBound(proof.blocktime);
    let node = leaf;
    this.set(0, entry, node);
    for (let row = 0; !peaks.has(positionKey(row, entry)); ) {
      const sibling = this.lookup(row, entry ^ 1n, oldest) ?? proof.chunks[row]?.data;
      if (sibling === undefined) throw new ProtocolError("malformed", "a proof is too short");
      this.set(row, entry ^ 1n, sibling);
      node = (entry & 1n) === 0n ? parentNode(node, sibling) : parentNode(sibling, node);
      row++;
      entry >>= 1n;
      this.set(row, entry, node);
    }
  }

  /** Copies a leaf and its path up to the peak from the overlays below, so that it outlives them (spec 03 §11). Peaks and root stay. */
  keep(entry: bigint): void {
    const leaf = this.lookup(0, entry);
    if (leaf !== undefined) this.update(entry, this.proofToPeak(entry), leaf);
  }

  /** Fixes peaks and root. */
  finalise(): void {
    this.#final = { peaks: this.#findPeaks(), root: this.#findRoot() };
  }

  /** The peaks, highest row first (spec 03 §4). */
  peaks(): readonly MMREntry[] {
    return this.#final?.peaks ?? this.#findPeaks();
  }

  #findPeaks(): MMREntry[] {
    const peaks: MMREntry[] = [];
    for (let row = this.#last.length - 1; row >= 0; row--) {
      const entry = this.#last[row];
      if (entry === undefined || (entry & 1n) === 1n) continue;
      const data = this.get(row, entry);
      if (data !== undefined) peaks.push({ row, entry: { scale: 0, unscaled: entry }, data });
    }
    return peaks;
  }

  /** The root, or null when there are no leaves (spec 03 §4). Throws `range` when a sum is out of range. */
  root(): MMRData | null {
    return this.#final !== null ? this.#final.root : this.#findRoot();
  }

  #findRoot(): MMRData | null {
    let level = this.peaks().map(({ data }) => data);
    while (level.length > 1) level = bag(level).map(({ data }) => data);
    return level[0] ?? null;
  }

  /** The proof from a leaf to its peak, or as far as the nodes are known (spec 03 §5). */
  proofToPeak(entry: bigint): MMRProof {
    return { blocktime: MiniNumber.of(this.blocktime), chunks: this.#chunksToPeak({ row: 0, entry }).chunks };
  }

  #chunksToPeak(from: Position): { readonly chunks: ProofChunk[]; readonly end: Position } {
    const chunks: ProofChunk[] = [];
    let { row, entry } = from;
    for (; row < MAX_ROWS; row++, entry >>= 1n) {
      const sibling = this.lookup(row, entry ^ 1n);
      if (sibling === undefined) break;
      chunks.push({ left: (entry & 1n) === 1n ? 1 : 0, data: sibling });
    }
    return { chunks, end: { row, entry } };
  }

  /** The proof from a leaf to the root (spec 03 §5). Throws `malformed` for a leaf that is not known. */
  proofToRoot(entry: bigint): MMRProof {
    const leaf = this.lookup(0, entry);
    if (leaf === undefined) throw new ProtocolError("malformed", `there is no leaf ${entry}`);
    const proof = this.proofToPeak(entry);
    const chunks = [...proof.chunks];
    let current = foldProof(leaf, proof);
    let level = this.peaks().map(({ data }) => data);
    while (level.length > 1) {
      const bagged = MMR.of(level);
      const at = level.findLastIndex(({ hash }) => equalBytes(hash, current.hash));
      if (at < 0) throw new ProtocolError("malformed", `leaf ${entry} is not below a known peak`);
      const step = bagged.proofToPeak(BigInt(at));
      chunks.push(...step.chunks);
      current = foldProof(current, step);
      level = bagged.peaks().map(({ data }) => data);
    }
    return { blocktime: proof.blocktime, chunks };
  }

  /** An MMR of these leaves, of block 0. */
  static of(leaves: readonly MMRData[]): MMR {
    const mmr = new MMR(0);
    for (const leaf of leaves) mmr.add(leaf);
    return mmr;
  }

  /** Whether a proof leads from a leaf to the root or to a peak (spec 03 §5). Throws `range` when a sum is out of range. */
  proves(leaf: MMRData, proof: MMRProof): boolean {
    const end = foldProof(leaf, proof);
    const root = this.root();
    return (root !== null && equalNodes(end, root)) || this.peaks().some(({ data }) => equalNodes(end, data));
  }

  /** This MMR or the one below it that belongs to a block, by value (spec 03 §8). */
  at(blocktime: MiniNumber): MMR | undefined {
    const wanted = blocktimeBound(blocktime);
    if (!MiniNumber.of(Number.isFinite(wanted) ? wanted : -1).equals(blocktime)) return undefined;
    for (let mmr: MMR | null = this; mmr !== null && mmr.blocktime >= wanted; mmr = mmr.parent) if (mmr.blocktime === wanted) return mmr;
    return undefined;
  }
}

/** One step of bagging: an MMR over the nodes, and of that the peaks (spec 03 §4). */
function bag(nodes: readonly MMRData[]): readonly MMREntry[] {
  return MMR.of(nodes).peaks();
}

/** The lowest block number that is not below a block time, which may be any number at all. */
export function blocktimeBound(blocktime: MiniNumber): number {
  if (blocktime.unscaled <= 0n) return 0;
  if (blocktime.scale < -20 || blocktime.moreThan(MAX_BLOCKTIME)) return Number.POSITIVE_INFINITY;
  return Number(blocktime.ceil().toBigInt());
}

const MAX_BLOCKTIME = MiniNumber.of(Number.MAX_SAFE_INTEGER);

/** Whether two hashes of nodes are the same. */
export function sameRoot(root: MMRData | null, hash: Bytes, total: MiniNumber): boolean {
  return root !== null && equalBytes(root.hash, hash) && root.value.equals(total);
}
