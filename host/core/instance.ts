import { instantiateSync } from "@assemblyscript/loader";
import { scalar, simd } from "./wasm.generated.js";

/** What both modules export (assembly/index.ts). Addresses and lengths are in bytes. */
interface CoreExports extends Record<string, unknown> {
  readonly memory: WebAssembly.Memory;
  readonly INPUT: WebAssembly.Global;
  readonly INPUT_SIZE: WebAssembly.Global;
  readonly OUTPUT: WebAssembly.Global;
  readonly TARGET: WebAssembly.Global;
  readonly SEED: WebAssembly.Global;
  readonly LANES: WebAssembly.Global;
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
  fold(chunks: number): number;
  rootOfZeros(count: number): void;
  selftest(): number;
  wipe(): void;
}

export type CoreKind = "scalar" | "simd";

/** A module's code, by kind. */
export function coreBytes(kind: CoreKind): Uint8Array {
  return Buffer.from(kind === "simd" ? simd : scalar, "base64");
}

/** The faster kind this engine can run: SIMD if its code validates. */
export function bestCoreKind(): CoreKind {
  return WebAssembly.validate(coreBytes("simd")) ? "simd" : "scalar";
}

/**
 * One instance of the WASM core: its functions and views of the memory they work on. Secrets and untrusted input get instances of
 * their own. Not safe to share between threads.
 */
export class CoreInstance {
  readonly exports: CoreExports;
  readonly memory: Uint8Array;
  readonly input: number;
  readonly inputSize: number;
  readonly output: number;
  readonly target: number;
  readonly seed: number;

  constructor(kind: CoreKind = bestCoreKind(), code: WebAssembly.Module | Uint8Array = coreBytes(kind)) {
    this.exports = instantiateSync<CoreExports>(code).exports;
    this.memory = new Uint8Array(this.exports.memory.buffer);
    this.input = this.exports.INPUT.value;
    this.inputSize = this.exports.INPUT_SIZE.value;
    this.output = this.exports.OUTPUT.value;
    this.target = this.exports.TARGET.value;
    this.seed = this.exports.SEED.value;
  }

  /** A copy of the first `length` bytes of the output. */
  result(length: number): Uint8Array {
    return this.memory.slice(this.output, this.output + length);
  }

  sha3(data: Uint8Array): Uint8Array {
    if (data.length <= this.inputSize) {
      this.memory.set(data, this.input);
      this.exports.sha3(data.length);
    } else {
      this.exports.sha3Begin();
      const tail = this.#feed(data, 136, (blocks) => this.exports.sha3Blocks(blocks));
      this.exports.sha3End(tail);
    }
    return this.result(32);
  }

  sha2(data: Uint8Array): Uint8Array {
    this.exports.sha2Begin();
    const tail = this.#feed(data, 64, (blocks) => this.exports.sha2Blocks(blocks));
    this.exports.sha2End(tail, BigInt(data.length));
    return this.result(32);
  }

  /** Hands over whole blocks, as many at a time as fit, and leaves the rest at the input; gives its length. */
  #feed(data: Uint8Array, rate: number, absorb: (blocks: number) => void): number {
    const blocksAtOnce = Math.floor(this.inputSize / rate);
    let at = 0;
    for (let left = Math.floor(data.length / rate); left > 0; ) {
      const blocks = Math.min(left, blocksAtOnce);
      this.memory.set(data.subarray(at, at + blocks * rate), this.input);
      absorb(blocks);
      at += blocks * rate;
      left -= blocks;
    }
    this.memory.set(data.subarray(at), this.input);
    return data.length - at;
  }
}
