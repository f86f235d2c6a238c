import type { Clock } from "../../../host/net/clock.js";
import type { Endpoint } from "../../../host/net/endpoint.js";
import { type Connection, type ConnectionHandler, isStreamed, messageType, type Outgoing } from "../../../host/net/transports/transport.js";
import { type Bytes, concatBytes } from "../../../host/protocol/bytes.js";
import type { Ways } from "./ways.js";

/** How long it takes to notice that the way to the other side is broken. */
const BROKEN_AFTER_MS = 30_000;
const FRAME_HEADER_BYTES = 4;

/** One end of a link inside the process. */
export class MemoryConnection implements Connection {
  readonly partial = undefined;
  bytesRead = 0;
  bytesWritten = 0;
  #other: MemoryConnection | undefined;
  #handler: ConnectionHandler | undefined;
  #ended: (() => void) | undefined;
  #open = true;
  #paused = false;
  #undelivered: Bytes[] = [];
  /** Bytes on their way, and streamed messages. */
  #backlog = 0;
  #streams = 0;
  /** When the wire is free for the next message. */
  #freeAt = 0;

  constructor(
    readonly clock: Clock,
    readonly ways: Ways,
    readonly incoming: boolean,
    readonly local: Endpoint,
    readonly remote: Endpoint,
  ) {}

  get backlog(): number {
    return this.#backlog;
  }

  get streaming(): boolean {
    return this.#streams > 0;
  }

  get paused(): boolean {
    return this.#paused;
  }

  link(other: MemoryConnection): void {
    this.#other = other;
  }

  onEnd(ended: () => void): void {
    this.#ended = ended;
  }

  start(handler: ConnectionHandler): void {
    this.#handler = handler;
    this.#deliver();
  }

  send(message: Outgoing): void {
    const way = this.ways(this.local.host, this.remote.host);
    if (!this.#open) return;
    if (way === undefined) {
      this.clock.setTimeout(BROKEN_AFTER_MS, () => this.#fail("the way is broken"));
      return;
    }
    const streamed = isStreamed(message);
    const body = streamed ? concatBytes(...iterate(message.pieces())) : message;
    const size = body.length + FRAME_HEADER_BYTES;
    this.bytesWritten += size;
    if (streamed) this.#streams++;
    else this.#backlog += body.length;
    const sent = Math.max(this.#freeAt, this.clock.now()) + (size * 1000) / way.bytesPerSecond;
    this.#freeAt = sent;
    this.clock.setTimeout(sent + way.latencyMs - this.clock.now(), () => this.#arrive(body, streamed));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
  }

  close(): void {
    if (!this.#open) return;
    this.#end();
    const way = this.ways(this.local.host, this.remote.host);
    const other = this.#other;
    if (other !== undefined) this.clock.setTimeout(way?.latencyMs ?? BROKEN_AFTER_MS, () => other.#fail("closed by the other side"));
  }

  #arrive(body: Bytes, streamed: boolean): void {
    if (streamed) this.#streams--;
    else this.#backlog -= body.length;
    this.#other?.receive(body);
    if (this.#open && this.#backlog === 0 && this.#streams === 0) this.#handler?.drained();
  }

  /** A message from the other end. */
  receive(body: Bytes): void {
    if (!this.#open) return;
    this.bytesRead += body.length + FRAME_HEADER_BYTES;
    this.#undelivered.push(body);
    this.#deliver();
  }

  #deliver(): void {
    while (!this.#paused && this.#open && this.#handler !== undefined) {
      const body = this.#undelivered.shift();
      if (body === undefined) return;
      const type = messageType(body);
      if (body.length > this.#handler.limit(type)) this.#handler.skipped(type, body.length);
      else this.#handler.message({ body, release: () => {} });
    }
  }

  #fail(reason: string): void {
    if (!this.#open) return;
    const handler = this.#handler;
    this.#end();
    handler?.closed(reason);
  }

  #end(): void {
    this.#open = false;
    this.#undelivered = [];
    this.#ended?.();
  }
}

/** Two ends that belong together: the dialler's and the acceptor's. */
export function linkPair(clock: Clock, ways: Ways, from: Endpoint, to: Endpoint): { near: MemoryConnection; far: MemoryConnection } {
  const near = new MemoryConnection(clock, ways, false, from, to);
  const far = new MemoryConnection(clock, ways, true, to, from);
  near.link(far);
  far.link(near);
  return { near, far };
}

function* iterate(pieces: Iterator<Bytes>): Iterable<Bytes> {
  for (let next = pieces.next(); next.done !== true; next = pieces.next()) yield next.value;
}
