import {
  type Cascade,
  cascadeOf,
  EMPTY_CASCADE,
  extendCascade,
  isConsistentCascade,
  isWellFormedChain,
} from "../../../host/chain/cascade.js";
import { chainWeight, compareChains, type LinearChain } from "../../../host/chain/compare.js";
import { nextTarget } from "../../../host/chain/difficulty.js";
import { txpowKey } from "../../../host/chain/id-key.js";
import { nextMagic } from "../../../host/chain/magic.js";
import { MAIN_PARAMS, type NetworkParams, TEST_PARAMS } from "../../../host/chain/params.js";
import { hasRightSuperParents, nextSuperParents } from "../../../host/chain/super-parents.js";
import { medianBlock } from "../../../host/chain/time.js";
import { BlockTree, type ChainLink, type TreeNode } from "../../../host/chain/tree.js";
import { blockWeight, cascadeWeight, targetWeight, weightText } from "../../../host/chain/weight.js";
import { compareUnsigned, parseHex, toHex0x } from "../../../host/protocol/bytes.js";
import { type CascadeNode, readCascadeNodes, writeCascadeNodes } from "../../../host/protocol/cascade.js";
import { hashObject } from "../../../host/protocol/hash.js";
import { type Magic, readMagic, writeMagic } from "../../../host/protocol/magic.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import { decode } from "../../../host/protocol/reader.js";
import { isBlock, readTxPoW, superLevel, superLevelOf, type TxPoW, txpowId, writeTxPoW } from "../../../host/protocol/txpow.js";
import { encode } from "../../../host/protocol/writer.js";
import { EMPTY_HEADER, headerNode } from "../../chain/headers.js";
import type { Area, Case } from "../area.js";
import { refused, same } from "../checks.js";

interface ParamsFile {
  readonly params: {
    readonly blockspeed: string;
    readonly speedcalc: number;
    readonly median: number;
    readonly cascadestart: number;
    readonly cascadefrequency: number;
    readonly levelnodes: number;
  };
}

function paramsOf({ params }: ParamsFile): NetworkParams {
  return {
    ...(params.median === MAIN_PARAMS.medianWindow ? MAIN_PARAMS : TEST_PARAMS),
    blockSpeed: MiniNumber.parse(params.blockspeed),
    speedWindow: params.speedcalc,
    medianWindow: params.median,
    treeLength: params.cascadestart,
    cutFrequency: params.cascadefrequency,
    cascadeNodes: params.levelnodes,
  };
}

type IdAndTxPoW = readonly [id: string, hex: string, ...rest: unknown[]];

/** Decodes a list of TxPoWs and makes sure that their ids are as given. */
function txpowList(rows: readonly IdAndTxPoW[]): TxPoW[] {
  return rows.map(([id, hex]) => {
    const txpow = decode(readTxPoW, parseHex(hex));
    same(toHex0x(txpowId(txpow)), id, "txpowid");
    return txpow;
  });
}

type WireCascade = readonly (readonly [index: number, level: number])[];

function nodesOf(wire: WireCascade, txpows: readonly TxPoW[]): CascadeNode[] {
  return wire.map(([index, level]) => ({ txpow: at(txpows, index), level }));
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`no element ${index}`);
  return item;
}

function linkChain(txpows: readonly TxPoW[]): TreeNode {
  const [root, ...rest] = txpows.map(headerNode);
  if (root === undefined) throw new Error("empty tree");
  const tree = new BlockTree(root);
  return rest.reduce((parent, node) => {
    tree.add(node, parent);
    return node;
  }, root);
}

// --- superlevel.json

interface SuperLevelFile {
  readonly values: readonly (readonly [blkdiff: string, id: string, isblock: boolean, superlevel: number | "error", weight: string])[];
  readonly headers: readonly {
    readonly txpow: string;
    readonly id: string;
    readonly blkdiff: string;
    readonly isblock: boolean;
    readonly superlevel: number;
    readonly weight: string;
  }[];
}

