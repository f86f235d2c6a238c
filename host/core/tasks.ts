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

/** Makes public keys until done or cancelled (undefined). The seeds are used up. Throws `RangeError` for seeds of another length. */
export function makeKeys(core: CoreInstance, { seeds }: KeysTask, context: TaskContext): Uint8Array | undefined {
  try {
    return forEachRecord(seeds, HASH_LENGTH, context, (seed) => core.publicKey(seed));
  } finally {
    seeds.fill(0);
  }
}

/** Recovers public keys until done or cancelled (undefined). Throws `RangeError` for records of another length. */
export function recoverKeys(core: CoreInstance, { signatures }: RecoverTask, context: TaskContext): Uint8Array | undefined {
  return forEachRecord(signatures, HASH_LENGTH + WINTERNITZ_SIGNATURE_LENGTH, context, (record) =>
    core.recover(record.subarray(0, HASH_LENGTH), record.subarray(HASH_LENGTH)),
  );
}

/** The keys made from records of one length, one after the other. */
function forEachRecord(
  records: Uint8Array,
  length: number,
  context: TaskContext,
  makeKey: (record: Uint8Array) => Uint8Array,
): Uint8Array | undefined {
  const count = records.length / length;
  if (!Number.isInteger(count)) throw new RangeError(`${records.length} bytes are no records of ${length}`);
  const keys = new Uint8Array(count * HASH_LENGTH);
  for (let i = 0; i < count; i++) {
    if (context.cancelled()) return undefined;
    keys.set(makeKey(records.subarray(i * length, (i + 1) * length)), i * HASH_LENGTH);
    context.progress(i + 1);
  }
  return keys;
}
