import type { Socket } from "node:net";
import type { Bytes } from "../../../protocol/bytes.js";
import { frameHeader } from "../../framing.js";
import { isStreamed, type Outgoing, type StreamedMessage } from "../transport.js";

/** Streamed messages are made only while less than this waits in the socket. */
const HIGH_WATER = 512 * 1024;
/** Bytes of a streamed message after which others have their turn, however fast the peer takes them. */
const TURN_BYTES = 512 * 1024;
/** Messages up to this size are copied behind their header, to be one write. */
const JOIN_UP_TO = 16 * 1024;

/** Puts messages on a socket one after the other; pieces of streamed ones only as fast as the peer takes them. */
export class SendQueue {
  #queue: Outgoing[] = [];
  #queuedBytes = 0;
  #stream: { readonly pieces: Iterator<Bytes>; rest: number } | undefined;
  #closed = false;

  constructor(
    readonly socket: Socket,
    /** A streamed message did not have the length it promised, or could not be made. */
    readonly onFault: (reason: string) => void,
  ) {}

  get backlog(): number {
    return this.#queuedBytes + this.socket.writableLength;
  }

  get streaming(): boolean {
    return this.#stream !== undefined || this.#queue.some(isStreamed);
  }

  push(message: Outgoing): void {
    if (this.#closed) return;
    this.#queue.push(message);
    if (!isStreamed(message)) this.#queuedBytes += message.length;
    this.flush();
  }

  close(): void {
    this.#closed = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#stream = undefined;
  }

  /** Writes what may be written; to be called whenever the socket has drained. */
  flush(): void {
    while (!this.#closed) {
      if (this.#stream !== undefined) {
        if (!this.#continueStream(this.#stream)) return;
        continue;
      }
      const message = this.#queue.shift();
      if (message === undefined) return;
      if (isStreamed(message)) this.#startStream(message);
      else this.#write(message);
    }
  }

  #write(message: Bytes): void {
    this.#queuedBytes -= message.length;
    const header = frameHeader(message.length);
    if (message.length > JOIN_UP_TO) {
      this.socket.write(header);
      this.socket.write(message);
      return;
    }
    const frame = new Uint8Array(header.length + message.length);
    frame.set(header);
    frame.set(message, header.length);
    this.socket.write(frame);
  }

  #startStream(message: StreamedMessage): void {
    this.socket.write(frameHeader(message.length));
    this.#stream = { pieces: message.pieces(), rest: message.length };
  }

  /** Whether the stream has ended, so that the next message may follow. */
  #continueStream(stream: { readonly pieces: Iterator<Bytes>; rest: number }): boolean {
    for (let written = 0; stream.rest > 0; ) {
      if (this.socket.writableLength >= HIGH_WATER) return false;
      if (written >= TURN_BYTES) {
        setImmediate(() => this.flush());
        return false;
      }
      const piece = nextPiece(stream.pieces);
      if (piece === undefined || piece.length > stream.rest) {
        this.close();
        this.onFault("a streamed message broke off");
        return false;
      }
      stream.rest -= piece.length;
      written += piece.length;
      this.socket.write(piece);
    }
    this.#stream = undefined;
    return true;
  }
}

/** Undefined at the end and when a piece cannot be made any more, say because its block was pruned meanwhile. */
function nextPiece(pieces: Iterator<Bytes>): Bytes | undefined {
  const next = pieces.next();
  return next.done === true ? undefined : next.value;
}
