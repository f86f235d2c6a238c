import type { Bytes } from "../protocol/bytes.js";
import { parentId, type TxPoW } from "../protocol/txpow.js";
import { type IdKey, idBytes, idKey, parentKey } from "./id-key.js";
import { NOTHING } from "./steps.js";
import type { TreeNode } from "./tree-node.js";
import type { Steps } from "./types.js";

/** How many stored ancestors of a new block are looked through for missing TxPoWs (spec 06b §4 step 6). */
const MAX_ANCESTORS = 512;
/** How many main-branch blocks are looked through now and then. */
const MAX_MAIN_BLOCKS = 256;
/** Of these, in one step. */
const BLOCKS_PER_STEP = 8;

/** What is known of TxPoWs, to find out what is missing. */
export interface KnownTxPoWs {
  knows(key: IdKey): boolean;
  get(key: IdKey): TxPoW | undefined;
  isOnMain(key: IdKey): boolean;
}

/** Ids a block lists that are not known. */
export function missingListed(block: TxPoW, known: KnownTxPoWs): Bytes[] {
  return (block.body?.txnlist ?? []).filter((id) => !known.knows(idKey(id)));
}

/**
 * What to ask the sender of a block for: the unknown of its list, of its stored ancestors' lists, and the first ancestor that is
 * not stored, down to the main branch or the root (spec 06b §4 step 6).
 */
export function missingBelow(block: TxPoW, root: TreeNode, known: KnownTxPoWs): Bytes[] {
  const missing = missingListed(block, known);
  let current = block;
  for (let i = 0; i < MAX_ANCESTORS; i++) {
    if (current.header.block.lessOrEqual(root.txpow.header.block) || known.isOnMain(parentKey(current))) break;
    const parent = known.get(parentKey(current));
    if (parent === undefined) return [...missing, parentId(current)];
    missing.push(...missingListed(parent, known));
    current = parent;
  }
  return missing;
}

/** The unknown of what the newest main-branch blocks list. */
export function* missingOnMain(tip: TreeNode, known: KnownTxPoWs): Steps<Bytes[]> {
  const missing: Bytes[] = [];
  let node: TreeNode | null = tip;
  for (let i = 0; i < MAX_MAIN_BLOCKS && node !== null; i++, node = node.parent) {
    missing.push(...node.listed.filter((key) => !known.knows(key)).map(idBytes));
    if (i % BLOCKS_PER_STEP === BLOCKS_PER_STEP - 1) yield NOTHING;
  }
  return missing;
}
