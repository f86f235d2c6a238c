import { instantiateSync } from "@assemblyscript/loader";

/** What both modules export (assembly/index.ts). Addresses and lengths are in bytes. */
interface CoreExports extends Record<string, unknown> {
  readonly memory: WebAssembly.Memory;
  readonly INPUT: WebAssembly.Global;
  readonly INPUT_SIZE: WebAssembly.Global;
  readonly SEARCH_SIZE: WebAssembly.Global;
  readonly OUTPUT: WebAssembly.Global;
  readonly TARGET: WebAssembly.Global;
  readonly SEED: WebAssembly.Global;
  sha3(length: number): void;
  sha3Begin(): void;
  sha3Blocks(blocks: number): void;
  sha3End(length: number): void;
  sha2Begin(): void;
  sha2Blocks(blocks: number): void;
  sha2End(length: number, total: bigint): void;
  winternitzPublicKey(): void;
  winternitzSign(): void;
  winternitzRecover(): void;
  searchBegin(length: number, offset: number, width: number): void;
  search(counter: bigint, attempts: number): number;
  fold(length: number): number;
  rootOfZeros(count: number): void;
  selftest(): number;
  wipe(): void;
}

/** Bytes of a hash, a key, a seed, a target. */
export const HASH_LENGTH = 32;
/** Bytes of a one-time signature: 34 chains of 32 bytes (spec 04 §1). */
export const WINTERNITZ_SIGNATURE_LENGTH = 1088;
const SHA3_RATE = 136;
const SHA2_RATE = 64;
const MAX_COUNTER_WIDTH = 8;
/** Attempts of one call: the core counts them in a signed number of 32 bits. */
const MAX_ATTEMPTS = 2 ** 31 - 1;

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
    if (!isWithin(attempts, 0, MAX_ATTEMPTS)) throw new RangeError(`${attempts} attempts`);
    return this.#exports.search(counter, attempts);
  }

  /** The bytes of the counter that fitted, right after the `search` that found it. */
  counterFound(): Uint8Array {
    return this.#result(this.#counterWidth);
  }

  /**
   * Folds an MMR proof in one call (spec 03 §5): the leaf as `hash (32 bytes) | number`, then chunks as on the wire. Gives
   * `hash (32 bytes) | number` of the node reached, or null for what the core does not handle: hashes of another length, negative or
   * very long numbers, sums out of range, too many bytes.
   */
  fold(nodes: Uint8Array): Uint8Array | null {
    if (nodes.length > this.#inputSize) return null;
    this.#memory.set(nodes, this.#input);
    const length = this.#exports.fold(nodes.length);
    return length === 0 ? null : this.#result(length);
  }

  /** The root of an MMR whose leaves are these 32-byte hashes, one after the other, all with the value 0 (spec 03 §4). */
  rootOfZeros(hashes: Uint8Array): Uint8Array {
    const count = hashes.length / HASH_LENGTH;
    if (!isWithin(count, 1, this.#inputSize / HASH_LENGTH)) throw new RangeError(`${hashes.length} bytes are no list of leaves`);
    this.#memory.set(hashes, this.#input);
    this.#exports.rootOfZeros(count);
    return this.#result(HASH_LENGTH);
  }

  /** Overwrites everything that earlier calls may have left behind. */
  wipe(): void {
    this.#exports.wipe();
  }

  /** 0 when the core computes what it should; else the number of the check that failed. */
  selftest(): number {
    return this.#exports.selftest();
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
