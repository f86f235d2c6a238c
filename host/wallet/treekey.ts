import { setImmediate } from "node:timers/promises";
import { MMR } from "../chain/mmr/mmr.js";
import { keysRoot, treeKeys, treeSeed } from "../core/tree-key.js";
import { winternitzSign } from "../core/winternitz.js";
import { type Bytes, concatBytes, equalBytes } from "../protocol/bytes.js";
import { dataLeaf } from "../protocol/mmr-node.js";
import type { Signature, SignatureProof } from "../protocol/signature.js";
import { MAX_SIGNATURE_LEVELS } from "../protocol/verify-signature.js";
import { WalletError } from "./errors.js";
import { dataPrefix, hashSecrets } from "./secret-hash.js";

/** How many one-time keys a node has and how many levels of nodes there are (spec 04 §2). */
export interface TreeShape {
  readonly keys: number;
  readonly levels: number;
}

/** The shape of wallet keys (spec 04 §8). */
export const DEFAULT_SHAPE: TreeShape = { keys: 64, levels: 3 };

const MAX_INT32 = 2 ** 31 - 1;

/** How many signatures a key of this shape can make (spec 04 §2). */
export function maxUses({ keys, levels }: TreeShape): number {
  return Math.min(keys ** levels, MAX_INT32);
}

/** Makes the one-time public keys of a node: by far the most work there is, so that a host may have others do it. */
export type NodeMaker = (seed: Bytes, keys: number) => Promise<readonly Bytes[]>;

/** The seed of child `index` of the node with this seed (spec 04 §2). */
function childSeed(seed: Bytes, index: number): Bytes {
  const base = hashSecrets(dataPrefix(seed), seed);
  try {
    return treeSeed(base, index);
  } finally {
    base.fill(0);
  }
}

/** Makes a node on this thread; others get their turn after every key. */
export const makeNodeHere: NodeMaker = async (seed, keys) => {
  const publicKeys: Bytes[] = [];
  for (let i = 0; i < keys; i++) {
    publicKeys.push(treeKeys(seed, i, 1));
    await setImmediate();
  }
  return publicKeys;
};

/** One node: its one-time public keys and the MMR over them. */
class TreeKeyNode {
  readonly publicKey: Bytes;
  readonly #mmr: MMR;

  private constructor(
    readonly seed: Bytes,
    readonly publicKeys: readonly Bytes[],
  ) {
    this.#mmr = MMR.of(publicKeys.map((key) => dataLeaf(key)));
    this.publicKey = keysRoot(concatBytes(...publicKeys));
  }

  static async make(seed: Bytes, keys: number, makeNode: NodeMaker): Promise<TreeKeyNode> {
    const publicKeys = await makeNode(seed, keys);
    if (publicKeys.length !== keys) throw new RangeError(`a node of ${keys} keys was made with ${publicKeys.length}`);
    return new TreeKeyNode(seed, publicKeys);
  }

  /** Signs with one of the one-time keys, which must never sign anything else. */
  sign(index: number, message: Bytes): SignatureProof {
    const secret = treeSeed(this.seed, index);
    try {
      const signature = winternitzSign(secret, message);
      return { publickey: this.publicKeys[index] as Bytes, signature, proof: this.#mmr.proofToRoot(BigInt(index)) };
    } finally {
      secret.fill(0);
    }
  }
}

/** What is kept of a level: the node in use and, above the lowest level, what it signed of the level below. */
interface Level {
  readonly node: TreeKeyNode;
  readonly child?: { readonly index: number; readonly proof: SignatureProof };
}

/** The public key of a tree key; the number of levels does not matter (spec 04 §2). */
export async function treePublicKey(seed: Bytes, keys: number, makeNode: NodeMaker = makeNodeHere): Promise<Bytes> {
  return keysRoot(concatBytes(...(await makeNode(seed, keys))));
}

/**
 * A tree of one-time keys (spec 04 §2-§3). It keeps the nodes on the path last used. It does not count uses: whoever calls must
 * see to it that an index is never used for two messages, and that one signature is finished before the next begins.
 */
export class TreeKey {
  readonly publicKey: Bytes;
  readonly maxUses: number;
  readonly #shape: TreeShape;
  readonly #makeNode: NodeMaker;
  readonly #levels: Level[];

