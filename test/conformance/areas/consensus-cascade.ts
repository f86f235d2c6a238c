import {
  type Cascade,
  cascadeOf,
  EMPTY_CASCADE,
  extendCascade,
  isConsistentCascade,
  isWellFormedChain,
} from "../../../host/chain/cascade.js";
import { chainWeight, compareChains, type LinearChain, weighed } from "../../../host/chain/compare.js";
import { txpowKey } from "../../../host/chain/id-key.js";
import { hasRightSuperParents, nextSuperParents } from "../../../host/chain/super-parents.js";
import { BlockTree } from "../../../host/chain/tree.js";
import { cascadeWeight, weightText } from "../../../host/chain/weight.js";
import { parseHex, toHex0x } from "../../../host/protocol/bytes.js";
import { type CascadeNode, readCascadeNodes, writeCascadeNodes } from "../../../host/protocol/cascade.js";
import { hashObject } from "../../../host/protocol/hash.js";
import { readMagic } from "../../../host/protocol/magic.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import { decode } from "../../../host/protocol/reader.js";
import { readTxPoW, superLevel, type TxPoW, txpowId, writeTxPoW } from "../../../host/protocol/txpow.js";
import { encode } from "../../../host/protocol/writer.js";
import { EMPTY_HEADER, headerNode } from "../../chain/headers.js";
import type { Case } from "../area.js";
import { at, type IdAndTxPoW, linkChain, nodesOf, type ParamsFile, paramsOf, txpowList, type WireCascade } from "../chain-rules.js";
import { same } from "../checks.js";

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

export function* cascades(data: unknown): Iterable<Case> {
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

export function* cascadeChecks(data: unknown): Iterable<Case> {
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

export function* superParents(data: unknown): Iterable<Case> {
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

export function* heavier(data: unknown): Iterable<Case> {
  const file = data as HeavierFile;
  const { cascadeNodes } = paramsOf(file);
  const txpows = txpowList(file.txpows);
  const chainOf = (cascade: WireCascade, blocks: readonly number[]): LinearChain => ({
    cascade: cascadeOf(nodesOf(cascade, txpows), cascadeNodes),
    blocks: blocks.map((index) => weighed(at(txpows, index))).reverse(),
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
        same(
          isWellFormedChain(theirs.cascade, item.theirblocks.slice(0, 1).map((index) => at(txpows, index))[0]),
          item.theirsvalid,
          "valid",
        );
      },
    };
}
