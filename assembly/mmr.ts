import { addDecimal, readDecimal, writeDecimal } from "./decimal";
import { INPUT, KEY_LEAF, NODES, OUTPUT, PARENT } from "./layout";
import { copyHash, hash } from "./sha3";

/**
 * Nodes travel as `hash (32 bytes) | MiniNumber encoding`. Nodes with other hashes than of 32 bytes, and numbers that decimal.ts
 * refuses, are not handled here: a call gives 0 and the host computes it.
 *
 * In here a node has 72 bytes: its hash, its sum as a decimal of 36 bytes, and the height of the mountain it is the top of.
 */
const NODE_SIZE: usize = 72;
const SUM: usize = 32;
const HEIGHT: usize = 68;

/** In the preimage of a parent: number 1, two hashes as data, the sum (spec 03 §1). */
const LEFT: usize = PARENT + 7;
const RIGHT: usize = PARENT + 43;
const VALUE: usize = PARENT + 75;
/** In the preimage of a public key's leaf: number 0, the key as data, number 0. */
const KEY: usize = KEY_LEAF + 7;
const KEY_LEAF_LENGTH: u32 = 42;
/** Where the node of a chunk has its hash, and the length of a hash. */
const CHUNK_HASH: usize = 5;

function setFrame(): void {
  store<u8>(PARENT, 0);
  store<u8>(PARENT, 1, 1);
  store<u8>(PARENT, 1, 2);
  store<u32>(PARENT, bswap<u32>(32), 3);
  store<u32>(PARENT, bswap<u32>(32), 39);
}

function nodeAt(index: u32): usize {
  return NODES + index * NODE_SIZE;
}

/** Reads the node at `from`, which ends before `end`; gives its length, or 0 for what is refused. */
function readNode(from: usize, end: usize, node: usize): u32 {
  if (from + 32 > end) return 0;
  const number = readDecimal(from + 32, end, node + SUM);
  if (number == 0) return 0;
  copyHash(node, from);
  return 32 + number;
}

/** Writes a node to the output, after `done` bytes; gives its length. */
function writeNode(node: usize, done: u32): u32 {
  copyHash(OUTPUT + done, node);
  return 32 + writeDecimal(node + SUM, OUTPUT + done + 32);
}

/** Makes `to`, one of the two, their parent (spec 03 §1); false when the sum is refused. */
function join(left: usize, right: usize, to: usize): bool {
  copyHash(LEFT, left);
  copyHash(RIGHT, right);
  if (!addDecimal(to + SUM, (to == left ? right : left) + SUM)) return false;
  hash(PARENT, 75 + writeDecimal(to + SUM, VALUE), to);
  return true;
}

/** Joins the last of `count` mountains with the one before as long as they are equally high; gives how many are left, 0 if refused. */
function settle(count: u32): u32 {
  for (; count > 1; count--) {
    const left = nodeAt(count - 2);
    const height = load<u32>(left, HEIGHT);
    if (height != load<u32>(nodeAt(count - 1), HEIGHT)) break;
    if (!join(left, nodeAt(count - 1), left)) return 0;
    store<u32>(left, height + 1, HEIGHT);
  }
  return count;
}

/** Makes mountains of the leaves in the `length` bytes at the input (spec 03 §4); gives how many, 0 if something is refused. */
function raiseMountains(length: u32): u32 {
  const end = INPUT + length;
  setFrame();
  let count: u32 = 0;
  for (let at = INPUT; at < end; ) {
    const node = nodeAt(count);
    const read = readNode(at, end, node);
    if (read == 0) return 0;
    at += read;
    store<u32>(node, 0, HEIGHT);
    count = settle(count + 1);
    if (count == 0) return 0;
  }
  return count;
}

/** Bags `count` mountains: their tops are the leaves of the next MMR, until one is left (spec 03 §4); false if refused. */
function bag(count: u32): bool {
  while (count > 1) {
    const leaves = count;
    count = 0;
    for (let i: u32 = 0; i < leaves; i++) {
      const node = nodeAt(count);
      if (i != count) memory.copy(node, nodeAt(i), NODE_SIZE);
      store<u32>(node, 0, HEIGHT);
      count = settle(count + 1);
      if (count == 0) return false;
    }
  }
  return true;
}

/** The hash of the leaf of an object: its encoding and then its value are the `length` bytes at the input (spec 03 §1). */
export function leaf(length: u32): void {
  store<u8>(INPUT - 3, 0);
  store<u8>(INPUT - 2, 1);
  store<u8>(INPUT - 1, 0);
  hash(INPUT - 3, length + 3, OUTPUT);
}

/** The peaks over the leaves in the `length` bytes at the input go to `OUTPUT`, from left to right (spec 03 §4); gives their length. */
export function peaks(length: u32): u32 {
  const count = raiseMountains(length);
  let done: u32 = 0;
  for (let i: u32 = 0; i < count; i++) done += writeNode(nodeAt(i), done);
  return done;
}

/** The root over the leaves, or over the peaks, in the `length` bytes at the input goes to `OUTPUT` (spec 03 §4); gives its length. */
export function root(length: u32): u32 {
  const count = raiseMountains(length);
  return count > 0 && bag(count) ? writeNode(NODES, 0) : 0;
}

/** The root over the leaves of the `count` public keys of 32 bytes at the input, all with the value 0, goes to `OUTPUT` (spec 04 §2). */
export function keysRoot(count: u32): void {
  setFrame();
  memory.fill(KEY_LEAF, 0, KEY_LEAF_LENGTH);
  store<u8>(KEY_LEAF, 1, 1);
  store<u8>(KEY_LEAF, 32, 6);
  store<u8>(KEY_LEAF, 1, 40);
  let mountains: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const node = nodeAt(mountains);
    copyHash(KEY, INPUT + i * 32);
    hash(KEY_LEAF, KEY_LEAF_LENGTH, node);
    memory.fill(node + SUM, 0, NODE_SIZE - SUM);
    mountains = settle(mountains + 1);
  }
  bag(mountains);
  copyHash(OUTPUT, NODES);
}

/**
 * Folds a proof (spec 03 §5). The `length` bytes at `INPUT` are the leaf node and then chunks as on the wire: left flag, length 32,
 * hash, number. The node reached goes to `OUTPUT`; gives its length, or 0 when something is not handled.
 */
export function fold(length: u32): u32 {
  const end = INPUT + length;
  setFrame();
  let node = nodeAt(0);
  let sibling = nodeAt(1);
  const first = readNode(INPUT, end, node);
  if (first == 0) return 0;
  for (let at: usize = INPUT + first; at < end; ) {
    if (at + CHUNK_HASH > end || load<u32>(at, 1) != bswap<u32>(32)) return 0;
    const read = readNode(at + CHUNK_HASH, end, sibling);
    if (read == 0) return 0;
    const isLeft = load<u8>(at) != 0;
    if (!join(isLeft ? sibling : node, isLeft ? node : sibling, node)) return 0;
    at += CHUNK_HASH + read;
  }
  return writeNode(node, 0);
}