function* superLevels(data: unknown): Iterable<Case> {
  const file = data as SuperLevelFile;
  for (const [blkdiff, id, block, level, weight] of file.values)
    yield {
      name: `${id} against ${blkdiff}`,
      run() {
        const target = parseHex(blkdiff);
        const txpowid = parseHex(id);
        same(compareUnsigned(txpowid, target) < 0, block, "is block");
        if (level === "error") refused(() => superLevelOf(txpowid, target), "id is zero");
        else same(superLevelOf(txpowid, target), level, "super level");
        same(block ? weightText(targetWeight(target)) : "0", weight, "weight");
      },
    };
  for (const header of file.headers)
    yield {
      name: header.id,
      run() {
        const txpow = decode(readTxPoW, parseHex(header.txpow));
        same(toHex0x(txpowId(txpow)), header.id, "id");
        same(isBlock(txpow), header.isblock, "is block");
        same(superLevel(txpow), header.superlevel, "super level");
        same(weightText(blockWeight(txpow)), header.weight, "weight");
      },
    };
}

// --- tree.json

interface TreeAfter {
  readonly tip: string;
  readonly length: number;
  readonly size: number;
  readonly rootweight: string;
  readonly totalweights?: Readonly<Record<string, string>>;
}

type TreeStep =
  | {
      readonly add: string;
      readonly txpow: string;
      readonly parent: string | null;
      readonly number: string;
      readonly weight: string;
      readonly after: TreeAfter;
    }
  | {
      readonly setlength: number;
      readonly removed: readonly string[];
      readonly root: string;
      readonly left: readonly string[];
      readonly after: TreeAfter;
    };

interface TreeFile {
  readonly cases: readonly { readonly name: string; readonly steps: readonly TreeStep[]; readonly savedorder: readonly string[] }[];
}

function* trees(data: unknown): Iterable<Case> {
  for (const { name, steps, savedorder } of (data as TreeFile).cases) yield { name, run: () => runTree(steps, savedorder) };
}

function runTree(steps: readonly TreeStep[], savedOrder: readonly string[]): void {
  const nodes = new Map<string, TreeNode>();
  const names = new Map<TreeNode, string>();
  const named = (name: string): TreeNode => {
    const node = nodes.get(name);
    if (node === undefined) throw new Error(`no block ${name}`);
    return node;
  };
  const nameOf = (node: TreeNode): string => names.get(node) ?? "?";
  let tree: BlockTree | undefined;
  for (const step of steps) {
    if ("add" in step) {
      const node = headerNode(decode(readTxPoW, parseHex(step.txpow)));
      nodes.set(step.add, node);
      names.set(node, step.add);
      same(String(node.number), step.number, "number");
      same(weightText(node.weight), step.weight, "weight");
      if (tree === undefined) tree = new BlockTree(node);
      else tree.add(node, named(step.parent ?? ""));
      tree.recompute();
    } else if (tree !== undefined) {
      const { removed } = tree.cut(step.setlength);
      same(removed.map(nameOf), step.removed, "removed");
      same(nameOf(tree.root), step.root, "root");
      same(Array.from(tree.nodes(), nameOf).sort(), [...step.left].sort(), "left");
    }
    if (tree === undefined) throw new Error("no root");
    const { after } = step;
    same(
      { tip: nameOf(tree.tip), length: tree.length, size: tree.size, rootweight: weightText(tree.root.total) },
      { tip: after.tip, length: after.length, size: after.size, rootweight: after.rootweight },
      "tree",
    );
    for (const [name, total] of Object.entries(after.totalweights ?? {})) same(weightText(named(name).total), total, `total of ${name}`);
  }
  if (tree !== undefined) same(lastChildFirst(tree.root).map(nameOf), savedOrder, "saved order");
}

/** Depth first, the last child first: the order in which the reference saves a tree. */
function lastChildFirst(node: TreeNode): TreeNode[] {
  return [node, ...node.children.toReversed().flatMap(lastChildFirst)];
}

// --- difficulty_*.json

interface DifficultyFile extends ParamsFile {
  readonly cases: readonly {
    readonly name: string;
    readonly rootnumber: number;
    readonly blocks: readonly (readonly [time: string, blkdiff: string])[];
    readonly results: readonly (readonly [next: string, median: string, longMedian: string])[];
  }[];
}

