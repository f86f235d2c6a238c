import { instantiateSync } from "@assemblyscript/loader";

/** What both modules export (assembly/index.ts). Addresses and lengths are in bytes. */
interface CoreExports extends Record<string, unknown> {
  readonly memory: WebAssembly.Memory;
  readonly INPUT: WebAssembly.Global;
  readonly INPUT_SIZE: WebAssembly.Global;
  readonly SEARCH_SIZE: WebAssembly.Global;
  readonly OUTPUT: WebAssembly.Global;
  readonly OUTPUT_SIZE: WebAssembly.Global;
  readonly TARGET: WebAssembly.Global;
  readonly SEED: WebAssembly.Global;
  sha3(length: number): void;
  sha3Begin(): void;
  sha3Blocks(blocks: number): void;
  sha3End(length: number): void;
  sha3Each(count: number): void;
  sha2Begin(): void;
  sha2Blocks(blocks: number): void;
  sha2End(length: number, total: bigint): void;
  winternitzPublicKey(): void;
  winternitzSign(): void;
  winternitzRecover(): void;
  searchBegin(length: number, offset: number, width: number): void;
  search(counter: bigint, attempts: number): number;
  treeSeed(length: number, index: number): void;
  treeKeys(length: number, first: number, count: number): void;
  keysRoot(count: number): void;
  leaf(length: number): void;
  peaks(length: number): number;
  root(length: number): number;
  fold(length: number): number;
  selftest(): number;
  wipe(): void;
}

/** Bytes of a hash, a key, a seed, a target. */
export const HASH_LENGTH = 32;
/** Bytes of a one-time signature: 34 chains of 32 bytes (spec 04 §1). */
export const WINTERNITZ_SIGNATURE_LENGTH = 1088;
/** What precedes the object in the preimage of a leaf: the number 0 (spec 03 §1). */
const LEAF_PREFIX = Uint8Array.of(0, 1, 0);
const SHA3_RATE = 136;
const SHA2_RATE = 64;
const MAX_COUNTER_WIDTH = 8;
/** Attempts of one call, and the highest number of a key: the core counts in signed numbers of 32 bits. */
const MAX_INT32 = 2 ** 31 - 1;

/**
 * One instance of the WASM core: its calls, with every length checked against what the core has room for (`RangeError`). Secrets and
 * untrusted input get instances of their own. Not safe to share between threads.
 */
export class CoreInstance {
  readonly #exports: CoreExports;
  readonly #memory: Uint8Array;
  readonly #input: number;
  readonly #inputSize: number;
  readonly #searchSize: number;
  readonly #output: number;
  readonly #outputSize: number;
  readonly #target: number;
  readonly #seed: number;
  #counterWidth = 0;

  constructor(module: WebAssembly.Module) {
    const { exports } = instantiateSync<CoreExports>(module);
    this.#exports = exports;
    this.#memory = new Uint8Array(exports.memory.buffer);
    this.#input = exports.INPUT.value;
    this.#inputSize = exports.INPUT_SIZE.value;
    this.#searchSize = exports.SEARCH_SIZE.value;
    this.#output = exports.OUTPUT.value;
    this.#outputSize = exports.OUTPUT_SIZE.value;
    this.#target = exports.TARGET.value;
    this.#seed = exports.SEED.value;
  }

  /** SHA3-256 (FIPS 202) of any number of bytes. */
  sha3(data: Uint8Array): Uint8Array {
    if (data.length <= this.#inputSize) {
      this.#memory.set(data, this.#input);
      this.#exports.sha3(data.length);
    } else {
      this.#exports.sha3Begin();
      const rest = this.#feed(data, SHA3_RATE, (blocks) => this.#exports.sha3Blocks(blocks));
      this.#exports.sha3End(rest);
    }
    return this.#result(HASH_LENGTH);
  }

