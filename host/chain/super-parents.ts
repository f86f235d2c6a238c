import { type Bytes, equalBytes, ZERO_ID } from "../protocol/bytes.js";
import { CASCADE_LEVELS } from "../protocol/txheader.js";
import { superLevel, type TxPoW, txpowId } from "../protocol/txpow.js";
import type { Cascade } from "./cascade.js";
import { idBytes } from "./id-key.js";
import type { ChainLink } from "./tree-node.js";

/** The super parents of a block on `parent`: `parent` itself up to its level, its own super parents above (spec 06 §7). */
export function nextSuperParents(parent: TxPoW): Bytes[] {
  const level = superLevel(parent);
  const id = txpowId(parent);
  return parent.header.superparents.map((older, i) => (i <= level ? id : older));
}

/**
 * Whether super parent k of a block is the newest ancestor of level k or more, looked for in the tree and then in the cascade. Of
 * the levels that no ancestor reaches only the first is looked at: it must be `00` (spec 06 §7, Q5).
 */
export function hasRightSuperParents(block: TxPoW, parent: ChainLink, cascade: Cascade): boolean {
  const { superparents } = block.header;
  let open = 0;
  const agrees = (ancestor: Bytes, level: number): boolean => {
    for (; open <= level; open++) if (!equalBytes(superparents[open] ?? ZERO_ID, ancestor)) return false;
    return true;
  };
  for (let link: ChainLink | null = parent; link !== null && open < CASCADE_LEVELS; link = link.parent)
    if (link.superLevel >= open && !agrees(idBytes(link.key), link.superLevel)) return false;
  for (let i = 0; i < cascade.nodes.length && open < CASCADE_LEVELS; i++) {
    const ancestor = cascade.nodes[i];
    if (ancestor !== undefined && ancestor.superLevel >= open && !agrees(idBytes(ancestor.key), ancestor.superLevel)) return false;
  }
  return open >= CASCADE_LEVELS || equalBytes(superparents[open] ?? ZERO_ID, ZERO_ID);
}
