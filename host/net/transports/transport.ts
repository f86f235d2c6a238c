import type { Bytes } from "../../protocol/bytes.js";
import type { Cancel } from "../clock.js";
import type { Endpoint } from "../endpoint.js";

/** A message whose bytes are made while it is being sent: long downloads (spec 07 §5). */
export interface StreamedMessage {
  /** The type byte, which the pieces begin with. */
  readonly type: number;
  /** Length of the whole, the type byte included. */
  readonly length: number;
  /** Pieces that add up to `length`. A shortfall ends the connection: nothing else can end a frame. */
  pieces(): Iterator<Bytes>;
}

/** A message to send, the type byte first. */
export type Outgoing = Bytes | StreamedMessage;

export function isStreamed(message: Outgoing): message is StreamedMessage {
  return !(message instanceof Uint8Array);
}

export function messageType(message: Outgoing): number {
  return isStreamed(message) ? message.type : (message[0] ?? -1);
}

/** A message that came in. */
export interface Incoming {
  /** The type byte and what follows; empty for a frame of length 0. */
  readonly body: Bytes;
  /** To be called once when the body is no longer needed: memory for messages is limited as a whole. */
  release(): void;
}

/** A message that is only partly here. */
export interface PartialMessage {
  /** When its first byte came. */
  readonly since: number;
  readonly length: number;
  readonly received: number;
  /** Bytes it holds in memory. */
  readonly held: number;
}

/** A link to one other node that carries whole messages, each direction in order. */
export interface Connection {
  readonly incoming: boolean;
  /** The other side: as dialled, or the address the connection came from. */
  readonly remote: Endpoint;
  /** This side's end of the link. */
  readonly local: Endpoint;
  /** Bytes waiting to be sent, streamed messages not counted. */
  readonly backlog: number;
  /** Whether a streamed message is not sent completely. */
  readonly streaming: boolean;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly partial: PartialMessage | undefined;
  /** Queues a message. Does nothing once closed. */
  send(message: Outgoing): void;
  /** Stops delivery; what is read but not delivered stays bounded. */
  pause(): void;
  resume(): void;
  readonly paused: boolean;
  /** Ends the link now, without `closed` being called. What was not sent yet is lost. */
  close(): void;
}

/** What a connection tells its owner. Nothing is called after `closed`. */
export interface ConnectionHandler {
  /** How long a message of this type may be, the type byte included. Longer ones are skipped, not kept. */
  limit(type: number): number;
  message(message: Incoming): void;
  /** A message over its limit was left out. */
  skipped(type: number, length: number): void;
  /** All is sent after it was not for a while. */
  drained(): void;
  /** The other side, or a fault, ended the link. */
  closed(reason: string): void;
}

/** What becomes of an attempt to connect: exactly one of the two is called, unless it is cancelled. */
export interface DialEvents {
  connected(connection: Connection): ConnectionHandler;
  failed(reason: string): void;
}

/** Decides on a connection from outside; undefined turns it away. */
export type Accept = (connection: Connection) => ConnectionHandler | undefined;

/** A way to reach other nodes. */
export interface Transport {
  /** Starts to accept connections; tells where. */
  listen(accept: Accept): Promise<Endpoint>;
  dial(endpoint: Endpoint, events: DialEvents): Cancel;
  /** Stops to accept and ends every connection. */
  close(): Promise<void>;
}
