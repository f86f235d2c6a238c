import type { PeerId } from "../chain/types.js";
import type { Bytes } from "../protocol/bytes.js";
import { MessageType, writeMessage } from "../protocol/messages/message.js";
import type { TxPoW } from "../protocol/txpow.js";
import { type Cancel, every } from "./clock.js";
import type { Endpoint } from "./endpoint.js";
import type { MaximaPort } from "./maxima-port.js";
import { type NetworkMetrics, type OverlayInfo, overlayInfo, type PeerInfo, peerInfo } from "./network-info.js";
import type { OneShotClient } from "./one-shot.js";
import { createParts, type NetworkOptions, type NetworkParts } from "./parts.js";
import type { Peer } from "./peer.js";
import type { End } from "./peers.js";
import type { Traffic } from "./traffic.js";

/** A node's place in the network (spec 07): keeps connections, keeps the chain in step with them. */
export class NetworkService {
  readonly #options: NetworkOptions;
  readonly #parts: NetworkParts;
  #cancels: Cancel[] = [];
  #listening: Endpoint | undefined;
  #badMessages = 0;
  #dropped = 0;
  #stopped = false;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#parts = createParts(options, {
      listeningPort: () => this.#listening?.port ?? 0,
      accepted: (peer) => this.#accepted(peer),
      gone: (peer, end) => this.#gone(peer, end),
    });
  }

  get traffic(): Traffic {
    return this.#parts.traffic;
  }

  /** Questions to nodes we need not be connected with. */
  get oneShot(): OneShotClient {
    return this.#parts.oneShot;
  }

  /** Has messages to this node's own Maxima keys dealt with. To be called before the start. */
  serveMaxima(own: MaximaPort): void {
    this.#parts.maxima.own = own;
  }

  /** Listens, dials the configured peers, starts the timers. Tells where it listens. */
  async start(): Promise<Endpoint | undefined> {
    const { config, clock, transport } = this.#options;
    if (config.listen) this.#listening = await transport.listen(this.#parts.peers.accept);
    this.#parts.watchdog.start();
    this.#cancels = [
      every(clock, config.timers.pingMs, () => this.#ping()),
      every(clock, config.timers.pulseMs, () => this.#parts.client.sendPulse()),
      every(clock, config.timers.forgetMs, () => this.#lookAfter()),
      every(clock, config.timers.trafficResetMs, () => this.traffic.reset(clock.now())),
    ];
    for (const endpoint of config.connect) this.#parts.dialler.connect(endpoint, true);
    this.#parts.overlay?.start();
    return this.#listening;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#cancels) cancel();
    this.#parts.watchdog.stop();
    this.#parts.overlay?.stop();
    this.#parts.dialler.stop();
    this.#parts.relay.stop();
    this.#endAll();
    this.#parts.peers.turns.stop();
    await this.#options.transport.close();
  }

  /** Closes every connection, forgets who was invalid, and connects anew. */
  restart(): void {
    this.#forget();
    this.#options.chain.networkRestarted?.();
    this.#endAll();
  }

  /** Where this node listens. */
  get listening(): Endpoint | undefined {
    return this.#listening;
  }

  /** Tells all peers of a TxPoW that was checked in full (spec 07 §8). */
  announceTxPoW(id: Bytes): void {
    this.#parts.relay.announce(id);
  }

  /** Tells all peers of a block that entered the tree, not by way of an IBD (spec 07 §8). */
  announceTxBlock(id: Bytes): void {
    this.#parts.peers.broadcast(writeMessage({ type: MessageType.TXBLOCKID, payload: id }));
  }

  /** Gives TxBlock nodes something to mine (spec 07 §12). */
  offerTemplate(template: TxPoW): void {
    this.#parts.peers.broadcast(writeMessage({ type: MessageType.TXBLOCKMINE, payload: template }));
  }

  /** Gets a TxPoW from the peer that seems to have it, or from any. On a TxBlock node: its TxBlock. */
  request(id: Bytes, uid: PeerId | null): void {
    const peer = uid === null ? undefined : this.#parts.peers.get(uid);
    if (this.#parts.follower !== undefined) {
      for (const master of peer === undefined ? this.#parts.peers.valid() : [peer]) this.#parts.follower.request(master, id);
    } else if (peer === undefined) this.#parts.relay.wanted(id);
    else this.#parts.relay.offered(peer, id);
  }

  /** The chain has had enough of a peer. `forget`: do not connect with it again for a while. */
  disconnect(uid: PeerId, reason: string, forget: boolean): void {
    const peer = this.#parts.peers.get(uid);
    if (peer === undefined) return;
    if (forget) {
      this.#parts.invalid.add(peer.address);
      this.#parts.overlay?.lost(peer.endpoint);
    }
    this.#parts.peers.drop(peer, reason);
  }

  /** A peer brought an invalid block: others are asked first, and very many end the connection, unless the owner wants it (spec 07 §19). */
  penalise(uid: PeerId): void {
    const peer = this.#parts.peers.get(uid);
    if (peer === undefined || !this.#parts.penalties.note(peer) || this.#parts.dialler.isLasting(peer.connection.remote)) return;
    this.#parts.peers.drop(peer, "too many invalid blocks");
  }

  /**
   * A peer we dialled does not do what was hoped for: another takes its place, if there is a choice. False when it stays: the owner
   * chose it, it is sending its chain, nobody else is connected, or nobody looks for others.
   */
  replace(uid: PeerId, reason: string): boolean {
    const { peers, dialler, client, overlay, invalid } = this.#parts;
    const peer = peers.get(uid);
    if (peer === undefined || peer.incoming || dialler.isLasting(peer.connection.remote) || client.isSyncingWith(peer)) return false;
    const others = peers.valid().filter((other) => other !== peer && !other.incoming).length;
    if (overlay === undefined || others === 0 || overlay.known().length <= others + 1) return false;
    invalid.add(peer.address);
    peers.drop(peer, reason);
    overlay.dialAnother();
    return true;
  }

  /** Connects by the owner's wish, and stays connected. False when it is already so, or the address counts as invalid. */
  connect(endpoint: Endpoint): boolean {
    return this.#parts.dialler.connect(endpoint, true);
  }

  /** Ends a connection, or the attempts to make one, by the owner's wish. False for an unknown uid or address. */
  hangUp(target: PeerId | Endpoint): boolean {
    if (typeof target !== "string") return this.#parts.dialler.forget(target);
    const peer = this.#parts.peers.get(target);
    if (peer === undefined) return false;
    if (!peer.incoming) this.#parts.dialler.forget(peer.connection.remote);
    this.#parts.peers.drop(peer, "the owner disconnects");
    return true;
  }

  /** Sends a text to one peer, if there is such, or to all; it appears in their logs. */
  sendText(text: string, uid?: PeerId): void {
    const message = writeMessage({ type: MessageType.GENMESSAGE, payload: text });
    if (uid === undefined) this.#parts.peers.broadcast(message);
    else this.#parts.peers.get(uid)?.send(message);
  }

  peers(): PeerInfo[] {
    return Array.from(this.#parts.peers.all(), peerInfo);
  }

  /** Addresses that are being dialled or waited for. */
  connecting(): Endpoint[] {
    return this.#parts.dialler.connecting();
  }

  metrics(): NetworkMetrics {
    const all = Array.from(this.#parts.peers.all());
    return {
      peers: all.length,
      validPeers: all.filter((peer) => peer.valid).length,
      incomingPeers: all.filter((peer) => peer.incoming).length,
      connecting: this.connecting().length,
      requestsUnderWay: this.#parts.relay.requests.size,
      badMessages: all.reduce((sum, peer) => sum + peer.badMessages, this.#badMessages),
      dropped: this.#dropped,
      syncing: this.#parts.client.syncing,
    };
  }

  /** The state of the overlay; undefined when it is off. */
  overlay(): OverlayInfo | undefined {
    return this.#parts.overlay === undefined ? undefined : overlayInfo(this.#parts.overlay);
  }

  /** Tells the overlay of peers to look at. */
  addKnownPeers(endpoints: readonly Endpoint[]): void {
    for (const endpoint of endpoints) this.#parts.overlay?.add(endpoint);
  }

  /** Has the overlay check all peers it knows again. */
  recheckPeers(): void {
    this.#parts.overlay?.recheck();
  }

  #accepted(peer: Peer): void {
    const self = this.#otherEnd(peer);
    if (self !== undefined) {
      this.#parts.invalid.add(self.address);
      for (const end of [peer, self]) this.#parts.peers.drop(end, "it is this node itself");
      return;
    }
    this.#options.log.info("peer connected", { peer: peer.address, incoming: peer.incoming, version: peer.version, top: peer.topBlock });
    this.#parts.overlay?.connected(peer);
    if (!peer.gone) this.#parts.maxima.connected(peer);
  }

  /** The dialled end of a connection whose accepted end this is: a node learns its own address from others (spec 07 §3). */
  #otherEnd(peer: Peer): Peer | undefined {
    const { host, port } = peer.connection.remote;
    if (!peer.incoming) return undefined;
    return Array.from(this.#parts.peers.all()).find(
      ({ incoming, connection }) => !incoming && connection.local.port === port && connection.local.host === host,
    );
  }

  #gone(peer: Peer, end: End): void {
    const { log } = this.#options;
    this.#badMessages += peer.badMessages;
    if (end.cause === "dropped") this.#dropped++;
    this.#parts.firstChain.gone(peer);
    this.#parts.maxima.peerGone(peer);
    this.#parts.overlay?.gone(peer);
    this.#options.chain.peerGone?.(peer.uid);
    if (this.#stopped) return;
    if (peer.valid) log.info("peer disconnected", { peer: peer.address, reason: end.reason });
    else log.debug("connection ended", { peer: peer.address, reason: end.reason });
    this.#parts.relay.peerGone(peer);
    this.#parts.dialler.ended(peer, end);
  }

  /** Keeps connections alive (spec 07 §10). */
  #ping(): void {
    const tip = this.#options.chain.view.tip();
    if (tip !== null) this.#parts.peers.broadcast(writeMessage({ type: MessageType.PING, payload: tip.id }));
  }

  /** Peers that bring no blocks for hours are not worth having: others may be better (spec 07 §16.3.8). */
  #lookAfter(): void {
    const { clock, config, log, chain } = this.#options;
    const tip = chain.view.tip();
    if (tip === null || clock.now() - tip.time <= config.timers.staleTipMs || this.#parts.peers.valid().length === 0) {
      this.#forget();
      return;
    }
    log.warn("no new block for long: networking restarts", { block: tip.number });
    this.restart();
  }

  /** Peers get another chance, and another IBD (spec 07 §14, §15). */
  #forget(): void {
    this.#parts.invalid.clear();
    this.#parts.servedIBD.clear();
  }

  #endAll(): void {
    for (const peer of Array.from(this.#parts.peers.all())) this.#parts.peers.giveUp(peer, "networking restarts");
  }
}
