import type { MMRData } from "../../protocol/mmr-objects.js";
import { PackedNodes } from "./packed-nodes.js";
import type { PositionKey } from "./position.js";

/** This many nodes more than are packed may be set before they are packed too. */
const LOOSE_NODES = 256;

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
    for (const key of this.#loose?.keys() ?? []) if (this.#getPacked(key) !== undefined) size--;
    return size;
  }

  get(key: PositionKey): MMRData | undefined {
    return this.#loose?.get(key) ?? this.#getPacked(key);
  }

  #getPacked(key: PositionKey): MMRData | undefined {
    return this.#packed !== null && typeof key === "number" ? this.#packed.get(key) : undefined;
  }

  set(key: PositionKey, data: MMRData): void {
    this.#loose ??= new Map();
    this.#loose.set(key, data);
    if (this.#packed !== null && this.#loose.size > this.#packed.size + LOOSE_NODES) this.pack();
  }

  delete(key: PositionKey): boolean {
    this.#unpack();
    return this.#loose?.delete(key) === true;
  }

  *entries(): IterableIterator<readonly [PositionKey, MMRData]> {
    if (this.#packed !== null) for (const entry of this.#packed.entries()) if (this.#loose?.has(entry[0]) !== true) yield entry;
    yield* this.#loose ?? [];
  }

  pack(): void {
    const near = new Map<number, MMRData>();
    const far = new Map<PositionKey, MMRData>();
    for (const [key, data] of this.entries()) {
      if (typeof key === "number") near.set(key, data);
      else far.set(key, data);
    }
    this.#packed = PackedNodes.pack(near);
    this.#loose = far.size === 0 ? null : far;
  }

  #unpack(): void {
    if (this.#packed === null) return;
    this.#loose = new Map(this.entries());
    this.#packed = null;
  }
}
