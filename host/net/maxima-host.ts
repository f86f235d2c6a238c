import { type Bytes, toHex } from "../protocol/bytes.js";
import {
  isForPackage,
  MAX_MAXIMA_PACKAGE,
  MAXIMA_CTRL_ID,
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
import type { Peer } from "./peer.js";

/** Status answers (spec 08 §8). */
export const MAXIMA_OK = Uint8Array.of(1);
export const MAXIMA_UNKNOWN = Uint8Array.of(2);
export const MAXIMA_TOO_BIG = Uint8Array.of(3);
export const MAXIMA_WRONG_HASH = Uint8Array.of(4);

/** Longer keys than any there is are not remembered. */
const LONGEST_KEY = 1024;
/** Messages forwarded to one client in a minute: whoever sends them did work for each. */
const FORWARDS_PER_MINUTE = 120;
const MINUTE_MS = 60_000;

interface Client {
  readonly peer: Peer;
  minuteStart: number;
  forwarded: number;
}

/** Forwards Maxima messages to the peers that dialled this node: without that a reference peer does not stay (spec 08 §9, 07 §20). */
export class MaximaHost {
  /** By the key they announced; of two that claim one, the latest. */
  readonly #clients = new Map<string, Client>();
  readonly #keyOf = new Map<Peer, string>();

  constructor(
    readonly clock: Clock,
    readonly chain: ChainPort,
    readonly log: NetLogger,
  ) {}

  /** A client tells the key under which it is reached through us. */
  control(peer: Peer, message: MaximaCTRLMessage): void {
    if (message.type !== MAXIMA_CTRL_ID || message.data.length > LONGEST_KEY) return;
    this.peerGone(peer);
    const key = toHex(message.data);
    this.#keyOf.set(peer, key);
    this.#clients.set(key, { peer, minuteStart: this.clock.now(), forwarded: 0 });
  }

  /** A message, on any connection (spec 08 §7). `body` is the frame it came in. */
  message(peer: Peer, message: MaxTxPoW, body: Bytes): MaybePromise<void> {
    peer.answer(() => {
      const code = this.#forward(message, body);
      this.log.debug("Maxima message", { from: peer.address, bytes: body.length, status: code[0] });
      return status(code);
    });
    const { txpow } = message;
    if (isForPackage(message) && !isTooBig(message) && (isBlock(txpow) || isTransaction(txpow))) return this.chain.submitTxPoW(txpow, null);
  }

  peerGone(peer: Peer): void {
    const key = this.#keyOf.get(peer);
    this.#keyOf.delete(peer);
    if (key !== undefined && this.#clients.get(key)?.peer === peer) this.#clients.delete(key);
  }

  #forward(message: MaxTxPoW, body: Bytes): Bytes {
    if (!isForPackage(message)) return MAXIMA_WRONG_HASH;
    if (isTooBig(message)) return MAXIMA_TOO_BIG;
    const client = this.#clients.get(toHex(message.package.to));
    if (client === undefined || !this.#mayForward(client)) return MAXIMA_UNKNOWN;
    client.peer.send(body);
    return MAXIMA_OK;
  }

  #mayForward(client: Client): boolean {
    const now = this.clock.now();
    if (now - client.minuteStart >= MINUTE_MS) {
      client.minuteStart = now;
      client.forwarded = 0;
    }
    client.forwarded++;
    return client.forwarded <= FORWARDS_PER_MINUTE;
  }
}

function status(code: Bytes): Bytes {
  return writeMessage({ type: MessageType.PING, payload: code });
}

function isTooBig(message: MaxTxPoW): boolean {
  return encode(writeMaximaPackage, message.package).length > MAX_MAXIMA_PACKAGE;
}
