import { type CoreInstance, HASH_LENGTH, WINTERNITZ_SIGNATURE_LENGTH } from "./instance.js";

/** A search for a counter that makes a hash small (spec 06b §12). */
export interface MineTask {
  readonly kind: "mine";
  /** What is hashed. */
  readonly message: Uint8Array;
  /** The bytes searched over: `width`, 1 to 8, at `offset`, as a big-endian counter. */
  readonly offset: number;
  readonly width: number;
  /** The first counter tried. */
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

/** One-time public keys of one node of a tree key (spec 04 §2). */
export interface TreeKeysTask {
  readonly kind: "tree-keys";
  /** The seed of the node. */
  readonly seed: Uint8Array;
  /** The number of the first key, and how many. */
  readonly first: number;
  readonly count: number;
}

/** The public keys that one-time signatures belong to (spec 04 §1.5). */
export interface RecoverTask {
  readonly kind: "recover";
  /** SHA3-256 of each message and its signature: 32 + 1088 bytes, one after the other. */
  readonly signatures: Uint8Array;
}

export type Task = MineTask | TreeKeysTask | RecoverTask;

/** What whoever runs a task does for it. */
export interface TaskContext {
  /** Whether the task should give up. */
  cancelled(): boolean;
  /** Tells how much is done: attempts of a search, keys made. */
  progress(done: number): void;
  /** Waits without working; not longer than until the task should give up. */
  pause(milliseconds: number): void;
  /** A steadily growing clock in milliseconds. */
  now(): number;
}

/** How long a search goes on between two looks at the clock, and how many attempts that may be. */
const SLICE_MS = 20;
const FIRST_SLICE = 4096;
const LEAST_SLICE = 256;
const LARGEST_SLICE = 1 << 24;
/** What a clock cannot tell from nothing. */
const LEAST_MS = 0.01;

/** Keys between two looks at whether to go on: a few of them take some 10 ms on a small board. */
const KEYS_AT_ONCE = 4;
/** A message's hash and its signature. */
const RECORD_LENGTH = HASH_LENGTH + WINTERNITZ_SIGNATURE_LENGTH;

/** A search that used up all its counters. */
export class SearchExhaustedError extends Error {
  override readonly name = "SearchExhaustedError";
}

/** Searches until it finds or is cancelled (undefined). Throws `SearchExhaustedError`, and `RangeError` for what cannot be searched. */
export function mine(core: CoreInstance, task: MineTask, context: TaskContext): MineResult | undefined {
  const { message, offset, width, start, target, duty } = task;
  if (!(duty > 0 && duty <= 1)) throw new RangeError("a duty cycle is above 0 and at most 1");
  if (start < 0n) throw new RangeError("a counter starts at 0 or above");
  core.searchBegin(message, offset, width, target);
  const end = 1n << BigInt(8 * width);
  let counter = start;
  let attempts = 0;
  let slice = FIRST_SLICE;
  while (counter < end) {
    if (context.cancelled()) return undefined;
    const started = context.now();
    const left = end - counter;
    const tried = core.search(counter, left < BigInt(slice) ? Number(left) : slice);
    attempts += Math.abs(tried);
    if (tried < 0) {
      const found = message.slice();
      found.set(core.counterFound(), offset);
      return { message: found, attempts };
    }
    counter += BigInt(tried);
    context.progress(attempts);
    const took = Math.max(context.now() - started, LEAST_MS);
    slice = Math.min(Math.max(Math.round((slice * SLICE_MS) / took), LEAST_SLICE), LARGEST_SLICE);
    if (duty < 1) context.pause((took * (1 - duty)) / duty);
  }
  throw new SearchExhaustedError("no counter fits");
}

/** Makes public keys until done or cancelled (undefined). The seed is used up. Throws `RangeError` for what are no numbers of keys. */
export function makeTreeKeys(core: CoreInstance, { seed, first, count }: TreeKeysTask, context: TaskContext): Uint8Array | undefined {
  try {
    const keys = new Uint8Array(count * HASH_LENGTH);
    for (let made = 0; made < count; ) {
      if (context.cancelled()) return undefined;
      const slice = Math.min(count - made, KEYS_AT_ONCE);
      keys.set(core.treeKeys(seed, first + made, slice), made * HASH_LENGTH);
      made += slice;
      context.progress(made);
    }
    return keys;
  } finally {
    seed.fill(0);
  }
}

/** Recovers public keys until done or cancelled (undefined). Throws `RangeError` for records of another length. */
export function recoverKeys(core: CoreInstance, { signatures }: RecoverTask, context: TaskContext): Uint8Array | undefined {
  const count = signatures.length / RECORD_LENGTH;
  if (!Number.isInteger(count)) throw new RangeError(`${signatures.length} bytes are no records of ${RECORD_LENGTH}`);
  const keys = new Uint8Array(count * HASH_LENGTH);
  for (let i = 0; i < count; i++) {
    if (context.cancelled()) return undefined;
    const record = signatures.subarray(i * RECORD_LENGTH, (i + 1) * RECORD_LENGTH);
    keys.set(core.recover(record.subarray(0, HASH_LENGTH), record.subarray(HASH_LENGTH)), i * HASH_LENGTH);
    context.progress(i + 1);
  }
  return keys;
}
