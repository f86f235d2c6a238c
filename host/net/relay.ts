import { type Bytes, equalBytes, toHex } from "../protocol/bytes.js";
import { MessageType, writeMessage } from "../protocol/messages/message.js";
import { bodyHash } from "../protocol/txbody.js";
import { type TxPoW, txpowId, txpowSize } from "../protocol/txpow.js";
import type { ChainPort, MaybePromise } from "./chain-port.js";
import type { Clock } from "./clock.js";
import type { NetLogger } from "./log.js";
import type { Peer } from "./peer.js";
import type { Peers } from "./peers.js";
import { TxPoWRequests } from "./txpow-requests.js";

/** Ids are hashes; nothing longer can be one. */
const LONGEST_ID = 64;
/** TxPoWs with a body that is not the header's, kept while others are asked. */
const MOST_HELD = 64;
const LARGEST_HELD = 256 * 1024;

export interface RelayOptions {
  readonly clock: Clock;
  readonly log: NetLogger;
  readonly chain: ChainPort;
  readonly peers: Peers;
  readonly requestMs: number;
  readonly impatientMs: number;
  /** The lower, the sooner a peer is asked. */
  readonly rank: (peer: Peer) => number;
}

/** Announce, request, deliver (spec 07 §8). */
export class Relay {
  readonly requests: TxPoWRequests;
  /** TxPoWs whose body is not the one their header commits to, and who sent them. */
  readonly #held = new Map<string, { readonly txpow: TxPoW; readonly from: Peer }>();

  constructor(readonly options: RelayOptions) {
    this.requests = new TxPoWRequests({
      clock: options.clock,
      peers: options.peers,
      timeoutMs: options.requestMs,
      impatientMs: options.impatientMs,
      rank: options.rank,
      failed: (id) => this.#useHeld(id),
    });
  }

  /** Tells all peers, the one it came from included (spec 07 §8.6). */
  announce(id: Bytes): void {
    this.options.peers.broadcast(writeMessage({ type: MessageType.TXPOWID, payload: id }));
  }

  /** A peer announced a TxPoW, or lists it. */
  offered(peer: Peer, id: Bytes): void {
    if (id.length <= LONGEST_ID && !this.options.chain.store.hasTxPoW(id)) this.requests.want(id, peer);
  }

  /** Somebody may have it: one of the peers is asked. */
  wanted(id: Bytes): void {
    const { peers, rank } = this.options;
    const [peer] = peers.valid().sort((a, b) => rank(a) - rank(b));
    if (peer !== undefined) this.offered(peer, id);
  }

  /** A TxPoW came in. One with a body that is not its own is asked for elsewhere first. */
  received(peer: Peer, txpow: TxPoW): MaybePromise<void> {
    const id = txpowId(txpow);
    if (this.options.chain.store.hasTxPoW(id)) {
      this.requests.arrived(id);
      return;
    }
    const key = toHex(id);
    if (!hasOwnBody(txpow) && this.requests.askNext(id, peer)) {
      this.options.log.debug("body does not match its header", { txpow: key, peer: peer.address });
      if (this.#held.size < MOST_HELD && txpowSize(txpow) <= LARGEST_HELD) this.#held.set(key, { txpow, from: peer });
      return;
    }
    this.requests.arrived(id);
    this.#held.delete(key);
    return this.options.chain.submitTxPoW(txpow, peer.uid);
  }

  peerGone(peer: Peer): void {
    this.requests.peerGone(peer);
  }

  stop(): void {
    this.requests.stop();
  }

  /** Nobody has a better one: the network may have built on it, so it goes in as it is. */
  #useHeld(id: Bytes): void {
    const held = this.#held.get(toHex(id));
    if (held === undefined) return;
    this.#held.delete(toHex(id));
    const work = this.options.chain.submitTxPoW(held.txpow, held.from.gone ? null : held.from.uid);
    if (work instanceof Promise) work.catch((error) => this.options.log.warn("a TxPoW could not be processed", { reason: String(error) }));
  }
}

/** Whether the body is the one the header commits to (spec 02 Q1). */
function hasOwnBody(txpow: TxPoW): boolean {
  return txpow.body === null || equalBytes(bodyHash(txpow.body), txpow.header.bodyhash);
}
