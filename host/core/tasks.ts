import type { CoreInstance } from "./instance.js";

/** A search for a counter that makes a hash small (spec 06b §12). */
export interface MineTask {
  readonly kind: "mine";
  /** What is hashed. */
  readonly message: Uint8Array;
  /** The bytes searched over: `width`, at most 8, at `offset`, as a big-endian counter. */
  readonly offset: number;
  readonly width: number;
  readonly start: bigint;
  /** 32 bytes; the hash must be below, strictly. */
  readonly target: Uint8Array;
  /** Share of the time the search may use, above 0 up to 1. */
  readonly duty: number;
}

export interface MineResult {
  /** The message with the counter that fits. */
  readonly message: Uint8Array;
  readonly attempts: number;
}

/** The one-time public keys of one node of a key tree, from their seeds (spec 04 §2). */
export interface KeysTask {
  readonly kind: "keys";
  /** Seeds of 32 bytes each, one after the other. */
  readonly seeds: Uint8Array;
}

/** The public keys that one-time signatures belong to (spec 04 §1.5). */
export interface RecoverTask {
  readonly kind: "recover";
  /** SHA3-256 of each message and its signature: 32 + 1088 bytes, one after the other. */
  readonly signatures: Uint8Array;
}

export type Task = MineTask | KeysTask | RecoverTask;

/** What a task may ask of whoever runs it. */
export interface TaskContext {
  /** Whether the task should give up. */
  cancelled(): boolean;
  /** Tells how much is done: attempts of a search, keys made. */
  progress(done: number): void;
  /** Waits without working. */
  pause(milliseconds: number): void;
  now(): number;
}

const KEY_LENGTH = 32;
const SIGNATURE_LENGTH = 1088;
/** How long a search goes on between two looks at the clock. */
const SLICE_MS = 20;
const FIRST_SLICE_ATTEMPTS = 4096;

/** The space that a search's message may take in the core. */
export const MAX_MINED_BYTES = 60_000;

/** A search that used up all its counters. */
export class SearchExhaustedError extends Error {
  override readonly name = "SearchExhaustedError";
}

/** Searches until it finds or is cancelled (undefined). Throws `SearchExhaustedError`, `RangeError`. */
export function mine(core: CoreInstance, task: MineTask, context: TaskContext): MineResult | undefined {
  const { message, offset, width, target, duty } = task;
  if (message.length > MAX_MINED_BYTES || width > 8 || offset + width > message.length)
    throw new RangeError("the search does not fit the core");
  core.memory.set(message, core.input);
  core.memory.set(target, core.target);
  core.exports.searchBegin(message.length, offset, width);
  const end = 1n << BigInt(8 * width);
  let counter = task.start;
  let attempts = 0;
  let slice = FIRST_SLICE_ATTEMPTS;
  while (counter < end) {
    if (context.cancelled()) return undefined;
    const started = context.now();
    const left = end - counter;
    const tried = core.exports.search(counter, left < BigInt(slice) ? Number(left) : slice);
    attempts += Math.abs(tried);
    if (tried < 0) {
      const found = message.slice();
      found.set(core.result(width), offset);
      return { message: found, attempts };
    }
    counter += BigInt(tried);
    context.progress(attempts);
    const took = Math.max(context.now() - started, 0.01);
    slice = Math.min(Math.max(Math.round((slice * SLICE_MS) / took), 256), 1 << 24);
    if (duty < 1) context.pause((took * (1 - duty)) / duty);
  }
  throw new SearchExhaustedError("no counter fits");
}

/** Makes public keys until done or cancelled (undefined); the core is wiped. */
export function makeKeys(core: CoreInstance, { seeds }: KeysTask, context: TaskContext): Uint8Array | undefined {
  const count = seeds.length / KEY_LENGTH;
  const keys = new Uint8Array(seeds.length);
  try {
    for (let i = 0; i < count; i++) {
      if (context.cancelled()) return undefined;
      core.memory.set(seeds.subarray(i * KEY_LENGTH, (i + 1) * KEY_LENGTH), core.seed);
      core.exports.winternitzPublicKey();
      keys.set(core.result(KEY_LENGTH), i * KEY_LENGTH);
      context.progress(i + 1);
    }
    return keys;
  } finally {
    core.exports.wipe();
    seeds.fill(0);
  }
}

/** Recovers public keys until done or cancelled (undefined). */
export function recoverKeys(core: CoreInstance, { signatures }: RecoverTask, context: TaskContext): Uint8Array | undefined {
  const record = KEY_LENGTH + SIGNATURE_LENGTH;
  const count = signatures.length / record;
  const keys = new Uint8Array(count * KEY_LENGTH);
  for (let i = 0; i < count; i++) {
    if (context.cancelled()) return undefined;
    const at = i * record;
    core.memory.set(signatures.subarray(at + KEY_LENGTH, at + record), core.input);
    core.memory.set(signatures.subarray(at, at + KEY_LENGTH), core.input + SIGNATURE_LENGTH);
    core.exports.winternitzRecover();
    keys.set(core.result(KEY_LENGTH), i * KEY_LENGTH);
  }
  return keys;
}