function* difficulties(data: unknown): Iterable<Case> {
  const file = data as DifficultyFile;
  const params = paramsOf(file);
  for (const { name, rootnumber, blocks, results } of file.cases)
    yield {
      name,
      run() {
        let parent: ChainLink | null = null;
        for (const [i, [time, blkdiff]] of blocks.entries()) {
          const header = {
            ...EMPTY_HEADER,
            time: MiniNumber.parse(time),
            blkdiff: parseHex(blkdiff),
            block: MiniNumber.of(rootnumber + i),
          };
          const link: ChainLink = { txpow: { header, body: null }, number: rootnumber + i, superLevel: 0, parent };
          const [next, median, longMedian] = at(results, i);
          if (next === "error") refused(() => nextTarget(link, params), `block ${i}`);
          else same(toHex0x(nextTarget(link, params)), next, `target after block ${i}`);
          same(String(medianBlock(link, params.medianWindow).number), String(median), `median at ${i}`);
          same(String(medianBlock(link, 2 * params.medianWindow).number), String(longMedian), `long median at ${i}`);
          parent = link;
        }
      },
    };
}

// --- cascade_main.json, cascade_test.json

type CascadeRow = readonly [nonce: string, diff: number, id: string, superlevel: number];

interface CascadeFile extends ParamsFile {
  readonly common: {
    readonly firsttime: string;
    readonly interval: number;
    readonly firstnumber: number;
    readonly chainid: string;
    readonly mmr: string;
    readonly total: string;
    readonly customhash: string;
    readonly txbodyhash: string;
    readonly magic: string;
  };
  readonly diffs: readonly string[];
  readonly samples: Readonly<Record<string, string>>;
  readonly blocks: readonly CascadeRow[];
  readonly cuts: readonly {
    readonly tip: number;
    readonly root: number;
    readonly removed: number;
    readonly cascadetip: number;
    readonly cascadelength: number;
    readonly perlevel: readonly number[];
    readonly cascadeweight: string;
    readonly treeweight: string;
    readonly cascadehash: string;
    readonly checkcorrect: boolean;
    readonly nodes?: readonly CascadeNodeRow[];
  }[];
  readonly finalnodes: readonly CascadeNodeRow[];
  readonly finalcascade?: string;
}

type CascadeNodeRow = readonly [number: number, level: number, superlevel: number, weight: string];

const nodeRow = ({ txpow, level }: CascadeNode): CascadeNodeRow => [
  Number(txpow.header.block.toBigInt()),
  level,
  superLevel(txpow),
  weightText(cascadeWeight(txpow, level)),
];

function* cascadeRows({ common, diffs, blocks }: CascadeFile): Iterable<TxPoW> {
  let parent: TxPoW | undefined;
  const fixed = {
    chainid: parseHex(common.chainid),
    mmr: parseHex(common.mmr),
    total: MiniNumber.parse(common.total),
    customhash: parseHex(common.customhash),
    bodyhash: parseHex(common.txbodyhash),
    magic: decode(readMagic, parseHex(common.magic)),
  };
  for (const [i, [nonce, diff]] of blocks.entries()) {
    const header = {
      ...fixed,
      nonce: MiniNumber.of(BigInt(nonce)),
      time: MiniNumber.of(BigInt(common.firsttime) + BigInt(i * common.interval)),
      block: MiniNumber.of(common.firstnumber + i),
      blkdiff: parseHex(at(diffs, diff)),
      superparents: parent === undefined ? EMPTY_HEADER.superparents : nextSuperParents(parent),
    };
    parent = { header, body: null };
    yield parent;
  }
}

function* cascades(data: unknown): Iterable<Case> {
  const file = data as CascadeFile;
  const params = paramsOf(file);
  const cuts = file.cuts[Symbol.iterator]();
  let tree: BlockTree | undefined;
  let cascade: Cascade = EMPTY_CASCADE;
  for (const [i, txpow] of [...cascadeRows(file)].entries()) {
    const number = file.common.firstnumber + i;
    const node = headerNode(txpow);
    const [, , id, level] = at(file.blocks, i);
    const sample = file.samples[String(number)];
    yield {
      name: `block ${number}`,
      run() {
        same([toHex0x(txpowId(txpow)), superLevel(txpow)], [id, level], "id, super level");
        if (sample !== undefined) same(toHex0x(encode(writeTxPoW, txpow)), sample, "encoding");
      },
    };
    if (tree === undefined) tree = new BlockTree(node);
    else tree.add(node, tree.tip);
    tree.recompute();
    if (tree.length < params.treeLength + params.cutFrequency) continue;
    const { removed } = tree.cut(params.treeLength);
    cascade = extendCascade(
      cascade,
      removed.map((gone) => gone.txpow),
      params.cascadeNodes,
    );
    yield checkCut(at([cuts.next().value], 0), tree, cascade, removed.length);
  }
  const last = cascade;
  yield { name: "final nodes", run: () => same(last.nodes.map(nodeRow), file.finalnodes) };
  if (file.finalcascade !== undefined)
    yield { name: "final cascade", run: () => same(toHex0x(encode(writeCascadeNodes, last.nodes)), file.finalcascade) };
}

