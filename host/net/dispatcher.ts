import type { Bytes } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import { MessageType, messageName, readMessage } from "../protocol/messages/message.js";
import type { MaybePromise } from "./chain-port.js";
import type { Handshake } from "./handshake.js";
import { type NetLogger, printable } from "./log.js";
import type { MaximaHost } from "./maxima-host.js";
import type { Overlay } from "./p2p/overlay.js";
import type { Peer } from "./peer.js";
import type { Peers } from "./peers.js";
import type { Relay } from "./relay.js";
import type { SyncClient } from "./sync-client.js";
import type { SyncServer } from "./sync-server.js";
import type { TxBlockFollower } from "./txblock-follower.js";

export interface DispatcherOptions {
  readonly log: NetLogger;
  readonly peers: Peers;
  readonly handshake: Handshake;
  readonly server: SyncServer;
  readonly client: SyncClient;
  readonly relay: Relay;
  readonly maxima: MaximaHost;
  /** Absent when this node takes no part in the overlay. */
  readonly overlay: Overlay | undefined;
  /** Only on TxBlock nodes. */
  readonly follower: TxBlockFollower | undefined;
}

/** Announcements that are not listened to while the IBD of their sender is processed (spec 07 §17). */
const DROPPED_WHILE_SYNCING: ReadonlySet<number> = new Set([MessageType.TXPOWID, MessageType.TXBLOCKID, MessageType.PULSE]);

/** Brings each message to who deals with it (spec 07 §2). */
export class Dispatcher {
  constructor(readonly options: DispatcherOptions) {}

  /** Never fails: a message that cannot be dealt with is dropped and the connection kept (spec 07 §1). */
  handle(peer: Peer, body: Bytes): MaybePromise<void> {
    try {
      const work = this.#dispatch(peer, body);
      return work instanceof Promise ? work.catch((error) => this.#failed(peer, error)) : work;
    } catch (error) {
      this.#failed(peer, error);
    }
  }

  #failed(peer: Peer, error: unknown): void {
    const { log, peers } = this.options;
    if (error instanceof ProtocolError) peers.bad(peer, error.message);
    else log.warn("a message could not be processed", { peer: peer.address, reason: printable(String(error)) });
  }

  #dispatch(peer: Peer, body: Bytes): MaybePromise<void> {
    const { log, client, follower, server } = this.options;
    const type = body[0] ?? -1;
    if (body.length > 0 && messageName(type) === undefined) {
      log.debug("unknown message type", { peer: peer.address, type });
      return;
    }
    if (DROPPED_WHILE_SYNCING.has(type) && client.isSyncingWith(peer)) return;
    switch (type) {
      case MessageType.IBD:
        return client.receiveIBD(peer, body);
      case MessageType.IBD_RESP:
        return client.receiveOlder(peer, body);
      case MessageType.MEGAMMRSYNC_REQ:
        return server.keepsMega ? this.#read(peer, body) : server.refuseMega(peer);
      case MessageType.TXBLOCKID:
      case MessageType.TXBLOCK:
      case MessageType.TXBLOCKMINE:
        return follower?.receive(peer, readMessage(body));
      // Answers to one-shot requests, and what nobody answers.
      case MessageType.SINGLE_PONG:
      case MessageType.ARCHIVE_DATA:
      case MessageType.ARCHIVE_SINGLE_REQ:
      case MessageType.MEGAMMRSYNC_RESP:
      case MessageType.PING:
        return;
      default:
        return this.#read(peer, body);
    }
  }

  #read(peer: Peer, body: Bytes): MaybePromise<void> {
    const { log, handshake, server, client, relay, maxima, overlay, follower } = this.options;
    const message = readMessage(body);
    switch (message.type) {
      case MessageType.GREETING:
        return handshake.receive(peer, message.payload);
      case MessageType.TXPOWID:
        return follower === undefined ? relay.offered(peer, message.payload) : undefined;
      case MessageType.TXPOWREQ:
        return server.txpow(peer, message.payload);
      case MessageType.TXPOW:
        return relay.received(peer, message.payload);
      case MessageType.TXBLOCKREQ:
        return server.txBlock(peer, message.payload);
      case MessageType.PULSE:
        return client.receivePulse(peer, message.payload);
      case MessageType.IBD_REQ:
        return server.ibdBefore(peer, message.payload);
      case MessageType.ARCHIVE_REQ:
        return server.archive(peer, message.payload);
      case MessageType.SINGLE_PING:
        return server.singlePing(peer);
      case MessageType.MEGAMMRSYNC_REQ:
        return server.megaMMR(peer, message.payload);
      case MessageType.MAXIMA_CTRL:
        return maxima.control(peer, message.payload);
      case MessageType.MAXIMA_TXPOW:
        return maxima.message(peer, message.payload, body);
      case MessageType.P2P:
        return overlay?.receive(peer, message.payload);
      case MessageType.GENMESSAGE:
        log.info("message from a peer", { peer: peer.address, text: printable(message.payload) });
    }
  }
}
