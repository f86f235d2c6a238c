import type { Clock } from "../net/clock.js";
import { type NetLogger, printable } from "../net/log.js";
import { MAXIMA_FAIL, MAXIMA_OK, MAXIMA_UNKNOWN, sourceOf } from "../net/maxima-host.js";
import { MinuteLimit, SourceLimit } from "../net/minute-limit.js";
import type { Peer } from "../net/peer.js";
import type { Bytes } from "../protocol/bytes.js";
import type { RandomBytes } from "../protocol/encryption.js";
import { ProtocolError } from "../protocol/errors.js";
import type { MaxTxPoW } from "../protocol/messages/maxima.js";
import { MessageType, writeMessage } from "../protocol/messages/message.js";
import { APPLICATION, type IncomingMessage } from "./link.js";
import { ForgedError, type OpenedMessage, openPackage } from "./sealing.js";

/** A message and the connection it came on. */
export interface Received extends IncomingMessage {
  readonly peer: Peer;
  /** The key it was encrypted for. */
  readonly to: Bytes;
}

export type ReceivedHandler = (received: Received) => void | Promise<void>;

export interface ReceiverOptions {
  readonly clock: Clock;
  readonly log: NetLogger;
  readonly random: RandomBytes;
  /** The private key of one of our public keys. */
  readonly privateKeyOf: (publicKey: Bytes) => Bytes | undefined;
  readonly hasWork: (message: MaxTxPoW) => boolean;
  /** Deals with applications that nobody registered for. */
  readonly unregistered: ReceivedHandler;
}

/** Messages opened in a minute, of one source and of all: those that came with the work that senders do for each, and those without. */
const WORKED = { perSource: 300, all: 1200 };
const IDLE = { perSource: 12, all: 60 };

interface Limits {
  readonly perSource: SourceLimit;
  readonly all: MinuteLimit;
}

/** Opens what comes for this node and brings it to who deals with it (spec 08 §7, §10). */
export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #handlers = new Map<string, ReceivedHandler>();
  readonly #worked: Limits;
  readonly #idle: Limits;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#worked = limits(options.clock, WORKED);
    this.#idle = limits(options.clock, IDLE);
  }

  register(application: string, handler: ReceivedHandler): void {
    this.#handlers.set(application, handler);
  }

  /** The status to answer with, or undefined for silence. What follows from the message happens after that is sent. */
  receive(peer: Peer, item: MaxTxPoW): Bytes | undefined {
    const { log, random, privateKeyOf } = this.#options;
    const { to } = item.package;
    const privateKey = privateKeyOf(to);
    if (privateKey === undefined || !this.#mayOpen(peer, item)) return MAXIMA_UNKNOWN;
    let opened: OpenedMessage;
    try {
      opened = openPackage(item.package, privateKey, random);
    } catch (error) {
      if (!(error instanceof ForgedError || error instanceof ProtocolError)) throw error;
      log.debug("Maxima message dropped", { from: peer.address, reason: error.message });
      return error instanceof ForgedError ? MAXIMA_FAIL : undefined;
    }
    const received = { ...opened, peer, to, answer: (payload: Bytes) => answer(peer, payload) };
    void Promise.resolve().then(() => this.#dispatch(received));
    return opened.message.application === APPLICATION.mlsGet ? undefined : MAXIMA_OK;
  }

  async #dispatch(received: Received): Promise<void> {
    const { log, unregistered } = this.#options;
    const { application } = received.message;
    try {
      await (this.#handlers.get(application) ?? unregistered)(received);
    } catch (error) {
      const reason = printable(error instanceof Error ? error.message : String(error));
      const fields = { application: printable(application, 40), from: received.peer.address, reason };
      if (error instanceof ProtocolError) log.debug("Maxima message dropped", fields);
      else log.warn("a Maxima message could not be dealt with", fields);
    }
  }

  /** Opening costs more than sending garbage does: nobody gets more than a share. */
  #mayOpen(peer: Peer, item: MaxTxPoW): boolean {
    const { perSource, all } = this.#options.hasWork(item) ? this.#worked : this.#idle;
    return perSource.take(sourceOf(peer)) && all.take();
  }
}

function limits(clock: Clock, { perSource, all }: { readonly perSource: number; readonly all: number }): Limits {
  return { perSource: new SourceLimit(clock, perSource), all: new MinuteLimit(clock, all) };
}

function answer(peer: Peer, payload: Bytes): void {
  peer.answer(() => writeMessage({ type: MessageType.PING, payload }));
}
