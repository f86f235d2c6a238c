import { type Bytes, equalBytes, ZERO_ID } from "../protocol/bytes.js";
import { type CascadeNode, type CascadeNodes, MIN_CASCADE_NODE_BYTES, readCascadeNode } from "../protocol/cascade.js";
import type { Reader } from "../protocol/reader.js";
import { CASCADE_LEVELS } from "../protocol/txheader.js";
import { superLevel, type TxPoW } from "../protocol/txpow.js";
import type { Writer } from "../protocol/writer.js";
import { CascadeEntry } from "./cascade-entry.js";
import { type IdKey, idKey } from "./id-key.js";
import { addWeights, NO_WEIGHT, type Weight, weightAtLevel } from "./weight.js";

/** The old end of the chain: headers thinned out towards the past, tip first (spec 06 §8). */
export interface Cascade {
  readonly nodes: readonly CascadeEntry[];
  /** Exact sum over the nodes, each with its block's weight times 2^level (spec 06 §8.3). */
  readonly weight: Weight;
}

export const EMPTY_CASCADE: Cascade = { nodes: [], weight: NO_WEIGHT };

/**
 * Runs the cascade algorithm over nodes, tip first: levels are given anew, except the tip's, and nodes that their level does not
 * keep are dropped (spec 06 §8.2). Also done to every cascade that was decoded. Throws `range` for a tip level outside 0..31.
 */
export function cascadeOf(nodes: CascadeNodes, nodesPerLevel: number): Cascade {
  const kept: CascadeEntry[] = [];
  let weight = NO_WEIGHT;
  const keep = (node: CascadeNode, level: number): void => {
    const entry = CascadeEntry.of(node).at(level);
    kept.push(entry);
    weight = addWeights(weight, weightAtLevel(entry.weight, level));
  };
  let level = 0;
  let count = 1;
  for (const [index, node] of nodes.entries()) {
    if (index === 0) keep(node, node.level);
    else if ((node instanceof CascadeEntry ? node.superLevel : superLevel(node.txpow)) >= level) {
      keep(node, level);
      count++;
      if (count >= nodesPerLevel && level < CASCADE_LEVELS - 1) {
        level++;
        count = 0;
      }
    }
  }
  return { nodes: kept, weight };
}

/** The cascade with blocks put on top, the oldest first, and cascaded once (spec 06 §8.1). */
export function extendCascade(cascade: Cascade, blocks: readonly TxPoW[], nodesPerLevel: number): Cascade {
  const added = blocks.map((txpow): CascadeNode => ({ txpow: { header: txpow.header, body: null }, level: 0 })).reverse();
  return cascadeOf([...added, ...cascade.nodes], nodesPerLevel);
}

/** The consistency check of a cascade that has gone through `cascadeOf` (spec 06 §8.4). */
export function isConsistentCascade({ nodes }: Cascade): boolean {
  const seen = new Set<IdKey>();
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i] as CascadeEntry;
    const older = nodes[i + 1];
    seen.add(node.key);
    if (older !== undefined && (older.level < node.level || older.level > node.level + 1)) return false;
    if (!superParentsKnown(node, seen, older === undefined || older.level !== node.level)) return false;
  }
  return nodes[0] === undefined || nodes[0].level === 0;
}

/** Super parents from the node's level up: known ids, then only `00`. The lowest need not be known at the end of a level. */
function superParentsKnown({ txpow, level: own }: CascadeNode, known: ReadonlySet<IdKey>, endOfLevel: boolean): boolean {
  const { superparents } = txpow.header;
  let ended = false;
  let last: { readonly id: Bytes; readonly isKnown: boolean } | undefined;
  for (let level = own; level < CASCADE_LEVELS; level++) {
    const id = superparents[level] ?? ZERO_ID;
    const absent = equalBytes(id, ZERO_ID);
    if (ended && !absent) return false;
    ended = absent;
    if (absent || (endOfLevel && level === own)) continue;
    if (last?.id !== id) last = { id, isKnown: known.has(idKey(id)) };
    if (!last.isKnown) return false;
  }
  return true;
}

/**
 * Whether a chain as a peer shows it may be looked at: without cascade nodes always, else only with a consistent cascade and a first
 * block numbered one above the cascade's tip (spec 02 §17). `first` is the oldest block.
 */
export function isWellFormedChain(cascade: Cascade, first: TxPoW | undefined): boolean {
  const tip = cascade.nodes[0];
  if (tip === undefined) return true;
  return first?.header.block.equals(tip.txpow.header.block.increment()) === true && isConsistentCascade(cascade);
}

/** Reads a cascade that was written by `writeCascade`, node by node. Throws ProtocolError. */
export function readCascade(reader: Reader, nodesPerLevel: number): Cascade {
  return cascadeOf(
    reader.list(MIN_CASCADE_NODE_BYTES, (r) => CascadeEntry.of(readCascadeNode(r))),
    nodesPerLevel,
  );
}

/** Encodes a cascade without decoding its headers (spec 02 §16). */
export function writeCascade(writer: Writer, { nodes }: Cascade): void {
  writer.list(nodes, (w, node) => node.write(w));
}
