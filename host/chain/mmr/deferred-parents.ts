import type { Bytes } from "../../protocol/bytes.js";
import { type NodePair, parentOf, parentsOf } from "../../protocol/mmr-node.js";
import type { MMRData } from "../../protocol/mmr-objects.js";
import { MiniNumber } from "../../protocol/number.js";
import { Writer } from "../../protocol/writer.js";
import type { PositionKey } from "./position.js";

/** Parents hashed in one step. */
const HASHED_PER_STEP = 128;
/** Parents looked at in one step. */
const SEEN_PER_STEP = 4096;

/**
 * Parents whose sums are made at once and whose hashes later: only of those that are needed in the end, and many in one call of the core.
 * An MMR that makes its parents with `join` has the nodes it would have with `parentNode`, whenever one looks.
 */
export class DeferredParents {
  /** Children come before their parents. */
  readonly #parents: DeferredParent[] = [];

  /** As `parentNode`, for a place in an MMR. Throws `range` when the sum of the values is out of range. */
  readonly join = (left: MMRData, right: MMRData, key: PositionKey): MMRData => {
    const parent = new DeferredParent(left, right, key);
    this.#parents.push(parent);
    return parent;
  };

  /** Hashes the parents that are needed, and those they are made of; gives the former, with their places. Works in steps. */
  *hash(isNeeded: (parent: MMRData, key: PositionKey) => boolean): Generator<void, PlacedNode[], void> {
    const needed: DeferredParent[] = [];
    const rounds: DeferredParent[][] = [];
    for (let count = this.#parents.length, parent = this.#parents.pop(); parent !== undefined; count--, parent = this.#parents.pop()) {
      if (count % SEEN_PER_STEP === 0) yield;
      if (isNeeded(parent, parent.key)) needed.push(parent);
      else if (!parent.isNeeded) continue;
      if (parent.isHashed) continue;
      const { left, right, round } = parent;
      if (left instanceof DeferredParent) left.isNeeded = true;
      if (right instanceof DeferredParent) right.isNeeded = true;
      const others = rounds[round];
      if (others === undefined) rounds[round] = [parent];
      else others.push(parent);
    }
    if (rounds.length > 0) yield* hashRounds(rounds);
    return needed;
  }
}

/** A node and where it belongs. */
interface PlacedNode {
  readonly key: PositionKey;
  readonly node: MMRData;
}

/** A node as it is kept: what was deferred without what it is made of. */
export function settled(node: MMRData): MMRData {
  return node instanceof DeferredParent ? node.node : node;
}

/** What a parent is said to be made of when it is hashed: it holds on to nothing. */
const NOTHING: MMRData = { hash: new Uint8Array(0), value: MiniNumber.ZERO };

/** A parent that is hashed together with others, or by itself as soon as somebody asks for its hash. */
class DeferredParent implements MMRData, NodePair, PlacedNode {
  left: MMRData;
  right: MMRData;
  readonly value: MiniNumber;
  readonly key: PositionKey;
  /** How many rounds of hashing lead to it. */
  readonly round: number;
  /** Whether one that is needed is made of it. */
  isNeeded = false;
  #node: MMRData | null = null;

  constructor(left: MMRData, right: MMRData, key: PositionKey) {
    this.left = left;
    this.right = right;
    this.value = left.value.add(right.value);
    this.key = key;
    this.round = 1 + Math.max(roundOf(left), roundOf(right));
  }

  get isHashed(): boolean {
    return this.#node !== null;
  }

  get hash(): Bytes {
    return this.node.hash;
  }

  get node(): MMRData {
    return this.#node ?? this.settle(parentOf(this));
  }

  /** Takes what was made of its nodes; only the first time. */
  settle(node: MMRData): MMRData {
    if (this.#node !== null) return this.#node;
    this.#node = node;
    this.left = NOTHING;
    this.right = NOTHING;
    return node;
  }
}

function roundOf(node: MMRData): number {
  return node instanceof DeferredParent ? node.round : 0;
}

/** Nodes of one round are made of those of earlier ones. */
function* hashRounds(rounds: readonly (readonly DeferredParent[] | undefined)[]): Generator<void, void, void> {
  const writer = new Writer();
  let hashed = 0;
  for (const round of rounds) {
    if (round === undefined) continue;
    for (let from = 0; from < round.length; from += HASHED_PER_STEP) {
      const parents = round.length <= HASHED_PER_STEP ? round : round.slice(from, from + HASHED_PER_STEP);
      for (const [i, node] of parentsOf(parents, writer).entries()) parents[i]?.settle(node);
      hashed += parents.length;
      if (hashed < HASHED_PER_STEP) continue;
      yield;
      hashed = 0;
    }
  }
}
