import type { PeerId } from "../chain/types.js";
import type { Bytes } from "../protocol/bytes.js";
import { JsonDouble } from "../protocol/json.js";
import { MessageType, writeMessage } from "../protocol/messages/message.js";
import type { TxPoW } from "../protocol/txpow.js";
import { Backfill } from "./backfill.js";
import type { ChainPort } from "./chain-port.js";
import { type Cancel, type Clock, every } from "./clock.js";
import type { NetworkConfig } from "./config.js";
import { Dialler } from "./dialler.js";
import { Dispatcher } from "./dispatcher.js";
import { addressText, type Endpoint } from "./endpoint.js";
import { FirstChain } from "./first-chain.js";
import { Handshake } from "./handshake.js";
import { AddressSet } from "./invalid-list.js";
import type { NetLogger } from "./log.js";
import { MaximaHost } from "./maxima-host.js";
import type { MaximaPort } from "./maxima-port.js";
import { messageLimitFor } from "./message-limits.js";
import { type NetworkMetrics, type OverlayInfo, overlayInfo, type PeerInfo, peerInfo } from "./network-info.js";
import { OneShotClient } from "./one-shot.js";
import { createOverlay } from "./p2p/create-overlay.js";
import type { Overlay } from "./p2p/overlay.js";
import type { Peer } from "./peer.js";
import { type End, Peers } from "./peers.js";
import { Penalties } from "./penalties.js";
import { Relay } from "./relay.js";
import { SyncClient } from "./sync-client.js";
import { type Neighbours, SyncServer } from "./sync-server.js";
import { Traffic } from "./traffic.js";
import type { Transport } from "./transports/transport.js";
import { TxBlockFollower } from "./txblock-follower.js";
import { Watchdog } from "./watchdog.js";

export interface NetworkOptions {
  readonly config: NetworkConfig;
  readonly clock: Clock;
  readonly log: NetLogger;
  /** Take what is told of downloads of chains, of checks of peers and of Maxima messages in the place of `log`. */
  readonly ibdLog?: NetLogger;
  readonly peersLog?: NetLogger;
  readonly maximaLog?: NetLogger;
  /** That many random bytes. */
  readonly random: (length: number) => Bytes;
  readonly transport: Transport;
  readonly chain: ChainPort;
}

/** A node's place in the network (spec 07): keeps connections, keeps the chain in step with them. */
export class NetworkService {
  readonly traffic: Traffic;
  /** Questions to nodes we need not be connected with. */
  readonly oneShot: OneShotClient;
  readonly #options: NetworkOptions;
  readonly #peers: Peers;
  readonly #dialler: Dialler;
  readonly #handshake: Handshake;
  readonly #relay: Relay;
  readonly #client: SyncClient;
  readonly #firstChain: FirstChain;
  readonly #maxima: MaximaHost;
  readonly #follower: TxBlockFollower | undefined;
  readonly #overlay: Overlay | undefined;
  readonly #watchdog: Watchdog;
  readonly #penalties: Penalties;
  readonly #invalid = new AddressSet();
  readonly #servedIBD = new AddressSet();
  #cancels: Cancel[] = [];
  #listening: Endpoint | undefined;
  #badMessages = 0;
  #dropped = 0;
  #stopped = false;

