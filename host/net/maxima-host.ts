import { type Bytes, toHex } from "../protocol/bytes.js";
import {
  isForPackage,
  MAX_MAXIMA_PACKAGE,
  MAXIMA_CTRL_ID,
  MAXIMA_CTRL_MLS,
  type MaximaCTRLMessage,
  type MaxTxPoW,
  writeMaximaPackage,
} from "../protocol/messages/maxima.js";
import { MessageType, writeMessage } from "../protocol/messages/message.js";
import { isBlock, isTransaction } from "../protocol/txpow.js";
import { encode } from "../protocol/writer.js";
import type { ChainPort, MaybePromise } from "./chain-port.js";
import type { Clock } from "./clock.js";
import type { NetLogger } from "./log.js";
import type { MaximaPort } from "./maxima-port.js";
import { MinuteLimit, SourceLimit } from "./minute-limit.js";
import type { Peer } from "./peer.js";

/** Status answers (spec 08 §8). */
export const MAXIMA_FAIL = Uint8Array.of(0);
export const MAXIMA_OK = Uint8Array.of(1);
export const MAXIMA_UNKNOWN = Uint8Array.of(2);
export const MAXIMA_TOO_BIG = Uint8Array.of(3);
export const MAXIMA_WRONG_HASH = Uint8Array.of(4);

/** Longer keys than any there is are not remembered. */
const LONGEST_KEY = 1024;
/** Messages forwarded in a minute: of one sender, and to one client those that came with the work for each, and those without. */
const SENT_PER_MINUTE = 300;
const FORWARDS_PER_MINUTE = 600;
const IDLE_FORWARDS_PER_MINUTE = 20;

interface Client {
  readonly peer: Peer;
  readonly forwards: MinuteLimit;
  readonly idleForwards: MinuteLimit;
}

/**
 * Forwards Maxima messages to the peers that dialled this node: without that a reference peer does not stay (spec 08 §9, 07 §20).
 * Messages for this node itself go to whoever has its Maxima identity.
 */
export class MaximaHost {
  /** By the key they announced; of two that claim one, the latest. */
  readonly #clients = new Map<string, Client>();
  readonly #keyOf = new Map<Peer, string>();
  readonly #senders: SourceLimit;
  /** The Maxima identity of this node, if it has one. */
  own: MaximaPort | undefined;

  constructor(
    readonly clock: Clock,
    readonly chain: ChainPort,
    readonly log: NetLogger,
  ) {
    this.#senders = new SourceLimit(clock, SENT_PER_MINUTE);
  }

  /** A client tells the key under which it is reached through us, or a host the one of its location service. */
  control(peer: Peer, message: MaximaCTRLMessage): void {
    if (message.data.length > LONGEST_KEY) return;
    if (message.type === MAXIMA_CTRL_MLS) this.own?.mlsKey(peer, message.data);
    if (message.type !== MAXIMA_CTRL_ID) return;
    this.#forget(peer);
    const key = toHex(message.data);
    this.#keyOf.set(peer, key);
    this.#clients.set(key, {
      peer,
      forwards: new MinuteLimit(this.clock, FORWARDS_PER_MINUTE),
      idleForwards: new MinuteLimit(this.clock, IDLE_FORWARDS_PER_MINUTE),
    });
  }

  /** A message, on any connection (spec 08 §7). `body` is the frame it came in. */
  message(peer: Peer, message: MaxTxPoW, body: Bytes): MaybePromise<void> {
    peer.answer(() => {
      const code = this.#deliver(peer, message, body);
      this.log.debug("Maxima message", { from: peer.address, bytes: body.length, status: code?.[0] ?? "none" });
      return code === undefined ? undefined : status(code);
    });
    const { txpow } = message;
    if (isForPackage(message) && !isTooBig(message) && (isBlock(txpow) || isTransaction(txpow))) return this.chain.submitTxPoW(txpow, null);
  }

  /** A peer's greeting was accepted. */
  connected(peer: Peer): void {
    this.own?.connected(peer);
  }

  peerGone(peer: Peer): void {
    this.#forget(peer);
    this.own?.gone(peer);
  }

  #forget(peer: Peer): void {
    const key = this.#keyOf.get(peer);
    this.#keyOf.delete(peer);
    if (key !== undefined && this.#clients.get(key)?.peer === peer) this.#clients.delete(key);
  }

  #deliver(peer: Peer, message: MaxTxPoW, body: Bytes): Bytes | undefined {
    if (!isForPackage(message)) return MAXIMA_WRONG_HASH;
    if (isTooBig(message)) return MAXIMA_TOO_BIG;
    if (this.own?.isOwnKey(message.package.to)) return this.own.receive(peer, message);
    const client = this.#clients.get(toHex(message.package.to));
    if (client === undefined || !this.#mayForward(peer, client, message)) return MAXIMA_UNKNOWN;
    client.peer.send(body);
    return MAXIMA_OK;
  }

  #mayForward(sender: Peer, client: Client, { txpow }: MaxTxPoW): boolean {
    const forwards = (this.own?.hasWork(txpow) ?? true) ? client.forwards : client.idleForwards;
    return this.#senders.take(sourceOf(sender)) && forwards.take();
  }
}

/** Whose limits a message counts for: a host brings what many send, who comes by himself may come on many connections. */
export function sourceOf(peer: Peer): string {
  return peer.incoming ? peer.connection.remote.host : peer.uid;
}

function status(code: Bytes): Bytes {
  return writeMessage({ type: MessageType.PING, payload: code });
}

function isTooBig(message: MaxTxPoW): boolean {
  return encode(writeMaximaPackage, message.package).length > MAX_MAXIMA_PACKAGE;
}