function checkCut(expected: CascadeFile["cuts"][number] | undefined, tree: BlockTree, cascade: Cascade, removed: number): Case {
  const [tip, root, treeWeight] = [tree.tip.number, tree.root.number, weightText(tree.root.total)];
  return {
    name: `cut at ${tip}`,
    run() {
      const perLevel: number[] = [];
      for (const { level } of cascade.nodes) perLevel[level] = (perLevel[level] ?? 0) + 1;
      if (expected === undefined) throw new Error("no such cut");
      const { nodes, ...facts } = expected;
      same(
        {
          tip,
          root,
          removed,
          cascadetip: Number(cascade.nodes[0]?.txpow.header.block.toBigInt()),
          cascadelength: cascade.nodes.length,
          perlevel: perLevel,
          cascadeweight: weightText(cascade.weight),
          treeweight: treeWeight,
          cascadehash: toHex0x(hashObject(writeCascadeNodes, cascade.nodes)),
          checkcorrect: isConsistentCascade(cascade),
        },
        facts,
        "cut",
      );
      if (nodes !== undefined) same(cascade.nodes.map(nodeRow), nodes, "nodes");
    },
  };
}

// --- cascade_check.json

interface CascadeCheckFile extends ParamsFile {
  readonly txpows: readonly IdAndTxPoW[];
  readonly cases: readonly {
    readonly name: string;
    readonly wire: WireCascade;
    readonly decoded?: WireCascade;
    readonly decodedlength: number;
    readonly totalweight: string;
    readonly checkcorrect: boolean;
  }[];
}

function* cascadeChecks(data: unknown): Iterable<Case> {
  const file = data as CascadeCheckFile;
  const { cascadeNodes } = paramsOf(file);
  const txpows = txpowList(file.txpows);
  for (const item of file.cases)
    yield {
      name: item.name,
      run() {
        const sent = encode(writeCascadeNodes, nodesOf(item.wire, txpows));
        const cascade = cascadeOf(decode(readCascadeNodes, sent), cascadeNodes);
        const rows = (nodes: readonly CascadeNode[]): unknown[] => nodes.map(({ txpow, level }) => [txpowKey(txpow), level]);
        same(rows(cascade.nodes), rows(nodesOf(item.decoded ?? item.wire, txpows)), "nodes");
        same(cascade.nodes.length, item.decodedlength, "length");
        same(weightText(cascade.weight), item.totalweight, "weight");
        same(isConsistentCascade(cascade), item.checkcorrect, "consistent");
      },
    };
}

// --- superparents_check.json

interface SuperParentsFile extends ParamsFile {
  readonly txpows: readonly IdAndTxPoW[];
  readonly cases: readonly {
    readonly name: string;
    readonly tree: readonly number[];
    readonly cascade: WireCascade;
    readonly block: string;
    readonly superparents: readonly string[];
    readonly results: readonly { readonly level?: number; readonly value?: string; readonly valid: boolean }[];
  }[];
}

function* superParents(data: unknown): Iterable<Case> {
  const file = data as SuperParentsFile;
  const txpows = txpowList(file.txpows);
  for (const item of file.cases) {
    const parent = linkChain(item.tree.map((index) => at(txpows, index)));
    const cascade = cascadeOf(nodesOf(item.cascade, txpows), paramsOf(file).cascadeNodes);
    const block = decode(readTxPoW, parseHex(item.block));
    yield {
      name: `${item.name}: as made`,
      run() {
        same(block.header.superparents.map(toHex0x), item.superparents, "carried");
        same(nextSuperParents(parent.txpow).map(toHex0x), item.superparents, "computed");
      },
    };
    for (const { level, value, valid } of item.results)
      yield {
        name: `${item.name}: level ${level} is ${value}`,
        run() {
          const superparents = block.header.superparents.map((id, i) => (i === level && value !== undefined ? parseHex(value) : id));
          same(hasRightSuperParents({ ...block, header: { ...block.header, superparents } }, parent, cascade), valid);
        },
      };
  }
}

