import { MessageType, writeMessage } from "../../protocol/messages/message.js";
import type { Cancel, Clock } from "../clock.js";
import { addressText, type Endpoint } from "../endpoint.js";
import type { NetLogger } from "../log.js";
import type { Peer } from "../peer.js";
import type { Peers } from "../peers.js";
import { type Dice, isPublicAddress } from "./addresses.js";
import { Conduct } from "./conduct.js";
import { Links } from "./links.js";
import { isPort, type P2PGreeting, type P2PMessage, parseP2P, printP2P, type Swap } from "./messages.js";
import { OwnAddress } from "./own-address.js";
import type { P2PConfig } from "./params.js";
import { MOST_VERIFIED, type PeerChecker } from "./peer-checker.js";
import { Walks } from "./walks.js";

export interface OverlayOptions {
  readonly config: P2PConfig;
  readonly clock: Clock;
  readonly log: NetLogger;
  readonly dice: Dice;
  readonly random: (length: number) => Uint8Array;
  readonly peers: Peers;
  readonly checker: PeerChecker;
  /** Our own host, if the owner set it, and port. */
  readonly host: string | undefined;
  readonly port: () => number;
  /** Starts to connect; false when that is not possible. */
  readonly connect: (endpoint: Endpoint) => boolean;
  /** Whether the owner chose this peer: such are not dropped to make room. */
  readonly isLasting: (peer: Peer) => boolean;
}

/** Finds peers and keeps a few links in each direction (spec 07 §16). */
export class Overlay {
  readonly links = new Links();
  readonly #walks: Walks;
  readonly #conduct: Conduct;
  readonly #address: OwnAddress;
  #acceptsInLinks: boolean;
  #noConnect: boolean;
  /** Whether the owner told of any peer. */
  #isTold = false;
  #cancels: Cancel[] = [];

