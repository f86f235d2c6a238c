import type { Bytes } from "../protocol/bytes.js";
import { MessageType, writeMessage } from "../protocol/messages/message.js";
import type { Pulse } from "../protocol/messages/pulse.js";
import type { Backfill } from "./backfill.js";
import type { ChainPort } from "./chain-port.js";
import type { NetworkConfig } from "./config.js";
import { openIBD } from "./incoming-ibd.js";
import type { InvalidList } from "./invalid-list.js";
import type { NetLogger } from "./log.js";
import type { Peer } from "./peer.js";
import type { Peers } from "./peers.js";

/** Ids a pulse may hold, and how many are sent (spec 07 §15). */
const MOST_PULSE_IDS = 1000;
const PULSE_IDS = 512;

export interface SyncClientOptions {
  readonly config: NetworkConfig;
  readonly log: NetLogger;
  readonly chain: ChainPort;
  readonly peers: Peers;
  readonly invalid: InvalidList;
  readonly backfill: Backfill;
  /** Asks a peer for a TxPoW, or for a TxBlock on TxBlock nodes. */
  readonly request: (peer: Peer, id: Bytes) => void;
}

/** Catches up with what others have: IBDs and pulses (spec 07 §6, §10). */
export class SyncClient {
  readonly #greeted = new WeakSet<Peer>();
  readonly #syncing = new Set<Peer>();

  constructor(readonly options: SyncClientOptions) {}

  /** Whether an IBD is being processed. */
  get syncing(): boolean {
    return this.#syncing.size > 0;
  }

  /**
   * Whether this peer's IBD is being processed: its announcements are not listened to then (spec 07 §17). Those of others are, or
   * peers with long worthless IBDs could keep a node deaf.
   */
  isSyncingWith(peer: Peer): boolean {
    return this.#syncing.has(peer);
  }

  /** Whether this peer's IBD came and was processed. */
  hasSyncedWith(peer: Peer): boolean {
    return this.#greeted.has(peer) && !this.#syncing.has(peer);
  }

  /** The answer to our greeting: one per connection. Throws `ProtocolError`. */
  async receiveIBD(peer: Peer, message: Bytes): Promise<void> {
    if (!peer.valid || this.#greeted.has(peer)) return;
    this.#greeted.add(peer);
    const ibd = openIBD(message);
    this.options.log.info("initial download", { peer: peer.address, blocks: ibd.count, bytes: message.length });
    this.#syncing.add(peer);
    try {
      await this.options.chain.submitIBD(ibd, peer.uid);
    } finally {
      this.#syncing.delete(peer);
    }
    this.options.backfill.request(peer);
  }

  /** Older blocks came. Throws `ProtocolError`. */
  receiveOlder(peer: Peer, message: Bytes): Promise<void> | undefined {
    return this.options.backfill.expects(peer) ? this.options.backfill.received(peer, openIBD(message)) : undefined;
  }

  /** Tells peers our newest blocks; a node without a chain would only be dropped for it. */
  sendPulse(): void {
    const ids = this.options.chain.view.mainIds(PULSE_IDS);
    if (ids.length === 0 || this.options.config.txBlockNode) return;
    this.options.peers.broadcast(writeMessage({ type: MessageType.PULSE, payload: { ids } }));
  }

  /** Requests what a peer's newest blocks show to be missing, the oldest first; drops a peer of another chain (spec 07 §10). */
  receivePulse(peer: Peer, pulse: Pulse): void {
    const { chain, config, invalid, log, peers, request } = this.options;
    if (pulse.ids.length > MOST_PULSE_IDS || chain.view.tip() === null) return;
    const missing: Bytes[] = [];
    for (const id of pulse.ids) {
      if (chain.view.mainNumber(id) !== undefined) {
        for (const wanted of missing.reverse()) request(peer, wanted);
        return;
      }
      const listed = chain.store.missingListed(id);
      if (listed === undefined) missing.push(id);
      else if (!config.txBlockNode) missing.push(...listed);
    }
    log.info("peer on another chain", { peer: peer.address });
    invalid.add(peer.address);
    peers.drop(peer, "its blocks are of another chain");
  }
}
