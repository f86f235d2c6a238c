import { blockTarget } from "../../../host/chain/block-target.js";
import { nextTarget } from "../../../host/chain/difficulty.js";
import { txpowKey } from "../../../host/chain/id-key.js";
import { nextMagic } from "../../../host/chain/magic.js";
import { medianBlock } from "../../../host/chain/time.js";
import { BlockTree } from "../../../host/chain/tree.js";
import type { ChainLink, TreeNode } from "../../../host/chain/tree-node.js";
import { blockWeight, targetWeight, weightText } from "../../../host/chain/weight.js";
import { compareUnsigned, parseHex, toHex0x } from "../../../host/protocol/bytes.js";
import { type Magic, readMagic, writeMagic } from "../../../host/protocol/magic.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import { decode } from "../../../host/protocol/reader.js";
import { isBlock, readTxPoW, superLevel, superLevelOf, txpowId } from "../../../host/protocol/txpow.js";
import { encode } from "../../../host/protocol/writer.js";
import { EMPTY_HEADER, headerNode } from "../../chain/headers.js";
import type { Case } from "../area.js";
import { at, type ParamsFile, paramsOf } from "../chain-rules.js";
import { refused, same } from "../checks.js";

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

export function* superLevels(data: unknown): Iterable<Case> {
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

export function* trees(data: unknown): Iterable<Case> {
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

interface DifficultyFile extends ParamsFile {
  readonly cases: readonly {
    readonly name: string;
    readonly rootnumber: number;
    readonly blocks: readonly (readonly [time: string, blkdiff: string])[];
    readonly results: readonly (readonly [next: string, median: string, longMedian: string])[];
  }[];
}

export function* difficulties(data: unknown): Iterable<Case> {
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
          const txpow = { header, body: null };
          const link: ChainLink = {
            key: txpowKey(txpow),
            txpow,
            number: rootnumber + i,
            time: header.time,
            target: blockTarget(txpow),
            superLevel: 0,
            parent,
          };
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

export function* magicChains(data: unknown): Iterable<Case> {
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
