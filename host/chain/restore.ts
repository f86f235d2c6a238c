import { ProtocolError } from "../protocol/errors.js";
import type { TxBlock } from "../protocol/txblock.js";
import { restoreImported } from "./coin-import.js";
import { parentKey } from "./id-key.js";
import { SettledNode } from "./settled-node.js";
import type { SavedChain, SavedRoot } from "./snapshot.js";
import { runSteps } from "./steps.js";
import { BlockTree, SETTLED_DEPTH } from "./tree.js";
import { TreeNode } from "./tree-node.js";
import { applyTxBlock } from "./txblock.js";

/**
 * The tree as it was: MMRs are rebuilt from TxBlocks, except those of blocks that were saved settled; nothing is checked again. Null
 * without blocks. Throws ProtocolError.
 */
export function restoreTree({ blocks, root, imported }: SavedChain): BlockTree | null {
  let tree: BlockTree | null = null;
  const young: TreeNode[] = [];
  for (const block of blocks) {
    if (tree === null) {
      const node = block instanceof SettledNode ? block.node : restoreNode(block, null);
      if (root !== null && root.key === node.key) restoreRoot(node, root);
      tree = new BlockTree(node);
      continue;
    }
    const parent = tree.get(block instanceof SettledNode ? block.parent : parentKey(block.txpow));
    if (parent === undefined) throw new ProtocolError("malformed", "a saved block has no parent");
    const node = block instanceof SettledNode ? settledOn(parent, block) : restoreNode(block, parent);
    tree.add(node, parent);
    young.push(node);
    if (young.length > SETTLED_DEPTH) young.shift()?.settle();
  }
  tree?.recompute();
  if (tree !== null) restoreImported(tree, imported);
  return tree;
}

function settledOn(parent: TreeNode, { node }: SettledNode): TreeNode {
  node.mmr.parent = parent.mmr;
  return node;
}

function restoreNode(txblock: TxBlock, parent: TreeNode | null): TreeNode {
  const { mmr, created } = runSteps(applyTxBlock(txblock, parent?.mmr ?? null)).result;
  return TreeNode.of(txblock, mmr, created);
}

function restoreRoot(node: TreeNode, { mmr, carried }: SavedRoot): void {
  for (const { row, entry, data } of mmr) node.mmr.set(row, entry.unscaled, data);
  node.carry(carried);
}
