import type { Socket } from "node:net";
import type { Clock } from "../../clock.js";
import type { Endpoint } from "../../endpoint.js";
import { FrameParser, FramingError } from "../../framing.js";
import type { Connection, ConnectionHandler, Outgoing, PartialMessage } from "../transport.js";
import { SendQueue } from "./send-queue.js";

/** Memory for long messages, as its transport grants it. */
export interface Allowance {
  take(connection: TcpConnection, bytes: number): boolean;
  give(bytes: number): void;
}

/** A framed TCP connection (spec 07 §1). */
export class TcpConnection implements Connection {
  readonly #parser: FrameParser;
  readonly #queue: SendQueue;
  #handler: ConnectionHandler | undefined;
  #partialSince = 0;
  /** Memory of messages that were handed over and not released. */
  #handedOver = 0;
  #behind = false;
  #closed = false;
  #paused = false;

  constructor(
    readonly socket: Socket,
    readonly incoming: boolean,
    readonly remote: Endpoint,
    readonly clock: Clock,
    readonly allowance: Allowance,
  ) {
    socket.setNoDelay(true);
    socket.setKeepAlive(true);
    this.#queue = new SendQueue(socket, (reason) => this.fail(reason));
    this.#parser = new FrameParser({
      limit: (type) => this.#handler?.limit(type) ?? 0,
      allow: (bytes) => allowance.take(this, bytes),
      frame: (body, held) => this.#deliver(body, held),
      skipped: (type, length) => this.#handler?.skipped(type, length),
    });
    socket.on("error", (error) => this.fail(error.message));
    socket.on("close", () => this.fail("closed by the other side"));
  }

  /** From here on the handler gets what comes in. */
  start(handler: ConnectionHandler): void {
    this.#handler = handler;
    this.socket.on("data", (chunk) => this.#receive(chunk));
    this.socket.on("drain", () => this.#drained());
    this.socket.on("end", () => this.fail("closed by the other side"));
  }

  get local(): Endpoint {
    return { host: plainAddress(this.socket.localAddress), port: this.socket.localPort ?? 0 };
  }

  get backlog(): number {
    return this.#queue.backlog;
  }

  get streaming(): boolean {
    return this.#queue.streaming;
  }

  get bytesRead(): number {
    return this.socket.bytesRead;
  }

  get bytesWritten(): number {
    return this.socket.bytesWritten;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get partial(): PartialMessage | undefined {
    const partial = this.#parser.partial;
    return partial === undefined ? undefined : { since: this.#partialSince, ...partial };
  }

  /** Memory for long messages that ending the connection may give back. */
  get held(): number {
    return this.#closed ? 0 : this.#handedOver + (this.#parser.partial?.held ?? 0);
  }

  send(message: Outgoing): void {
    if (this.#closed) return;
    this.#queue.push(message);
    if (this.#queue.backlog > 0 || this.#queue.streaming) this.#behind = true;
  }

  pause(): void {
    if (this.#paused || this.#closed) return;
    this.#paused = true;
    this.#parser.pause();
    this.socket.pause();
  }

  resume(): void {
    if (!this.#paused || this.#closed) return;
    this.#paused = false;
    this.#parse(() => this.#parser.resume());
    if (!this.#paused && !this.#closed) this.socket.resume();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.close();
    this.allowance.give(this.#parser.end());
    this.#handler = undefined;
    this.socket.destroy();
  }

  #receive(chunk: Uint8Array): void {
    if (!this.#closed) this.#parse(() => this.#parser.push(chunk));
  }

  #parse(step: () => void): void {
    const [completed, wasPartial] = [this.#parser.completed, this.#parser.partial !== undefined];
    try {
      step();
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.fail(error.message);
      return;
    }
    if (!wasPartial || this.#parser.completed !== completed) this.#partialSince = this.clock.now();
  }

  #deliver(body: Uint8Array, held: number): void {
    const handler = this.#handler;
    if (handler === undefined) {
      this.allowance.give(held);
      return;
    }
    let released = false;
    this.#handedOver += held;
    handler.message({
      body,
      release: () => {
        if (released) return;
        released = true;
        this.#handedOver -= held;
        this.allowance.give(held);
      },
    });
  }

  #drained(): void {
    this.#queue.flush();
    if (!this.#behind || this.#queue.backlog > 0 || this.#queue.streaming) return;
    this.#behind = false;
    this.#handler?.drained();
  }

  /** Ends the link on behalf of the transport; the handler is told. */
  fail(reason: string): void {
    const handler = this.#handler;
    this.close();
    handler?.closed(reason);
  }
}

/** An address without the prefix that IPv4 addresses get on an IPv6 socket. */
export function plainAddress(address: string | undefined): string {
  return (address ?? "").replace(/^::ffff:/, "");
}
