import type { IdKey } from "./id-key.js";
import type { TreeNode } from "./tree-node.js";

/** Which main-branch block of the tree a TxPoW is, or is listed by. */
export class MainIndex {
  readonly #blocks = new Map<IdKey, TreeNode[]>();

  /** The oldest such block. */
  blockOf(key: IdKey): TreeNode | undefined {
    return this.#blocks.get(key)?.[0];
  }

  has(key: IdKey): boolean {
    return this.#blocks.has(key);
  }

  /** A block became part of the main branch, on top of those before. */
  add(node: TreeNode): void {
    for (const key of new Set([node.key, ...node.listed])) {
      const blocks = this.#blocks.get(key);
      if (blocks === undefined) this.#blocks.set(key, [node]);
      else blocks.push(node);
    }
  }

  /** A block left the main branch, or the tree. */
  remove(node: TreeNode): void {
    for (const key of new Set([node.key, ...node.listed])) {
      const left = (this.#blocks.get(key) ?? []).filter((block) => block !== node);
      if (left.length > 0) this.#blocks.set(key, left);
      else this.#blocks.delete(key);
    }
  }
}
