import type { MMRData } from "../../protocol/mmr-objects.js";
import { PackedNodes } from "./packed-nodes.js";
import type { PositionKey } from "./position.js";

/** This many nodes more than are packed may be set before they are packed too. */
const LOOSE_NODES = 256;

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
}

/** Nodes by position, in memory. `pack` brings them into a compact form; nodes set later are kept beside it and win. */
export class NodeStore implements MMRNodes {
  #loose = new Map<PositionKey, MMRData>();
  #packed: PackedNodes | null;

  constructor(packed: PackedNodes | null = null) {
    this.#packed = packed;
  }

  /** The nodes as they were packed, without those set since; undefined when some cannot be packed. */
  get packed(): PackedNodes | undefined {
    for (const key of this.#loose.keys()) if (typeof key !== "number") return undefined;
    return this.#packed ?? undefined;
  }

  get size(): number {
    let size = this.#loose.size + (this.#packed?.size ?? 0);
    for (const key of this.#loose.keys()) if (this.#getPacked(key) !== undefined) size--;
    return size;
  }

  get(key: PositionKey): MMRData | undefined {
    const loose = this.#loose.size === 0 ? undefined : this.#loose.get(key);
    return loose ?? this.#getPacked(key);
  }

  #getPacked(key: PositionKey): MMRData | undefined {
    return this.#packed !== null && typeof key === "number" ? this.#packed.get(key) : undefined;
  }

  set(key: PositionKey, data: MMRData): void {
    this.#loose.set(key, data);
    if (this.#packed !== null && this.#loose.size > this.#packed.size + LOOSE_NODES) this.pack();
  }

  delete(key: PositionKey): boolean {
    this.#unpack();
    return this.#loose.delete(key);
  }

  *entries(): IterableIterator<readonly [PositionKey, MMRData]> {
    if (this.#packed !== null) for (const entry of this.#packed.entries()) if (!this.#loose.has(entry[0])) yield entry;
    yield* this.#loose;
  }

  pack(): void {
    const near = new Map<number, MMRData>();
    const far = new Map<PositionKey, MMRData>();
    for (const [key, data] of this.entries()) {
      if (typeof key === "number") near.set(key, data);
      else far.set(key, data);
    }
    this.#packed = PackedNodes.pack(near);
    this.#loose = far;
  }

  #unpack(): void {
    if (this.#packed === null) return;
    this.#loose = new Map(this.entries());
    this.#packed = null;
  }
}