  constructor(options: NetworkOptions) {
    const { config, clock, log, random, transport, chain } = options;
    const { ibdLog = log, peersLog = log, maximaLog = log } = options;
    this.#options = options;
    const invalid = this.#invalid;
    this.#penalties = new Penalties(clock);
    this.traffic = new Traffic(clock.now());
    const peers: Peers = new Peers(
      { clock, config, log, random, invalid, traffic: this.traffic },
      {
        connected: (peer) => this.#handshake.connected(peer),
        message: (peer, message) => this.#firstChain.take(peer, message, () => dispatcher.handle(peer, message.body)),
        limit: (peer, type) => messageLimitFor(type, { greeted: peer.greeted, owesBlocks: backfill.expects(peer) }, config),
        gone: (peer, end) => this.#gone(peer, end),
      },
    );
    this.#peers = peers;
    const backfill = new Backfill({ clock, config, log: ibdLog, archive: chain.archive, turns: peers.turns });
    const relay = new Relay({
      clock,
      log,
      chain,
      peers,
      requestMs: config.timers.requestMs,
      impatientMs: config.timers.impatientMs,
      rank: (peer) => this.#penalties.of(peer),
    });
    const follower = config.txBlockNode ? new TxBlockFollower(chain) : undefined;
    const request = (peer: Peer, id: Bytes): void => (follower === undefined ? relay.offered(peer, id) : follower.request(peer, id));
    const client = new SyncClient({ config, log: ibdLog, chain, peers, invalid, backfill, request });
    const server = new SyncServer({ config, log: ibdLog, chain, peers, invalid, neighbours: () => this.#neighbours() });
    this.oneShot = new OneShotClient({ clock, transport, ibdBytes: config.limits.ibdBytes });
    this.#relay = relay;
    this.#follower = follower;
    this.#client = client;
    this.#maxima = new MaximaHost(clock, chain, maximaLog);
    this.#dialler = new Dialler({
      clock,
      timers: config.timers,
      log,
      transport,
      peers,
      invalid,
      gaveUp: (endpoint) => this.#overlay?.lost(endpoint),
    });
    this.#firstChain = new FirstChain({
      clock,
      log: ibdLog,
      view: chain.view,
      peers,
      seeking: () => this.#dialler.connecting().length > 0 || this.#overlay?.seeksLinks === true,
      hasAnswered: (peer) => client.hasSyncedWith(peer),
      isAnswering: (peer) => client.isSyncingWith(peer),
    });
    this.#watchdog = new Watchdog({ clock, config, peers });
    this.#handshake = new Handshake({
      clock,
      config,
      log,
      view: chain.view,
      peers,
      invalid,
      servedIBD: this.#servedIBD,
      listeningPort: () => this.#listening?.port ?? 0,
      accepted: (peer) => this.#accepted(peer),
      sendIBD: (peer, greeting, addressBefore) => server.sendIBD(peer, greeting, addressBefore),
    });
    this.#overlay = createOverlay({
      config,
      clock,
      log,
      peersLog,
      random,
      view: chain.view,
      peers,
      dialler: this.#dialler,
      oneShot: this.oneShot,
      listeningPort: () => this.#listening?.port ?? 0,
    });
    const dispatcher: Dispatcher = new Dispatcher({
      log,
      peers,
      handshake: this.#handshake,
      server,
      client,
      relay,
      maxima: this.#maxima,
      overlay: this.#overlay,
      follower,
    });
  }

  /** Has messages to this node's own Maxima keys dealt with. To be called before the start. */
  serveMaxima(own: MaximaPort): void {
    this.#maxima.own = own;
  }

  /** Listens, dials the configured peers, starts the timers. Tells where it listens. */
  async start(): Promise<Endpoint | undefined> {
    const { config, clock, transport } = this.#options;
    if (config.listen) this.#listening = await transport.listen(this.#peers.accept);
    this.#watchdog.start();
    this.#cancels = [
      every(clock, config.timers.pingMs, () => this.#ping()),
      every(clock, config.timers.pulseMs, () => this.#client.sendPulse()),
      every(clock, config.timers.forgetMs, () => this.#lookAfter()),
      every(clock, config.timers.trafficResetMs, () => this.traffic.reset(clock.now())),
    ];
    for (const endpoint of config.connect) this.#dialler.connect(endpoint, true);
    this.#overlay?.start();
    return this.#listening;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#cancels) cancel();
    this.#watchdog.stop();
    this.#overlay?.stop();
    this.#dialler.stop();
    this.#relay.stop();
    this.#endAll();
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
    this.#relay.announce(id);
  }

  /** Tells all peers of a block that entered the tree, not by way of an IBD (spec 07 §8). */
  announceTxBlock(id: Bytes): void {
    this.#peers.broadcast(writeMessage({ type: MessageType.TXBLOCKID, payload: id }));
  }

  /** Gives TxBlock nodes something to mine (spec 07 §12). */
  offerTemplate(template: TxPoW): void {
    this.#peers.broadcast(writeMessage({ type: MessageType.TXBLOCKMINE, payload: template }));
  }

  /** Gets a TxPoW from the peer that seems to have it, or from any. On a TxBlock node: its TxBlock. */
  request(id: Bytes, uid: PeerId | null): void {
    const peer = uid === null ? undefined : this.#peers.get(uid);
    if (this.#follower !== undefined) {
      for (const master of peer === undefined ? this.#peers.valid() : [peer]) this.#follower.request(master, id);
    } else if (peer === undefined) this.#relay.wanted(id);
    else this.#relay.offered(peer, id);
  }

  /** The chain has had enough of a peer. `forget`: do not connect with it again for a while. */
  disconnect(uid: PeerId, reason: string, forget: boolean): void {
    const peer = this.#peers.get(uid);
    if (peer === undefined) return;
    if (forget) {
      this.#invalid.add(peer.address);
      this.#overlay?.lost(peer.endpoint);
    }
    this.#peers.drop(peer, reason);
  }

  /** A peer brought an invalid block: others are asked first, and very many end the connection, unless the owner wants it (spec 07 §19). */
  penalise(uid: PeerId): void {
    const peer = this.#peers.get(uid);
    if (peer === undefined || !this.#penalties.note(peer) || this.#dialler.isLasting(peer.connection.remote)) return;
    this.#peers.drop(peer, "too many invalid blocks");
  }

  /**
   * A peer we dialled does not do what was hoped for: another takes its place, if there is a choice. False when it stays: the owner
   * chose it, nobody else is connected, or nobody looks for others.
   */
  replace(uid: PeerId, reason: string): boolean {
    const peer = this.#peers.get(uid);
    if (peer === undefined || peer.incoming || this.#dialler.isLasting(peer.connection.remote)) return false;
    const others = this.#peers.valid().filter((other) => other !== peer && !other.incoming);
    if (others.length === 0 || (this.#overlay?.known().length ?? 0) <= others.length + 1) return false;
    this.#invalid.add(peer.address);
    this.#peers.drop(peer, reason);
    this.#overlay?.dialAnother();
    return true;
  }

  /** Connects by the owner's wish, and stays connected. False when it is already so, or the address counts as invalid. */
  connect(endpoint: Endpoint): boolean {
    return this.#dialler.connect(endpoint, true);
  }

  /** Ends a connection, or the attempts to make one, by the owner's wish. False for an unknown uid or address. */
  hangUp(target: PeerId | Endpoint): boolean {
    if (typeof target !== "string") return this.#dialler.forget(target);
    const peer = this.#peers.get(target);
    if (peer === undefined) return false;
    if (!peer.incoming) this.#dialler.forget(peer.connection.remote);
    this.#peers.drop(peer, "the owner disconnects");
    return true;
  }

  /** Sends a text to one peer or to all; it appears in their logs. False for an unknown uid. */
  sendText(text: string, uid?: PeerId): boolean {
    const message = writeMessage({ type: MessageType.GENMESSAGE, payload: text });
    const peer = uid === undefined ? undefined : this.#peers.get(uid);
    if (uid === undefined) this.#peers.broadcast(message);
    else peer?.send(message);
    return uid === undefined || peer !== undefined;
  }

  peers(): PeerInfo[] {
    return Array.from(this.#peers.all(), peerInfo);
  }

  /** Addresses that are being dialled or waited for. */
  connecting(): Endpoint[] {
    return this.#dialler.connecting();
  }

  metrics(): NetworkMetrics {
    const all = Array.from(this.#peers.all());
    return {
      peers: all.length,
      validPeers: all.filter((peer) => peer.valid).length,
      incomingPeers: all.filter((peer) => peer.incoming).length,
      connecting: this.connecting().length,
      requestsUnderWay: this.#relay.requests.size,
      badMessages: all.reduce((sum, peer) => sum + peer.badMessages, this.#badMessages),
      dropped: this.#dropped,
      syncing: this.#client.syncing,
    };
  }

  /** The state of the overlay; undefined when it is off. */
  overlay(): OverlayInfo | undefined {
    return this.#overlay === undefined ? undefined : overlayInfo(this.#overlay);
  }

  /** Tells the overlay of peers to look at. */
  addKnownPeers(endpoints: readonly Endpoint[]): void {
    for (const endpoint of endpoints) this.#overlay?.add(endpoint);
  }

  /** Has the overlay check all peers it knows again. */
  recheckPeers(): void {
    this.#overlay?.recheck();
  }

  /** What a single ping is told of our neighbours. */
  #neighbours(): Neighbours {
    const overlay = this.#overlay;
    if (overlay === undefined) return { peers: [], clients: 0 };
    return { peers: overlay.known().map(addressText), clients: new JsonDouble(overlay.links.count("none") / 2) };
  }

  #accepted(peer: Peer): void {
    const self = this.#otherEnd(peer);
    if (self !== undefined) {
      this.#invalid.add(self.address);
      for (const end of [peer, self]) this.#peers.drop(end, "it is this node itself");
      return;
    }
    this.#options.log.info("peer connected", { peer: peer.address, incoming: peer.incoming, version: peer.version, top: peer.topBlock });
    this.#overlay?.connected(peer);
    if (!peer.gone) this.#maxima.connected(peer);
  }

  /** The dialled end of a connection whose accepted end this is: a node learns its own address from others (spec 07 §3). */
  #otherEnd(peer: Peer): Peer | undefined {
    const { host, port } = peer.connection.remote;
    if (!peer.incoming) return undefined;
    return Array.from(this.#peers.all()).find(
      ({ incoming, connection }) => !incoming && connection.local.port === port && connection.local.host === host,
    );
  }

  #gone(peer: Peer, end: End): void {
    const { log } = this.#options;
    this.#badMessages += peer.badMessages;
    if (end.cause === "dropped") this.#dropped++;
    this.#firstChain.gone(peer);
    this.#maxima.peerGone(peer);
    this.#overlay?.gone(peer);
    this.#options.chain.peerGone?.(peer.uid);
    if (this.#stopped) return;
    if (peer.valid) log.info("peer disconnected", { peer: peer.address, reason: end.reason });
    else log.debug("connection ended", { peer: peer.address, reason: end.reason });
    this.#relay.peerGone(peer);
    this.#dialler.ended(peer, end);
  }

  /** Keeps connections alive (spec 07 §10). */
  #ping(): void {
    const tip = this.#options.chain.view.tip();
    if (tip !== null) this.#peers.broadcast(writeMessage({ type: MessageType.PING, payload: tip.id }));
  }

  /** Peers that bring no blocks for hours are not worth having: others may be better (spec 07 §16.3.8). */
  #lookAfter(): void {
    const { clock, config, log, chain } = this.#options;
    const tip = chain.view.tip();
    if (tip === null || clock.now() - tip.time <= config.timers.staleTipMs || this.#peers.valid().length === 0) {
      this.#forget();
      return;
    }
    log.warn("no new block for long: networking restarts", { block: tip.number });
    this.restart();
  }

  /** Peers get another chance, and another IBD (spec 07 §14, §15). */
  #forget(): void {
    this.#invalid.clear();
    this.#servedIBD.clear();
  }

  #endAll(): void {
    for (const peer of Array.from(this.#peers.all())) this.#peers.giveUp(peer, "networking restarts");
  }
}
