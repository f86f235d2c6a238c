import type { MMRData } from "../../protocol/mmr-objects.js";
import { PackedNodes } from "./packed-nodes.js";
import type { PositionKey } from "./position.js";

/** This many nodes may be set after the others were packed before they are packed too, which takes some milliseconds. */
const LOOSE_NODES = 2048;

/** Nodes that do not change. */
export interface FixedNodes {
  readonly size: number;
  get(key: number): MMRData | undefined;
  entries(): Iterable<readonly [number, MMRData]>;
}

/** Where an MMR keeps its nodes: in memory, or in a store on disk. */
export interface MMRNodes {
  readonly size: number;
  get(key: PositionKey): MMRData | undefined;
  set(key: PositionKey, data: MMRData): void;
  delete(key: PositionKey): boolean;
  entries(): Iterable<readonly [PositionKey, MMRData]>;
  /** The nodes are not expected to change much from now on. */
  pack(): void;
  /** What `pack` made of them, where it keeps anything apart. */
  readonly packed?: PackedNodes | undefined;
  /** Has other `nodes`, the same ones in another place, instead of those that were fixed. */
  replace?(fixed: FixedNodes, nodes: FixedNodes): void;
}

/** Nodes by position, in memory. `pack` brings them into a compact form; nodes set later are kept beside it and win. */
export class NodeStore implements MMRNodes {
  /** Null in most overlays: nodes are hardly ever set in one that is packed. */
  #loose: Map<PositionKey, MMRData> | null = null;
  #packed: FixedNodes | null;
  /** What was packed later: the nodes of the last one win. Null in most overlays. */
  #later: readonly FixedNodes[] | null = null;

  constructor(packed: FixedNodes | null = null) {
    this.#packed = packed;
  }

  /** The nodes as they were packed, without those set since; undefined when some cannot be packed. */
  get packed(): PackedNodes | undefined {
    for (const key of this.#loose?.keys() ?? []) if (typeof key !== "number") return undefined;
    return this.#packed instanceof PackedNodes ? this.#packed : undefined;
  }

  replace(fixed: FixedNodes, nodes: FixedNodes): void {
    // Packed anew since, with others, they stay as they are.
    if (this.#packed === fixed) this.#packed = nodes;
  }

  get size(): number {
    let size = (this.#loose?.size ?? 0) + (this.#packed?.size ?? 0);
    if (this.#later !== null) return Array.from(this.entries()).length;
    for (const key of this.#loose?.keys() ?? []) if (this.#getPacked(key) !== undefined) size--;
    return size;
  }

  get(key: PositionKey): MMRData | undefined {
    return this.#loose?.get(key) ?? this.#getPacked(key);
  }

  #getPacked(key: PositionKey): MMRData | undefined {
    if (this.#packed === null || typeof key !== "number") return undefined;
    for (let i = (this.#later?.length ?? 0) - 1; i >= 0; i--) {
      const data = this.#later?.[i]?.get(key);
      if (data !== undefined) return data;
    }
    return this.#packed.get(key);
  }

  set(key: PositionKey, data: MMRData): void {
    this.#loose ??= new Map();
    this.#loose.set(key, data);
    if (this.#packed === null || this.#loose.size < LOOSE_NODES) return;
    const { near, far } = byDistance(this.#loose);
    this.#later = [...(this.#later ?? []), PackedNodes.pack(near)];
    this.#loose = far.size === 0 ? null : far;
  }

  delete(key: PositionKey): boolean {
    this.#unpack();
    return this.#loose?.delete(key) === true;
  }

  *entries(): IterableIterator<readonly [PositionKey, MMRData]> {
    const packed = this.#packed === null ? [] : [this.#packed, ...(this.#later ?? [])];
    for (const [i, nodes] of packed.entries()) {
      const newer = packed.slice(i + 1);
      for (const entry of nodes.entries()) {
        const [key] = entry;
        if (this.#loose?.has(key) !== true && !newer.some((others) => others.get(key) !== undefined)) yield entry;
      }
    }
    yield* this.#loose ?? [];
  }

  pack(): void {
    const { near, far } = byDistance(this.entries());
    this.#packed = PackedNodes.pack(near);
    this.#later = null;
    this.#loose = far.size === 0 ? null : far;
  }

  #unpack(): void {
    if (this.#packed === null) return;
    this.#loose = new Map(this.entries());
    this.#packed = null;
    this.#later = null;
  }
}

/** What can be packed, and what is too far out for that. */
function byDistance(entries: Iterable<readonly [PositionKey, MMRData]>): {
  readonly near: Map<number, MMRData>;
  readonly far: Map<PositionKey, MMRData>;
} {
  const near = new Map<number, MMRData>();
  const far = new Map<PositionKey, MMRData>();
  for (const [key, data] of entries) {
    if (typeof key === "number") near.set(key, data);
    else far.set(key, data);
  }
  return { near, far };
}