  /**
   * SHA3-256 of each of the messages that lie one after the other: where each ends is in `ends`. For many that are shorter than a block
   * of 136 bytes: they go over in one call for up to 128, and where there is SIMD two are hashed side by side.
   */
  sha3Each(messages: Uint8Array, ends: readonly number[]): Uint8Array[] {
    if (ends.length === 1) return [this.sha3(messages.subarray(0, ends[0]))];
    const hashes: Uint8Array[] = [];
    const atOnce = Math.floor(this.#outputSize / HASH_LENGTH);
    const message = (i: number): Uint8Array => messages.subarray(ends[i - 1] ?? 0, ends[i]);
    for (let from = 0; from < ends.length; from += atOnce) {
      const to = Math.min(from + atOnce, ends.length);
      this.#memory.fill(0, this.#input, this.#input + (to - from) * SHA3_RATE);
      for (let i = from; i < to; i++) this.#writeBlock(message(i), this.#input + (i - from) * SHA3_RATE);
      this.#exports.sha3Each(to - from);
      for (let at = this.#output; hashes.length < to; at += HASH_LENGTH) hashes.push(this.#memory.slice(at, at + HASH_LENGTH));
    }
    for (const i of ends.keys()) if (message(i).length >= SHA3_RATE) hashes[i] = this.sha3(message(i));
    return hashes;
  }

  /** Writes a message with its padding, if it fits, over zeros. */
  #writeBlock(message: Uint8Array, at: number): void {
    if (message.length >= SHA3_RATE) return;
    this.#memory.set(message, at);
    this.#memory[at + message.length] = 0x06;
    const last = at + SHA3_RATE - 1;
    this.#memory[last] = (this.#memory[last] ?? 0) | 0x80;
  }

  /** SHA-256 (FIPS 180-4) of any number of bytes. */
  sha2(data: Uint8Array): Uint8Array {
    this.#exports.sha2Begin();
    const rest = this.#feed(data, SHA2_RATE, (blocks) => this.#exports.sha2Blocks(blocks));
    this.#exports.sha2End(rest, BigInt(data.length));
    return this.#result(HASH_LENGTH);
  }

  /** The one-time public key of a seed of 32 bytes (spec 04 §1.2). Nothing of the seed stays behind. */
  publicKey(seed: Uint8Array): Uint8Array {
    return this.#withSeed(seed, () => {
      this.#exports.winternitzPublicKey();
      return this.#result(HASH_LENGTH);
    });
  }

  /** The one-time signature of the message with this hash (spec 04 §1.4). Nothing of the seed stays behind. */
  sign(seed: Uint8Array, digest: Uint8Array): Uint8Array {
    expectLength(digest, HASH_LENGTH);
    return this.#withSeed(seed, () => {
      this.#memory.set(digest, this.#input);
      this.#exports.winternitzSign();
      return this.#result(WINTERNITZ_SIGNATURE_LENGTH);
    });
  }

  /** The public key that a one-time signature of the message with this hash belongs to (spec 04 §1.5). */
  recover(digest: Uint8Array, signature: Uint8Array): Uint8Array {
    expectLength(digest, HASH_LENGTH);
    expectLength(signature, WINTERNITZ_SIGNATURE_LENGTH);
    this.#memory.set(signature, this.#input);
    this.#memory.set(digest, this.#input + WINTERNITZ_SIGNATURE_LENGTH);
    this.#exports.winternitzRecover();
    return this.#result(HASH_LENGTH);
  }

  /**
   * Prepares a search over a message for a hash below the target, 32 bytes. The counter is the `width` bytes, 1 to 8, at `offset`,
   * big-endian. No other call may come between this and the last `search`.
   */
  searchBegin(message: Uint8Array, offset: number, width: number, target: Uint8Array): void {
    expectLength(target, HASH_LENGTH);
    if (message.length > this.#searchSize) throw new RangeError(`no room to search ${message.length} bytes`);
    if (!isWithin(width, 1, MAX_COUNTER_WIDTH) || !isWithin(offset, 0, message.length - width))
      throw new RangeError(`no counter of ${width} bytes at ${offset} in ${message.length} bytes`);
    this.#memory.set(message, this.#input);
    this.#memory.set(target, this.#target);
    this.#exports.searchBegin(message.length, offset, width);
    this.#counterWidth = width;
  }

  /** Tries counters from `counter` on; gives how many it tried, at most `attempts`, negative if the last one fits. */
  search(counter: bigint, attempts: number): number {
    if (!isWithin(attempts, 0, MAX_INT32)) throw new RangeError(`${attempts} attempts`);
    return this.#exports.search(counter, attempts);
  }

  /** The bytes of the counter that fitted, right after the `search` that found it. */
  counterFound(): Uint8Array {
    return this.#result(this.#counterWidth);
  }

  /** The seed number `index` under a seed, of any length up to 128 KiB, of a tree key (spec 04 §2). Nothing of either stays behind. */
  treeSeed(seed: Uint8Array, index: number): Uint8Array {
    if (!isWithin(index, 0, MAX_INT32)) throw new RangeError(`there is no seed number ${index}`);
    return this.#withSecretInput(seed, (length) => {
      this.#exports.treeSeed(length, index);
      return this.#result(HASH_LENGTH);
    });
  }

  /**
   * The one-time public keys `first` to `first + count - 1`, 32 bytes each, of the tree-key node with this seed (spec 04 §2): a whole
   * level, or a slice of it. Up to 128 at a time. Nothing of the seed stays behind.
   */
  treeKeys(seed: Uint8Array, first: number, count: number): Uint8Array {
    if (!isWithin(first, 0, MAX_INT32 - count) || !isWithin(count, 0, Math.floor(this.#outputSize / HASH_LENGTH)))
      throw new RangeError(`no ${count} keys from number ${first} at a time`);
    return this.#withSecretInput(seed, (length) => {
      this.#exports.treeKeys(length, first, count);
      return this.#result(count * HASH_LENGTH);
    });
  }

  /** The key of a tree-key node: the MMR root over the leaves of its public keys of 32 bytes, one after the other (spec 04 §2). */
  keysRoot(publicKeys: Uint8Array): Uint8Array {
    const count = publicKeys.length / HASH_LENGTH;
    if (!isWithin(count, 1, this.#inputSize / HASH_LENGTH)) throw new RangeError(`${publicKeys.length} bytes are no list of keys`);
    this.#memory.set(publicKeys, this.#input);
    this.#exports.keysRoot(count);
    return this.#result(HASH_LENGTH);
  }

  /** The hash of an MMR leaf: of an object's encoding followed by its value's (spec 03 §1). */
  leaf(objectAndValue: Uint8Array): Uint8Array {
    if (objectAndValue.length > this.#inputSize) {
      const preimage = new Uint8Array(LEAF_PREFIX.length + objectAndValue.length);
      preimage.set(LEAF_PREFIX);
      preimage.set(objectAndValue, LEAF_PREFIX.length);
      return this.sha3(preimage);
    }
    this.#memory.set(objectAndValue, this.#input);
    this.#exports.leaf(objectAndValue.length);
    return this.#result(HASH_LENGTH);
  }

  /**
   * The peaks of an MMR with these leaves, from left to right (spec 03 §4). Here and below a node is `hash (32 bytes) | number`, nodes follow
   * one another, and null is given for what the core does not handle: hashes of another length, negative or very long numbers, sums out
   * of range, too many bytes.
   */
  peaks(leaves: Uint8Array): Uint8Array | null {
    return this.#overNodes(leaves, this.#exports.peaks);
  }

  /** The root of an MMR with these leaves, or these peaks (spec 03 §4). */
  root(nodes: Uint8Array): Uint8Array | null {
    return this.#overNodes(nodes, this.#exports.root);
  }

  /** The node an MMR proof leads to (spec 03 §5). `nodes` is the leaf, then the chunks as on the wire. */
  fold(nodes: Uint8Array): Uint8Array | null {
    return this.#overNodes(nodes, this.#exports.fold);
  }

  /** Overwrites everything that earlier calls may have left behind. */
  wipe(): void {
    this.#exports.wipe();
  }

  /** 0 when the core computes what it should; else the number of the check that failed. */
  selftest(): number {
    return this.#exports.selftest();
  }

  #overNodes(nodes: Uint8Array, call: (length: number) => number): Uint8Array | null {
    if (nodes.length > this.#inputSize) return null;
    this.#memory.set(nodes, this.#input);
    const length = call(nodes.length);
    return length === 0 ? null : this.#result(length);
  }

  #withSecretInput(secret: Uint8Array, work: (length: number) => Uint8Array): Uint8Array {
    if (secret.length > this.#inputSize) throw new RangeError(`no room for a seed of ${secret.length} bytes`);
    try {
      this.#memory.set(secret, this.#input);
      return work(secret.length);
    } finally {
      this.wipe();
    }
  }

  #withSeed(seed: Uint8Array, work: () => Uint8Array): Uint8Array {
    expectLength(seed, HASH_LENGTH);
    try {
      this.#memory.set(seed, this.#seed);
      return work();
    } finally {
      this.wipe();
    }
  }

  /** A copy of the first `length` bytes of the output. */
  #result(length: number): Uint8Array {
    return this.#memory.slice(this.#output, this.#output + length);
  }

  /** Hands over whole blocks, as many at a time as fit, and leaves the rest at the input; gives its length. */
  #feed(data: Uint8Array, rate: number, absorb: (blocks: number) => void): number {
    const atOnce = Math.floor(this.#inputSize / rate);
    let at = 0;
    for (let left = Math.floor(data.length / rate); left > 0; ) {
      const blocks = Math.min(left, atOnce);
      this.#memory.set(data.subarray(at, at + blocks * rate), this.#input);
      absorb(blocks);
      at += blocks * rate;
      left -= blocks;
    }
    this.#memory.set(data.subarray(at), this.#input);
    return data.length - at;
  }
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function expectLength(bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) throw new RangeError(`${length} bytes expected, not ${bytes.length}`);
}
