import { sha3 } from "../core/hash.js";
import { type Bytes, concatBytes, equalBytes } from "../protocol/bytes.js";
import { encodeUtf8 } from "../protocol/text.js";
import { hashSecrets } from "./secret-hash.js";
import type { NodeMaker } from "./treekey.js";

/** Where the public keys of key-tree nodes are kept; what is lost there is only made again. */
export interface NodeKeyStore {
  nodeKeys(id: Bytes): Bytes | undefined;
  /** Does not wait for the disk. */
  keepNodeKeys(id: Bytes, record: Bytes): void;
}

const PURPOSE = encodeUtf8("minimote key node");
const HASH_LENGTH = 32;

/**
 * Makes a node of a tree key once and not after every start: it takes seconds on a small board. What is kept are public keys, under
 * a hash of the node's seed and with a checksum: a node that came out wrong would have its parent sign twice.
 */
export function rememberedNodes(make: NodeMaker, store: NodeKeyStore): NodeMaker {
  return async (seed, keys) => {
    const id = hashSecrets(PURPOSE, seed);
    const kept = opened(id, store.nodeKeys(id));
    if (kept?.length === keys * HASH_LENGTH) return split(kept);
    const made = await make(seed, keys);
    const publicKeys = concatBytes(...made);
    store.keepNodeKeys(id, concatBytes(checksum(id, publicKeys), publicKeys));
    return made;
  };
}

function checksum(id: Bytes, publicKeys: Bytes): Bytes {
  return sha3(concatBytes(id, publicKeys));
}

function opened(id: Bytes, record: Bytes | undefined): Bytes | undefined {
  const publicKeys = record?.slice(HASH_LENGTH);
  if (record === undefined || publicKeys === undefined) return undefined;
  return equalBytes(record.subarray(0, HASH_LENGTH), checksum(id, publicKeys)) ? publicKeys : undefined;
}

function split(publicKeys: Bytes): Bytes[] {
  return Array.from({ length: publicKeys.length / HASH_LENGTH }, (_, i) => publicKeys.subarray(i * HASH_LENGTH, (i + 1) * HASH_LENGTH));
}
