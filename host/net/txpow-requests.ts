import { type Bytes, toHex } from "../protocol/bytes.js";
import { MessageType, writeMessage } from "../protocol/messages/message.js";
import type { Cancel, Clock } from "./clock.js";
import type { Peer } from "./peer.js";
import type { Peers } from "./peers.js";

/** Requests to one peer that may be unanswered at a time. */
const MOST_UNDER_WAY = 256;
/** While a peer owes no more than this, an answer is expected soon. */
const FEW_UNDER_WAY = 16;
/** Ids wanted in all. More than any honest sync asks for at once. */
const MOST_WANTED = 100_000;
/** Peers that are asked for one id. */
const MOST_TRIES = 4;
/** Peers remembered as having an id, beyond the one that is asked. */
const MOST_OFFERS = 8;

/** An id we want, and who may have it. */
interface Wanted {
  readonly id: Bytes;
  /** Who announced it and was not asked yet. */
  offers: Peer[];
  readonly tried: Set<Peer>;
  /** Who is asked, or whose turn it is once its other requests are answered. */
  asked: Peer;
  cancel: Cancel | undefined;
  /** When somebody else who has it is asked; later for a peer that owes much. */
  impatientAt: number;
}

export interface RequestsOptions {
  readonly clock: Clock;
  readonly peers: Peers;
  readonly timeoutMs: number;
  /** How long to wait when somebody else is known to have it. */
  readonly impatientMs: number;
  /** The lower, the sooner a peer is asked. */
  readonly rank: (peer: Peer) => number;
  /** Nobody answered. */
  readonly failed: (id: Bytes) => void;
}

/** Remembers what was asked of whom: each id is asked of one peer at a time, then of the next (spec 07 §19). */
export class TxPoWRequests {
  readonly #wanted = new Map<string, Wanted>();
  readonly #underWay = new Map<Peer, number>();
  readonly #waiting = new Map<Peer, Wanted[]>();

  constructor(readonly options: RequestsOptions) {}

  get size(): number {
    return this.#wanted.size;
  }

  /** A peer has this id, or had better have it. */
  want(id: Bytes, peer: Peer): void {
    if (peer.gone) return;
    const key = toHex(id);
    const known = this.#wanted.get(key);
    if (known !== undefined) {
      if (known.asked === peer || known.tried.has(peer) || known.offers.length >= MOST_OFFERS || known.offers.includes(peer)) return;
      known.offers.push(peer);
      if (known.cancel !== undefined && this.options.clock.now() >= known.impatientAt) this.#giveUpOn(known);
      return;
    }
    if (this.#wanted.size >= MOST_WANTED) return;
    const wanted: Wanted = { id, offers: [], tried: new Set(), asked: peer, cancel: undefined, impatientAt: 0 };
    this.#wanted.set(key, wanted);
    this.#ask(wanted, peer);
  }

  /** It came. */
  arrived(id: Bytes): void {
    const wanted = this.#wanted.get(toHex(id));
    if (wanted === undefined) return;
    this.#wanted.delete(toHex(id));
    this.#settle(wanted);
  }

  /**
   * What came from a peer is of no use: the next one is asked, unless the answer of another is awaited anyway.
   * False when there is none left, and the id is no longer wanted.
   */
  askNext(id: Bytes, notFrom: Peer): boolean {
    const key = toHex(id);
    const wanted = this.#wanted.get(key) ?? { id, offers: [], tried: new Set<Peer>(), asked: notFrom, cancel: undefined, impatientAt: 0 };
    if (wanted.asked !== notFrom) {
      wanted.tried.add(notFrom);
      return true;
    }
    this.#settle(wanted);
    wanted.tried.add(notFrom);
    const next = this.#nextPeer(wanted);
    if (next === undefined) {
      this.#wanted.delete(key);
      return false;
    }
    this.#wanted.set(key, wanted);
    this.#ask(wanted, next);
    return true;
  }

  /** A peer is gone: others are asked for what it owed. */
  peerGone(peer: Peer): void {
    this.#underWay.delete(peer);
    this.#waiting.delete(peer);
    for (const wanted of Array.from(this.#wanted.values())) {
      wanted.tried.delete(peer);
      wanted.offers = wanted.offers.filter((other) => other !== peer);
      if (wanted.asked === peer) this.#giveUpOn(wanted);
    }
  }

  stop(): void {
    for (const wanted of this.#wanted.values()) wanted.cancel?.();
    this.#wanted.clear();
    this.#waiting.clear();
    this.#underWay.clear();
  }

  #ask(wanted: Wanted, peer: Peer): void {
    wanted.asked = peer;
    wanted.tried.add(peer);
    const underWay = this.#underWay.get(peer) ?? 0;
    if (underWay >= MOST_UNDER_WAY) {
      const waiting = this.#waiting.get(peer);
      if (waiting === undefined) this.#waiting.set(peer, [wanted]);
      else waiting.push(wanted);
      return;
    }
    this.#underWay.set(peer, underWay + 1);
    this.#await(wanted, underWay);
    peer.send(writeMessage({ type: MessageType.TXPOWREQ, payload: wanted.id }));
  }

  /** Waits for the answer: not for long if the peer has little to do and another one has it, too. */
  #await(wanted: Wanted, underWay: number): void {
    const { clock, timeoutMs, impatientMs } = this.options;
    const first = underWay < FEW_UNDER_WAY ? Math.min(impatientMs, timeoutMs) : timeoutMs;
    wanted.impatientAt = clock.now() + first;
    wanted.cancel = clock.setTimeout(first, () => {
      if (wanted.offers.length > 0 || first === timeoutMs) this.#giveUpOn(wanted);
      else wanted.cancel = clock.setTimeout(timeoutMs - first, () => this.#giveUpOn(wanted));
    });
  }

  /** The request under way is over; the peer may get its next one. */
  #settle(wanted: Wanted): void {
    const { asked, cancel } = wanted;
    if (cancel === undefined) return;
    cancel();
    wanted.cancel = undefined;
    const underWay = this.#underWay.get(asked);
    if (underWay === undefined) return;
    this.#underWay.set(asked, underWay - 1);
    const waiting = this.#waiting.get(asked);
    for (let next = waiting?.shift(); next !== undefined; next = waiting?.shift()) {
      if (next.asked !== asked || this.#wanted.get(toHex(next.id)) !== next || next.cancel !== undefined) continue;
      this.#ask(next, asked);
      return;
    }
    this.#waiting.delete(asked);
  }

  #giveUpOn(wanted: Wanted): void {
    if (!this.askNext(wanted.id, wanted.asked)) this.options.failed(wanted.id);
  }

  /** Who said to have it, then anybody. */
  #nextPeer(wanted: Wanted): Peer | undefined {
    const offer = this.#best(wanted.offers);
    if (offer !== undefined) {
      wanted.offers = wanted.offers.filter((peer) => peer !== offer);
      return offer;
    }
    if (wanted.tried.size >= MOST_TRIES) return undefined;
    return this.#best(this.options.peers.valid().filter((peer) => !wanted.tried.has(peer)));
  }

  /** The first of those that rank lowest. */
  #best(peers: readonly Peer[]): Peer | undefined {
    const { rank } = this.options;
    let best = peers[0];
    for (const peer of peers) if (best !== undefined && rank(peer) < rank(best)) best = peer;
    return best;
  }
}
