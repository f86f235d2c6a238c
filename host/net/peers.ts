import type { PeerId } from "../chain/types.js";
import { type Bytes, toHex } from "../protocol/bytes.js";
import { MessageType, messageName } from "../protocol/messages/message.js";
import type { MaybePromise } from "./chain-port.js";
import type { Clock } from "./clock.js";
import type { NetworkConfig } from "./config.js";
import { addressText } from "./endpoint.js";
import type { InvalidList } from "./invalid-list.js";
import { Lane } from "./lane.js";
import type { NetLogger } from "./log.js";
import { Peer } from "./peer.js";
import type { Traffic } from "./traffic.js";
import type { Connection, ConnectionHandler, Incoming, Outgoing } from "./transports/transport.js";
import { Turns } from "./turns.js";

/** What happens to peers, for those who care. */
export interface PeerEvents {
  connected(peer: Peer): void;
  /** A message, in the peer's turn. Must not fail. */
  message(peer: Peer, message: Incoming): MaybePromise<void>;
  /** Longest message of a type it may send now. */
  limit(peer: Peer, type: number): number;
  gone(peer: Peer, end: End): void;
}

/** Why a connection ended: the other side or the network lost it, we found it silent, or we had enough of it. */
export interface End {
  readonly cause: "lost" | "silent" | "dropped";
  readonly reason: string;
}

export interface PeersOptions {
  readonly clock: Clock;
  readonly config: NetworkConfig;
  readonly log: NetLogger;
  readonly random: (length: number) => Bytes;
  readonly invalid: InvalidList;
  readonly traffic: Traffic;
}

/** Everyone this node is connected with. */
export class Peers {
  readonly #peers = new Map<PeerId, Peer>();
  readonly #lanes = new Map<Peer, Lane>();
  readonly #turns: Turns;

  constructor(
    readonly options: PeersOptions,
    readonly events: PeerEvents,
  ) {
    this.#turns = new Turns(options.clock);
  }

  /** Those who have a turn whenever a peer has one. */
  get turns(): Turns {
    return this.#turns;
  }

  all(): IterableIterator<Peer> {
    return this.#peers.values();
  }

  /** Peers whose greeting was accepted. */
  valid(): Peer[] {
    return Array.from(this.#peers.values()).filter((peer) => peer.valid);
  }

  get(uid: PeerId): Peer | undefined {
    return this.#peers.get(uid);
  }

  /** Sends to every peer that has greeted (spec 07 §1). */
  broadcast(message: Outgoing): void {
    for (const peer of this.valid()) peer.send(message);
  }

  /** Decides on a connection from outside. */
  readonly accept = (connection: Connection): ConnectionHandler | undefined => {
    const { limits } = this.options.config;
    const incoming = Array.from(this.#peers.values()).filter((peer) => peer.incoming);
    const sameHost = incoming.filter((peer) => peer.connection.remote.host === connection.remote.host).length;
    if (sameHost >= limits.incomingPerHost || this.options.invalid.has(addressText(connection.remote))) return undefined;
    if (incoming.length >= limits.incoming) {
      const stranger = incoming.find((peer) => !peer.valid);
      if (stranger === undefined) return undefined;
      this.drop(stranger, "its place is needed");
    }
    return this.add(connection);
  };

  /** Takes a connection on. */
  add(connection: Connection): ConnectionHandler {
    const uid = toHex(this.options.random(8));
    const { clock, config, traffic } = this.options;
    const peer = new Peer(uid, connection, clock, config.limits, traffic, (who, reason) => this.drop(who, reason));
    const owner = {
      handle: (message: Incoming) => this.events.message(peer, message),
      pause: () => connection.pause(),
      resume: () => connection.resume(),
    };
    const lane = new Lane(owner, this.#turns, config.limits);
    this.#peers.set(uid, peer);
    this.#lanes.set(peer, lane);
    this.events.connected(peer);
    return {
      limit: (type) => this.events.limit(peer, type),
      message: (message) => {
        const type = message.body[0] ?? -1;
        if (type === MessageType.GREETING) peer.greeted = true;
        this.#heard(peer, type, message.body.length);
        lane.push(message);
      },
      skipped: (type, length) => {
        this.#heard(peer, type, length);
        this.bad(peer, `${messageName(type) ?? `type ${type}`} message of ${length} bytes`);
      },
      drained: () => peer.drained(),
      closed: (reason) => this.#remove(peer, { cause: "lost", reason }),
    };
  }

  /** Counts a message that was of no use. It does not cost the connection (spec 07 §1), unless there are very many. */
  bad(peer: Peer, what: string): void {
    peer.badMessages++;
    this.options.log.debug("message dropped", { peer: peer.address, what });
    if (peer.badMessages > this.options.config.limits.badMessages) this.drop(peer, "too many broken messages");
  }

  /** Ends a connection by our own decision. */
  drop(peer: Peer, reason: string): void {
    this.#remove(peer, { cause: "dropped", reason });
  }

  /** Ends a connection that gives no sign of life, which is not held against the peer. */
  giveUp(peer: Peer, reason: string): void {
    this.#remove(peer, { cause: "silent", reason });
  }

  #heard(peer: Peer, type: number, length: number): void {
    peer.messages++;
    peer.lastMessage = this.options.clock.now();
    this.options.traffic.countRead(type, length);
  }

  #remove(peer: Peer, end: End): void {
    if (!this.#peers.delete(peer.uid)) return;
    peer.end();
    this.#lanes.get(peer)?.close();
    this.#lanes.delete(peer);
    this.events.gone(peer, end);
  }
}
