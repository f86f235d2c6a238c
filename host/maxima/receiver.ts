import type { Clock } from "../net/clock.js";
import { type NetLogger, printable } from "../net/log.js";
import { MAXIMA_FAIL, MAXIMA_OK, MAXIMA_UNKNOWN } from "../net/maxima-host.js";
import { MinuteLimit } from "../net/minute-limit.js";
import type { Peer } from "../net/peer.js";
import type { Bytes } from "../protocol/bytes.js";
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
  /** The private key of one of our public keys. */
  readonly privateKeyOf: (publicKey: Bytes) => Bytes | undefined;
  readonly hasWork: (message: MaxTxPoW) => boolean;
  /** Deals with applications that nobody registered for. */
  readonly unregistered: ReceivedHandler;
}

/** Messages opened in a minute: of one source and of all, and how many of them without the work that senders do for each. */
const OPENED_PER_SOURCE = 120;
const IDLE_PER_SOURCE = 12;
const OPENED = 1200;
const IDLE = 60;
const MINUTE_MS = 60_000;

interface Limits {
  readonly all: MinuteLimit;
  readonly idle: MinuteLimit;
}

/** Opens what comes for this node and brings it to who deals with it (spec 08 §7, §10). */
export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #handlers = new Map<string, ReceivedHandler>();
  readonly #total: Limits;
  readonly #sources = new Map<string, Limits>();
  #sourcesSince: number;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#total = this.#limits(OPENED, IDLE);
    this.#sourcesSince = options.clock.now();
  }

  register(application: string, handler: ReceivedHandler): void {
    this.#handlers.set(application, handler);
  }

  /** The status to answer with, or undefined for silence. What follows from the message happens after that is sent. */
  receive(peer: Peer, item: MaxTxPoW): Bytes | undefined {
    const { log, privateKeyOf } = this.#options;
    const { to } = item.package;
    const privateKey = privateKeyOf(to);
    if (privateKey === undefined || !this.#mayOpen(peer, item)) return MAXIMA_UNKNOWN;
    let opened: OpenedMessage;
    try {
      opened = openPackage(item.package, privateKey);
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
    const source = this.#limitsOf(peer);
    if (!source.all.take()) return false;
    if (!this.#options.hasWork(item) && !(source.idle.take() && this.#total.idle.take())) return false;
    return this.#total.all.take();
  }

  /** A host brings what many send; who comes by himself counts by his address, whatever connections he makes. */
  #limitsOf(peer: Peer): Limits {
    const now = this.#options.clock.now();
    if (now - this.#sourcesSince >= MINUTE_MS) {
      this.#sources.clear();
      this.#sourcesSince = now;
    }
    const name = peer.incoming ? peer.connection.remote.host : peer.uid;
    const known = this.#sources.get(name);
    if (known !== undefined) return known;
    const limits = this.#limits(OPENED_PER_SOURCE, IDLE_PER_SOURCE);
    this.#sources.set(name, limits);
    return limits;
  }

  #limits(all: number, idle: number): Limits {
    const { clock } = this.#options;
    return { all: new MinuteLimit(clock, all), idle: new MinuteLimit(clock, idle) };
  }
}

function answer(peer: Peer, payload: Bytes): void {
  peer.answer(() => writeMessage({ type: MessageType.PING, payload }));
}
