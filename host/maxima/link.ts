import type { Bytes } from "../protocol/bytes.js";
import type { MaximaMessage } from "../protocol/messages/maxima.js";
import type { MLSPacketGETResp } from "../protocol/messages/mls.js";

/** What became of a message: a status answer (spec 08 §8), an answer of a location service, or no answer. */
export type DeliveryStatus = "ok" | "fail" | "unknown" | "toobig" | "wronghash" | "mls" | "nothing";

/** The way of one message to its host. */
export interface Delivery {
  readonly status: DeliveryStatus;
  readonly message: MaximaMessage;
  /** What a location service answers; with status `mls` only. */
  readonly mls?: MLSPacketGETResp;
  /** Why there was no answer, or the error that the other side named; with status `nothing` only. */
  readonly error?: string;
  /** Milliseconds it took to make the message, the work included, and to bring it to its host. */
  readonly creationMs: number;
  readonly sendingMs: number;
}

/** A peer we dialled, by which others reach us (spec 08 §1). */
export interface HostState {
  /** Its full address, `host:port`. */
  readonly address: string;
  /** The key under which we are reached through it. */
  readonly publicKey: Bytes;
  /** `Mx..@host:port` of that key. */
  readonly contactAddress: string;
  /** Unix milliseconds. */
  readonly lastSeen: number;
  /** Whether the check through it has succeeded since it was connected. */
  readonly connected: boolean;
  /** The address of its location service, if it announced one (spec 08 §9). */
  readonly mlsAddress: string | undefined;
}

/** A message for this node that was opened and whose signature is good. */
export interface IncomingMessage {
  readonly message: MaximaMessage;
  /** The msgid (spec 08 §3). */
  readonly id: Bytes;
  /** Answers an `**maxima_mls_get**`: a status of net/maxima-host.ts, or an encoded MLSPacketGETResp. Others were answered already. */
  answer(payload: Bytes): void;
}

/** Deals with the messages of an application. A ProtocolError drops the message. */
export type ApplicationHandler = (incoming: IncomingMessage) => void | Promise<void>;

/** What of Maxima the services built on it use. */
export interface MaximaLink {
  /** X.509 DER; permanent. */
  readonly publicKey: Bytes;
  readonly mlsPublicKey: Bytes;
  /** `Mx(MLS key)@own host:port`, the host as others reach it, as far as this node knows. */
  ownAddress(): string;
  /** The same in the network of its owner. */
  localAddress(): string;
  /** Where contacts reach this node now: through a random connected host (spec 08 §2). */
  contactAddress(): string;
  /**
   * Makes a message, does the work for it and sends it, after those that wait already. Throws `ProtocolError` when the address is
   * none, `MaximaError` when the message cannot be made: no chain, no work found in time, too many waiting.
   */
  send(address: string, application: string, data: Bytes): Promise<Delivery>;
  /** The same without waiting for what comes of it, which is logged. At once, or as the last after `delayMs`. */
  queue(address: string, application: string, data: Bytes, delayMs?: number): MaximaMessage;
  /** All that are known, connected or not. */
  hosts(): readonly HostState[];
  /** Makes another key for a host, and announces it if it is connected (spec 08 §1). */
  renewHostKey(address: string): Promise<void>;
  /** Calls back when a host was checked, and when one that we dialled is gone. Gives a function that ends it. */
  onHostConnected(listener: (host: HostState) => void): () => void;
  onHostDisconnected(listener: (host: HostState) => void): () => void;
  /** Who deals with an application; what nobody deals with is told to listeners as an event (spec 08 §10). */
  register(application: string, handler: ApplicationHandler): void;
}

/** Why a message cannot be sent, in words for its sender. */
export class MaximaError extends Error {
  override readonly name = "MaximaError";

  constructor(
    reason: string,
    /** The message that was to be sent, where there was one. */
    readonly unsent?: MaximaMessage,
  ) {
    super(reason);
  }
}

/** Applications of the protocol itself (spec 08 §10). */
export const APPLICATION = {
  contactCtrl: "**maxima_contact_ctrl**",
  checkConnect: "**maxima_check_connect**",
  mlsSet: "**maxima_mls_set**",
  mlsGet: "**maxima_mls_get**",
} as const;