  private constructor(shape: TreeShape, root: TreeKeyNode, makeNode: NodeMaker) {
    this.#shape = shape;
    this.#makeNode = makeNode;
    this.#levels = [{ node: root }];
    this.publicKey = root.publicKey;
    this.maxUses = maxUses(shape);
  }

  /** Throws `RangeError` for a shape that cannot be. The seed is copied. */
  static async open(seed: Bytes, shape: TreeShape = DEFAULT_SHAPE, makeNode: NodeMaker = makeNodeHere): Promise<TreeKey> {
    const { keys, levels } = shape;
    if (!(Number.isSafeInteger(keys) && keys >= 1)) throw new RangeError("a tree key has one key per node at least");
    if (!(Number.isInteger(levels) && levels >= 1 && levels <= MAX_SIGNATURE_LEVELS))
      throw new RangeError(`a tree key has 1 to ${MAX_SIGNATURE_LEVELS} levels`);
    return new TreeKey(shape, await TreeKeyNode.make(seed.slice(), keys, makeNode), makeNode);
  }

  /** The signature number `use` (spec 04 §3). Throws `keys-exhausted` beyond the last; an index never starts over. */
  async sign(use: number, data: Bytes): Promise<Signature> {
    const path = this.#path(use);
    await this.#descend(path);
    const proofs = path.slice(0, -1).map((index, level) => this.#signChild(level, index));
    const last = path.length - 1;
    return { proofs: [...proofs, this.#node(last).sign(path[last] as number, data)] };
  }

  /** Whether these bytes are the key of a node in use: signing them would hand over what is below it. */
  holdsNodeKey(data: Bytes): boolean {
    return this.#levels.some(({ node }) => equalBytes(node.publicKey, data));
  }

  /** Forgets the seeds. The key cannot be used any more. */
  wipe(): void {
    for (const { node } of this.#levels.splice(0)) node.seed.fill(0);
  }

  /** The digits of an index, most significant first (spec 04 §3). */
  #path(use: number): number[] {
    if (!Number.isSafeInteger(use) || use < 0) throw new RangeError("a use index is a whole number from 0");
    if (use >= this.maxUses) throw new WalletError("keys-exhausted", "this key has made all the signatures it can make");
    const path: number[] = [];
    for (let rest = use; path.length < this.#shape.levels; rest = Math.floor(rest / this.#shape.keys))
      path.unshift(rest % this.#shape.keys);
    return path;
  }

  #node(level: number): TreeKeyNode {
    const found = this.#levels[level];
    if (found === undefined) throw new WalletError("locked", "this key was locked");
    return found.node;
  }

  /** Makes the nodes on a path current. */
  async #descend(path: readonly number[]): Promise<void> {
    for (let level = 0; level + 1 < path.length; level++) {
      const index = path[level] as number;
      if (this.#levels[level]?.child?.index === index && this.#levels[level + 1] !== undefined) continue;
      const { seed } = this.#node(level);
      const child = await TreeKeyNode.make(childSeed(seed, index), this.#shape.keys, this.#makeNode);
      const node = this.#node(level);
      for (const old of this.#levels.splice(level + 1)) old.node.seed.fill(0);
      this.#levels[level] = { node, child: { index, proof: node.sign(index, child.publicKey) } };
      this.#levels.push({ node: child });
    }
  }

  #signChild(level: number, index: number): SignatureProof {
    const child = this.#levels[level]?.child;
    if (child?.index !== index) throw new WalletError("locked", "this key was locked");
    return child.proof;
  }
}
