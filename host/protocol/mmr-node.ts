import { foldNodes, leafHash, rootOf } from "../core/mmr.js";
import { type Bytes, equalBytes } from "./bytes.js";
import { type Coin, writeCoin } from "./coin.js";
import { ProtocolError } from "./errors.js";
import { hashEach, hashObject, hashWith } from "./hash.js";
import { memo } from "./memo.js";
import { type MMRData, type MMRProof, type ProofChunk, writeMMRData } from "./mmr-objects.js";
import { MiniNumber } from "./number.js";
import { Reader } from "./reader.js";
import type { Signature, SignatureProof } from "./signature.js";
import { recodedState } from "./state-variable.js";
import { Writer } from "./writer.js";

const HASH_LENGTH = 32;
/** Room for a chunk with a usual number. */
const MAX_NODE_LENGTH = 80;

/** The leaf of an object (spec 03 §1). The value keeps its own scale, even a negative one. */
export function leafNode<T>(write: (writer: Writer, item: T) => void, item: T, value: MiniNumber): MMRData {
  const writer = new Writer();
  write(writer, item);
  writer.number(value);
  return { hash: leafHash(writer.toBytes()), value };
}

/** The leaf of a byte string, such as a public key (spec 03 §1). */
export function dataLeaf(bytes: Bytes, value: MiniNumber = MiniNumber.ZERO): MMRData {
  return leafNode((writer, item) => writer.data(item), bytes, value);
}

/** The leaf of a text, such as a script (spec 03 §1). */
export function textLeaf(text: string, value: MiniNumber = MiniNumber.ZERO): MMRData {
  return leafNode((writer, item) => writer.string(item), text, value);
}

/** Two nodes and the sum of their values: a parent that is not hashed yet. */
export interface NodePair {
  readonly left: MMRData;
  readonly right: MMRData;
  readonly value: MiniNumber;
}

/** Throws `range` when the sum of the values is out of range. */
export function nodePair(left: MMRData, right: MMRData): NodePair {
  return { left, right, value: left.value.add(right.value) };
}

/** The parent of two nodes (spec 03 §1). Throws `range` when the sum of the values is out of range. */
export function parentNode(left: MMRData, right: MMRData): MMRData {
  return parentOf(nodePair(left, right));
}

/** The parent of a pair. */
export function parentOf(pair: NodePair): MMRData {
  return { hash: hashObject(writePair, pair), value: pair.value };
}

/** The parents of pairs: of several, in a fraction of the time of one after the other. May be given a writer to clear and use. */
export function parentsOf(pairs: readonly NodePair[], writer?: Writer): MMRData[] {
  const nodes: MMRData[] = [];
  for (const [i, hash] of hashEach(writePair, pairs, writer).entries()) {
    const pair = pairs[i];
    if (pair !== undefined) nodes.push({ hash, value: pair.value });
  }
  return nodes;
}

function writePair(writer: Writer, { left, right, value }: NodePair): void {
  writer.number(MiniNumber.ONE);
  writer.data(left.hash);
  writer.data(right.hash);
  writer.number(value);
}

/** The root over two nodes or more, in one call (spec 03 §4); null for what the core does not handle. */
export function rootInCore(nodes: readonly [MMRData, ...MMRData[]]): MMRData | null {
  const [first, ...rest] = nodes;
  return inCore(rootOf, first, rest, writeNode);
}

/** The node a proof leads to from a leaf: a peak or a root if the proof is good (spec 03 §5). Throws `range`. */
export function foldProof(leaf: MMRData, proof: MMRProof): MMRData {
  if (proof.chunks.length === 0) return leaf;
  return (
    inCore(foldNodes, leaf, proof.chunks, writeChunk) ??
    proof.chunks.reduce((node, chunk) => (chunk.left !== 0 ? parentNode(chunk.data, node) : parentNode(node, chunk.data)), leaf)
  );
}

/** What one call of the core makes of a node and what follows it; null for what it does not handle. */
function inCore<T>(
  call: (nodes: Bytes) => Bytes | null,
  first: MMRData,
  rest: readonly T[],
  write: (writer: Writer, item: T) => boolean,
): MMRData | null {
  const writer = new Writer(MAX_NODE_LENGTH * (rest.length + 1));
  if (!writeNode(writer, first) || !rest.every((item) => write(writer, item))) return null;
  const node = call(writer.toBytes());
  return node === null ? null : { hash: node.slice(0, HASH_LENGTH), value: new Reader(node.subarray(HASH_LENGTH)).number() };
}

/** A node as the core takes it; false for a hash of another length. */
function writeNode(writer: Writer, { hash, value }: MMRData): boolean {
  writer.raw(hash);
  writer.number(value);
  return hash.length === HASH_LENGTH;
}

function writeChunk(writer: Writer, { left, data }: ProofChunk): boolean {
  writer.byte(left);
  writeMMRData(writer, data);
  return true;
}

/** The value of the node a proof leads to. Throws `range` as `foldProof` does. */
export function foldValue(value: MiniNumber, proof: MMRProof): MiniNumber {
  return proof.chunks.reduce((sum, chunk) => sum.add(chunk.data.value), value);
}

/** Same hash and numerically equal value (spec 03 §1). */
export function equalNodes(a: MMRData, b: MMRData): boolean {
  return equalBytes(a.hash, b.hash) && a.value.equals(b.value);
}

/** The leaf of an unspent coin, exactly as carried (spec 03 §1, §8). */
export const coinLeaf = memo((coin: Coin): MMRData => leafNode(writeCoin, coin, coin.amount));

/** The leaf of a spent coin: the amount stays in the coin but does not count (spec 02 Q20); its state is encoded anew. */
export function spentCoinLeaf(coin: Coin): MMRData {
  return leafNode(writeCoin, { ...coin, spent: 1, state: recodedState(coin.state) }, MiniNumber.ZERO);
}

/** The address a script and its proof stand for (spec 02 §8.2). */
export const scriptProofAddress = memo(
  (item: { readonly script: string; readonly proof: MMRProof }): Bytes => foldProof(textLeaf(item.script), item.proof).hash,
);

/** The root key of one level of a signature (spec 02 §8.3). */
export const signatureProofRoot = memo((level: SignatureProof): Bytes => foldProof(dataLeaf(level.publickey), level.proof).hash);

/** The public key a signature is for (spec 02 §8.3). Throws `malformed` when it has no levels. */
export function signatureRootKey(signature: Signature): Bytes {
  const [first] = signature.proofs;
  if (first === undefined) throw new ProtocolError("malformed", "a signature without levels has no root key");
  return signatureProofRoot(first);
}

/** The coin id of an output (spec 02 §2). */
export function outputCoinId(base: Bytes, index: number): Bytes {
  return hashWith((writer) => {
    writer.data(base);
    writer.integer(index);
  });
}