  constructor(readonly options: OverlayOptions) {
    this.#conduct = new Conduct(options.clock);
    this.#address = new OwnAddress(options.host, options.random, options.log);
    this.#acceptsInLinks = options.config.acceptsInLinks;
    this.#noConnect = options.config.noConnect;
    this.#walks = new Walks({
      clock: options.clock,
      dice: options.dice,
      random: options.random,
      links: this.links,
      own: () => this.own,
      maxLinks: () => this.#maxLinks,
      maxClients: options.config.params.clients,
      send: (peer, message) => this.#send(peer, message),
      connect: (endpoint) => this.#connect(endpoint),
    });
  }

  /** Where others reach this node, once it is known. */
  get own(): Endpoint | undefined {
    const { host } = this.#address;
    return host === undefined ? undefined : { host, port: this.options.port() };
  }

  get acceptsInLinks(): boolean {
    return this.#acceptsInLinks;
  }

  /** Good peers, this node not among them. */
  known(): Endpoint[] {
    const own = this.own === undefined ? undefined : addressText(this.own);
    return this.options.checker.known().filter((endpoint) => addressText(endpoint) !== own);
  }

  /** Addresses that wait to be checked. */
  get unchecked(): number {
    return this.options.checker.unverified;
  }

  /** Whether this node knows of peers by its owner's word and has a link to none yet. */
  get seeksLinks(): boolean {
    return this.#isTold && !this.#noConnect && this.links.count("out") === 0;
  }

  /** Checks all known peers again. */
  recheck(): void {
    this.options.checker.recheck();
  }

  /** The owner knows of a peer. */
  add(endpoint: Endpoint): void {
    this.#isTold = true;
    this.options.checker.add(endpoint, true);
  }

  start(): void {
    const { config, dice } = this.options;
    const { params, seeds } = config;
    for (const seed of seeds) this.add(seed);
    const first = dice.pick(seeds);
    if (first !== undefined && !this.#noConnect) this.#connect(first);
    this.#again(
      () => this.#loopDelay(),
      params.eagerLoopMs,
      () => this.#loop(),
    );
    this.#again(
      () => params.selfCheckMs,
      params.selfCheckMs,
      () => this.#checkConnectivity(),
    );
    this.#again(
      () => params.saveMs,
      params.firstSaveMs,
      () => this.#save(),
    );
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.options.checker.stop();
    this.#save();
  }

  /** A peer's greeting was accepted: it gets ours of the overlay. */
  connected(peer: Peer): void {
    const { remote } = peer.connection;
    // Its greeting of the overlay may have come before.
    if (this.links.get(peer) === undefined) this.links.set(peer, "none", peer.incoming ? { host: remote.host, port: 0 } : remote);
    this.#send(peer, { greeting: this.#greeting() });
    const requestIP = this.#address.question();
    if (requestIP !== undefined) this.#send(peer, { requestIP });
    this.#walks.balance();
  }

  gone(peer: Peer): void {
    this.links.delete(peer);
  }

  /** An address does not answer, or is of another network. */
  lost(endpoint: Endpoint): void {
    this.options.checker.remove(endpoint);
  }

  /** Throws `ProtocolError` for text that is no message. */
  receive(peer: Peer, text: string): void {
    if (!this.#conduct.isWithinRate(peer)) return;
    const message = parseP2P(text);
    this.#conduct.inOrder(peer, message, () => this.#process(peer, message));
  }

  #process(peer: Peer, message: P2PMessage): void {
    const { greeting, requestIP, responseIP, notAccepting, walk, swap } = message;
    if (greeting !== undefined) this.#takeGreeting(peer, greeting);
    if (requestIP !== undefined) this.#send(peer, { responseIP: { host: peer.connection.remote.host, secret: requestIP } });
    if (responseIP !== undefined) this.#address.take(responseIP);
    if (notAccepting) this.links.set(peer, "client", this.links.get(peer)?.address ?? peer.connection.remote);
    if (walk !== undefined) this.#walks.receive(peer, walk);
    if (swap !== undefined) this.#swap(peer, swap);
  }

  #greeting(): P2PGreeting {
    const own = this.#acceptsInLinks && this.own !== undefined ? [this.own] : [];
    return {
      port: this.options.port(),
      acceptsInLinks: this.#acceptsInLinks,
      links: {
        clients: this.links.count("none"),
        maxClients: this.options.config.params.clients,
        out: this.links.of("out").map((link) => link.address),
        in: this.links.of("in").map((link) => link.address),
      },
      knownPeers: this.options.dice.shuffle([...this.known(), ...own]),
    };
  }

  #takeGreeting(peer: Peer, greeting: P2PGreeting): void {
    if (!isPort(greeting.port)) return;
    const { checker, isLasting, peers } = this.options;
    const address = { host: peer.endpoint.host, port: greeting.port };
    for (const endpoint of greeting.knownPeers.slice(0, MOST_VERIFIED + 1)) checker.add(endpoint);
    checker.add(address);
    if (!greeting.acceptsInLinks) {
      this.links.set(peer, "client", address);
      return;
    }
    this.#noConnect = false;
    this.links.set(peer, peer.incoming ? "in" : "out", address);
    if (!peer.incoming && this.links.count("out") > this.#maxLinks && !isLasting(peer)) peers.drop(peer, "enough links");
  }

  /** Goes over to another node. Only those we dialled may send us away, and not when the owner chose them. */
  #swap(peer: Peer, { target }: Swap): void {
    if (peer.incoming || this.options.isLasting(peer)) return;
    if (this.#connect(target)) this.options.peers.drop(peer, "it sends us to another node");
  }

  get #maxLinks(): number {
    const { params } = this.options.config;
    return this.#acceptsInLinks ? params.links : params.clientLinks;
  }

  #connect(endpoint: Endpoint): boolean {
    const { config, connect } = this.options;
    const isOwn = this.own !== undefined && addressText(this.own) === addressText(endpoint);
    if (isOwn || this.links.to(endpoint) !== undefined || !isPublicAddress(endpoint, config.allowAllIPs)) return false;
    return connect(endpoint);
  }

  #loopDelay(): number {
    const { params } = this.options.config;
    const enough = this.links.count("out") >= this.#maxLinks;
    const [base, spread] = enough ? [params.loopMs, params.loopSpreadMs] : [params.eagerLoopMs, params.eagerSpreadMs];
    return base + this.options.dice.number(spread);
  }

  /** Looks after the number of links (spec 07 §16.3.4). */
  #loop(): void {
    if (this.#noConnect) return;
    const out = this.links.count("out");
    if (out < this.#maxLinks) {
      const walking = out > 0 && this.#walks.join();
      if (!walking || this.#walks.fruitless) this.#dialKnown();
    } else if (this.#acceptsInLinks) {
      if (this.links.count("in") < this.#maxLinks) this.#walks.invite();
      this.#walks.balance();
    }
  }

  /** Somebody is to take the place of a peer that left. */
  dialAnother(): void {
    if (!this.#noConnect) this.#dialKnown();
  }

  #dialKnown(): void {
    const free = this.known().filter((endpoint) => this.links.to(endpoint) === undefined);
    const candidate = this.options.dice.pick(free.length > 0 ? free : this.options.config.seeds);
    if (candidate !== undefined) this.#connect(candidate);
  }

  /** Nobody has connected to us since the last look: others are told to count us as a client (spec 07 §16.3.6). */
  #checkConnectivity(): void {
    const { links } = this;
    if (!this.#acceptsInLinks || links.count("out") === 0) return;
    if (links.count("in") + links.count("client") + links.count("none") > 0) return;
    this.#acceptsInLinks = false;
    for (const peer of this.options.peers.valid()) this.#send(peer, { notAccepting: true });
  }

  #save(): void {
    const known = this.known();
    if (known.length > 0) this.options.config.save(known);
  }

  #send(peer: Peer, message: P2PMessage): void {
    peer.send(writeMessage({ type: MessageType.P2P, payload: printP2P(message) }));
  }

  #again(delay: () => number, firstMs: number, action: () => void): void {
    const index = this.#cancels.length;
    const arm = (ms: number): void => {
      this.#cancels[index] = this.options.clock.setTimeout(ms, () => {
        action();
        arm(delay());
      });
    };
    arm(firstMs);
  }
}
