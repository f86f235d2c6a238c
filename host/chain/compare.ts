import { type TxPoW, withoutBody } from "../protocol/txpow.js";
import { type Cascade, cascadeOf } from "./cascade.js";
import { type IdKey, txpowKey } from "./id-key.js";
import { addWeights, blockWeight, floorWeight, NO_WEIGHT, type Weight } from "./weight.js";

/** A chain without side branches: cascade and the blocks on top of it, newest first. */
export interface LinearChain {
  readonly cascade: Cascade;
  readonly blocks: readonly WeighedBlock[];
}

/** A block as chains are compared. */
export interface WeighedBlock {
  readonly key: IdKey;
  readonly weight: Weight;
}

/** A block that is weighed when somebody asks; `range` is thrown then. */
export function weighed(txpow: TxPoW): WeighedBlock {
  const light = withoutBody(txpow);
  return {
    key: txpowKey(light),
    get weight() {
      return blockWeight(light);
    },
  };
}

/** What two chains weigh from the block on that they have in common (spec 06 §9). */
export interface Comparison {
  /** The newest common block, undefined if there is none. */
  readonly crossing: IdKey | undefined;
  readonly ours: bigint;
  readonly theirs: bigint;
  /** Ties are ours. */
  readonly oursHeavier: boolean;
}

/** The total weight of a chain: blocks and cascade are cut to whole numbers each on its own (spec 06 §9 step 3). Throws `range`. */
export function chainWeight(chain: LinearChain): bigint {
  const blocks = chain.blocks.reduce((sum, { weight }) => addWeights(sum, weight), NO_WEIGHT);
  return floorWeight(blocks) + floorWeight(chain.cascade.weight);
}

/** Compares two chains that need not meet in the tree (spec 06 §9). Throws `range` for targets that have no weight. */
export function compareChains(ours: LinearChain, theirs: LinearChain, nodesPerLevel: number): Comparison {
  const crossing = findCrossing(ours, theirs);
  const weigh = (chain: LinearChain): bigint => chainWeight(crossing === undefined ? chain : shorten(chain, crossing, nodesPerLevel));
  const [our, their] = [weigh(ours), weigh(theirs)];
  return { crossing, ours: our, theirs: their, oursHeavier: our >= their };
}

function findCrossing(ours: LinearChain, theirs: LinearChain): IdKey | undefined {
  const ourBlocks = new Set(ours.blocks.map(({ key }) => key));
  const ourCascade = new Set(ours.cascade.nodes.map(({ key }) => key));
  const theirBlocks = theirs.blocks.map(({ key }) => key);
  const theirCascade = theirs.cascade.nodes.map(({ key }) => key);
  return (
    theirBlocks.find((key) => ourBlocks.has(key)) ??
    theirBlocks.find((key) => ourCascade.has(key)) ??
    theirCascade.find((key) => ourBlocks.has(key)) ??
    theirCascade.find((key) => ourCascade.has(key))
  );
}

/** The part of a chain from the crossing block, included, to the tip. */
function shorten(chain: LinearChain, crossing: IdKey, nodesPerLevel: number): LinearChain {
  const at = chain.blocks.findIndex(({ key }) => key === crossing);
  if (at >= 0) return { cascade: cascadeOf([], nodesPerLevel), blocks: chain.blocks.slice(0, at + 1) };
  return { blocks: chain.blocks, cascade: cascadeOf(downTo(chain.cascade.nodes, crossing), nodesPerLevel) };
}

function downTo(nodes: Cascade["nodes"], crossing: IdKey): Cascade["nodes"] {
  const at = nodes.findIndex(({ key }) => key === crossing);
  return (at < 0 ? nodes : nodes.slice(0, at + 1)).map((node) => node.at(0));
}
