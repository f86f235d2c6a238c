import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BlockTree } from "../../host/chain/tree.js";
import type { TreeNode } from "../../host/chain/tree-node.js";
import { addWeights, compareWeights, type Weight, weightText } from "../../host/chain/weight.js";
import { fromUnsigned } from "../../host/protocol/bytes.js";
import { headerNode, mineHeader } from "./headers.js";

const MAX = (1n << 256n) - 1n;
/** Few targets, so that equal weights are common. */
const TARGETS = [MAX, MAX / 2n, MAX / 3n, MAX / 7n].map(fromUnsigned);

/** Each block: which earlier block is its parent, and which target it has. */
const shape = fc.array(fc.record({ parent: fc.nat(), target: fc.nat({ max: TARGETS.length - 1 }) }), { maxLength: 40 });

function grow(blocks: readonly { readonly parent: number; readonly target: number }[]): { tree: BlockTree; nodes: TreeNode[] } {
  const root = headerNode(mineHeader({}, null));
  const tree = new BlockTree(root);
  const nodes = [root];
  for (const [i, { parent, target }] of blocks.entries()) {
    // Mostly long branches: parents are taken from the newest blocks.
    const at = Math.max(0, nodes.length - 1 - (parent % 5));
    const below = nodes[at] as TreeNode;
    const node = headerNode(mineHeader({ blkdiff: TARGETS[target] ?? fromUnsigned(MAX) }, below.txpow, i + 1));
    tree.add(node, below);
    nodes.push(node);
  }
  tree.recompute();
  return { tree, nodes };
}

function naiveTotal(node: TreeNode): Weight {
  return node.children.map(naiveTotal).reduce(addWeights, node.weight);
}

function naiveTip(node: TreeNode): TreeNode {
  const [first, ...others] = node.children;
  if (first === undefined) return node;
  let best = first;
  for (const other of others) if (compareWeights(naiveTotal(other), naiveTotal(best)) > 0) best = other;
  return naiveTip(best);
}

describe("the tree", () => {
  test("finds the tip that a naive recomputation finds", () => {
    fc.assert(
      fc.property(shape, (blocks) => {
        const { tree, nodes } = grow(blocks);
        expect(tree.tip).toBe(naiveTip(tree.root));
        for (const node of nodes) expect(weightText(node.total)).toBe(weightText(naiveTotal(node)));
      }),
      { numRuns: 60 },
    );
  });

  test("keeps exactly the descendants of the new root in a cut", () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 1, max: 12 }), (blocks, length) => {
        const { tree, nodes } = grow(blocks);
        const before = { tip: tree.tip, length: tree.length, main: [...tree.mainBranch()] };
        const { removed, dropped } = tree.cut(length);
        expect(tree.tip).toBe(before.tip);
        expect(tree.length).toBe(Math.min(length, before.length));
        expect([...removed, ...tree.mainBranch()]).toEqual(before.main);
        expect(tree.root.parent).toBeNull();
        const below = (node: TreeNode | null): boolean => node !== null && (node === tree.root || below(node.parent));
        const kept = nodes.filter((node) => !removed.includes(node) && !dropped.includes(node));
        expect([...tree.nodes()]).toEqual(kept);
        for (const node of nodes) expect(below(node)).toBe(kept.includes(node));
        for (const [i, node] of tree.mainBranch().entries()) {
          expect(tree.mainAt(tree.root.number + i)).toBe(node);
          expect(tree.isOnMain(node)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("prefers the branch that came first among equals", () => {
    const root = headerNode(mineHeader({}, null));
    const tree = new BlockTree(root);
    const [first, second] = [1, 2].map((seed) => headerNode(mineHeader({}, root.txpow, seed))) as [TreeNode, TreeNode];
    tree.add(first, root);
    tree.add(second, root);
    tree.recompute();
    expect(tree.tip).toBe(first);
    const onSecond = headerNode(mineHeader({}, second.txpow, 3));
    tree.add(onSecond, second);
    tree.recompute();
    expect(tree.tip).toBe(onSecond);
  });
});
