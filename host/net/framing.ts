import type { Bytes } from "../protocol/bytes.js";
import { MAX_MESSAGE_BYTES } from "../protocol/messages/message.js";

/** The first allocation for a frame, and the size up to which frames need no allowance. */
const FIRST_ALLOCATION = 64 * 1024;
const HEADER_BYTES = 4;

/** What a parser reports to and asks. */
export interface FrameSink {
  /** How long a frame of this type may be; 0 for one nobody wants. */
  limit(type: number): number;
  /** Asks for memory beyond the first allocation; what was given is part of `frame`'s `held`. */
  allow(bytes: number): boolean;
  /** A whole frame body, not shared with anything. `held` bytes were allowed for it. */
  frame(body: Bytes, held: number): void;
  /** A frame over its limit went by. */
  skipped(type: number, length: number): void;
}

/** Why a stream of frames cannot go on. */
export class FramingError extends Error {
  override readonly name = "FramingError";
}

/**
 * Cuts a byte stream into frames (spec 07 §1). Memory grows only with bytes that have arrived; frames over their limit
 * are skipped without being kept. Stops in the middle of a chunk while paused.
 */
export class FrameParser {
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerBytes = 0;
  #length = 0;
  #received = 0;
  /** Undefined while a frame is being skipped. */
  #body: Uint8Array | undefined;
  #held = 0;
  #type = 0;
  #waiting: Uint8Array[] = [];
  #paused = false;
  #parsing = false;
  #completed = 0;

  constructor(readonly sink: FrameSink) {}

  /** The frame that is under way: its length, what came of it, and the memory it holds. */
  get partial(): { readonly length: number; readonly received: number; readonly held: number } | undefined {
    if (this.#headerBytes === 0) return undefined;
    return { length: this.#length, received: this.#received, held: this.#held };
  }

  /** Frames that have ended, skipped ones included. */
  get completed(): number {
    return this.#completed;
  }

  pause(): void {
    this.#paused = true;
  }

  /** Goes on with what waited. Throws `FramingError`. */
  resume(): void {
    this.#paused = false;
    this.#run();
  }

  /** Takes the next bytes of the stream. Throws `FramingError` for a length no frame can have, or when memory is refused. */
  push(chunk: Uint8Array): void {
    this.#waiting.push(chunk);
    this.#run();
  }

  /** Stops for good; returns the memory that was allowed for an unfinished frame. */
  end(): number {
    const held = this.#held;
    this.#paused = true;
    this.#waiting = [];
    this.#reset();
    return held;
  }

  #run(): void {
    if (this.#parsing) return;
    this.#parsing = true;
    try {
      while (!this.#paused) {
        const chunk = this.#waiting.shift();
        if (chunk === undefined) return;
        const rest = chunk.subarray(this.#take(chunk));
        if (rest.length > 0) this.#waiting.unshift(rest);
      }
    } finally {
      this.#parsing = false;
    }
  }

  /** Consumes bytes of at most one frame; returns how many. */
  #take(chunk: Uint8Array): number {
    let at = 0;
    if (this.#headerBytes < HEADER_BYTES) {
      while (at < chunk.length && this.#headerBytes < HEADER_BYTES) this.#header[this.#headerBytes++] = chunk[at++] as number;
      if (this.#headerBytes < HEADER_BYTES) return at;
      this.#begin(new DataView(this.#header.buffer).getInt32(0));
    }
    if (this.#received === 0 && at < chunk.length && this.#length > 0) this.#chooseFate(chunk[at] as number);
    const part = chunk.subarray(at, at + this.#length - this.#received);
    if (this.#body !== undefined && part.length > 0) this.#append(part);
    this.#received += part.length;
    if (this.#received === this.#length) this.#finish();
    return at + part.length;
  }

  #begin(length: number): void {
    if (length < 0 || length > MAX_MESSAGE_BYTES) throw new FramingError(`frame length ${length}`);
    this.#length = length;
  }

  #chooseFate(type: number): void {
    this.#type = type;
    if (this.#length <= this.sink.limit(type)) this.#body = new Uint8Array(Math.min(this.#length, FIRST_ALLOCATION));
  }

  #append(part: Uint8Array): void {
    let body = this.#body as Uint8Array;
    const needed = this.#received + part.length;
    if (needed > body.length) {
      const capacity = Math.min(this.#length, Math.max(needed, body.length * 2));
      const extra = capacity - FIRST_ALLOCATION - this.#held;
      if (!this.sink.allow(extra)) throw new FramingError(`no memory for a frame of ${this.#length} bytes`);
      this.#held += extra;
      const larger = new Uint8Array(capacity);
      larger.set(body.subarray(0, this.#received));
      body = larger;
      this.#body = larger;
    }
    body.set(part, this.#received);
  }

  #finish(): void {
    const body = this.#length === 0 ? new Uint8Array(0) : this.#body;
    const [held, length, type] = [this.#held, this.#length, this.#type];
    this.#reset();
    this.#completed++;
    if (body === undefined) this.sink.skipped(type, length);
    else this.sink.frame(body, held);
  }

  #reset(): void {
    this.#headerBytes = 0;
    this.#length = 0;
    this.#received = 0;
    this.#held = 0;
    this.#body = undefined;
  }
}

/** The four bytes that go before a message of this length. */
export function frameHeader(length: number): Bytes {
  if (length > MAX_MESSAGE_BYTES) throw new FramingError(`a message of ${length} bytes is too long to send`);
  const header = new Uint8Array(HEADER_BYTES);
  new DataView(header.buffer).setInt32(0, length);
  return header;
}
