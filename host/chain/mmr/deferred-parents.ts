import type { Bytes } from "../../protocol/bytes.js";
import { type NodePair, nodePair, parentOf, parentsOf } from "../../protocol/mmr-node.js";
import type { MMRData } from "../../protocol/mmr-objects.js";
import type { MiniNumber } from "../../protocol/number.js";
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
    for (let left = this.#parents.length, parent = this.#parents.pop(); parent !== undefined; left--, parent = this.#parents.pop()) {
      if (left % SEEN_PER_STEP === 0) yield;
      if (isNeeded(parent, parent.key)) needed.push(parent);
      else if (!parent.isNeeded) continue;
      const { pair, round } = parent;
      if (pair === null) continue;
      for (const child of [pair.left, pair.right]) if (child instanceof DeferredParent) child.isNeeded = true;
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

/** A parent that is hashed together with others, or by itself as soon as somebody asks for its hash. */
class DeferredParent implements MMRData, PlacedNode {
  readonly key: PositionKey;
  readonly value: MiniNumber;
  /** How many rounds of hashing lead to it. */
  readonly round: number;
  /** Whether one that is needed is made of it. */
  isNeeded = false;
  #of: NodePair | MMRData;

  constructor(left: MMRData, right: MMRData, key: PositionKey) {
    const pair = nodePair(left, right);
    this.key = key;
    this.value = pair.value;
    this.round = 1 + Math.max(roundOf(left), roundOf(right));
    this.#of = pair;
  }

  get hash(): Bytes {
    return this.node.hash;
  }

  get node(): MMRData {
    if (!("left" in this.#of)) return this.#of;
    const node = parentOf(this.#of);
    this.#of = node;
    return node;
  }

  /** What it is made of, until it is hashed. */
  get pair(): NodePair | null {
    return "left" in this.#of ? this.#of : null;
  }

  settle(node: MMRData): void {
    this.#of = node;
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
      const parents = round.slice(from, from + HASHED_PER_STEP).filter(({ pair }) => pair !== null);
      const nodes = parentsOf(
        parents.flatMap(({ pair }) => pair ?? []),
        writer,
      );
      for (const [i, node] of nodes.entries()) parents[i]?.settle(node);
      hashed += nodes.length;
      if (hashed < HASHED_PER_STEP) continue;
      yield;
      hashed = 0;
    }
  }
}