// --- heavier.json

interface HeavierFile extends ParamsFile {
  readonly txpows: readonly IdAndTxPoW[];
  readonly cases: readonly {
    readonly name: string;
    readonly mycascade: WireCascade;
    readonly myblocks: readonly number[];
    readonly mytotal: string;
    readonly theircascade: WireCascade;
    readonly theirblocks: readonly number[];
    readonly theirtotal: string;
    readonly crossing: readonly number[];
    readonly myweight: string;
    readonly theirweight: string;
    readonly oursheavier: boolean;
    readonly theirsvalid: boolean;
  }[];
}

function* heavier(data: unknown): Iterable<Case> {
  const file = data as HeavierFile;
  const { cascadeNodes } = paramsOf(file);
  const txpows = txpowList(file.txpows);
  const chainOf = (cascade: WireCascade, blocks: readonly number[]): LinearChain => ({
    cascade: cascadeOf(nodesOf(cascade, txpows), cascadeNodes),
    blocks: blocks.map((index) => at(txpows, index)).reverse(),
  });
  for (const item of file.cases)
    yield {
      name: item.name,
      run() {
        const mine = chainOf(item.mycascade, item.myblocks);
        const theirs = chainOf(item.theircascade, item.theirblocks);
        same([String(chainWeight(mine)), String(chainWeight(theirs))], [item.mytotal, item.theirtotal], "totals");
        const { crossing, ours, theirs: their, oursHeavier } = compareChains(mine, theirs, cascadeNodes);
        const [index] = item.crossing;
        same(crossing, index === undefined ? undefined : txpowKey(at(txpows, index)), "crossing");
        same([String(ours), String(their), oursHeavier], [item.myweight, item.theirweight, item.oursheavier], "comparison");
        same(isWellFormedChain(theirs.cascade, theirs.blocks.at(-1)), item.theirsvalid, "valid");
      },
    };
}

// --- magic_chain.json

interface MagicFile {
  readonly start: string;
  readonly cases: readonly { readonly name: string; readonly steps: readonly MagicStep[] }[];
}

interface MagicStep {
  readonly n: number;
  readonly desired: readonly [size: string, operations: string, transactions: string, work: string];
  readonly current?: readonly string[];
  readonly limits?: readonly number[];
  /** The whole Magic after the step. */
  readonly hex?: string;
  /** The Magic before the step, sometimes empty. */
  readonly before?: string;
}

function* magicChains(data: unknown): Iterable<Case> {
  const { start, cases } = data as MagicFile;
  for (const { name, steps } of cases)
    yield {
      name,
      run() {
        let magic = decode(readMagic, parseHex(start));
        for (const step of steps) {
          if (step.before) same(magicHex(magic), step.before, `before step ${step.n}`);
          const [size, operations, transactions, work] = step.desired;
          magic = nextMagic(magic, {
            maxTxPoWSize: MiniNumber.parse(size),
            maxKissvmOps: MiniNumber.parse(operations),
            maxTransactions: MiniNumber.parse(transactions),
            minTxPoWWork: parseHex(work),
          });
          checkMagicStep(magic, step);
        }
      },
    };
}

const magicHex = (magic: Magic): string => toHex0x(encode(writeMagic, magic));

function checkMagicStep(magic: Magic, { n, current, limits, hex }: MagicStep): void {
  const numbers = [magic.current.maxTxPoWSize, magic.current.maxKissvmOps, magic.current.maxTransactions];
  if (current !== undefined) same([...numbers.map(String), toHex0x(magic.current.minTxPoWWork)], current, `current values of step ${n}`);
  if (limits !== undefined) {
    const whole = numbers.map((number) => Number(number.toBigInt()));
    same(whole, limits, `limits of step ${n}`);
  }
  if (hex !== undefined) same(magicHex(magic), hex, `Magic of step ${n}`);
}

/** Vectors of the chain rules (spec 06). */
export const consensusRules: Area = {
  superlevel: superLevels,
  magic_chain: magicChains,
  tree: trees,
  "difficulty_*": difficulties,
  "cascade_*": cascades,
  cascade_check: cascadeChecks,
  superparents_check: superParents,
  heavier,
};
