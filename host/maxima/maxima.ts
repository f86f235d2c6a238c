import { type Cancel, type Clock, every } from "../net/clock.js";
import type { Endpoint } from "../net/endpoint.js";
import type { NetLogger } from "../net/log.js";
import type { MaximaPort } from "../net/maxima-port.js";
import { Dice } from "../net/p2p/addresses.js";
import type { Peer } from "../net/peer.js";
import { type Bytes, equalBytes } from "../protocol/bytes.js";
import { type CryptoPackage, decryptPackage, type RandomBytes, type RSAKeyPair, rsaSign } from "../protocol/encryption.js";
import type { MaximaMessage, MaxTxPoW } from "../protocol/messages/maxima.js";
import type { TxPoW } from "../protocol/txpow.js";
import { maximaAddressText } from "./address.js";
import { Hosts } from "./hosts.js";
import type { Identity } from "./identity.js";
import { APPLICATION, type ApplicationHandler, type Delivery, type HostState, type IncomingMessage, type MaximaLink } from "./link.js";
import { Receiver } from "./receiver.js";
import { PUBLIC_KEY_BYTES } from "./sealing.js";
import { Sender, type SenderOptions } from "./sender.js";
import type { MaximaStore } from "./store.js";
import { isWorked, type WorkPort } from "./work.js";

export interface MaximaOptions {
  readonly store: MaximaStore;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly newKeys: () => Promise<RSAKeyPair>;
  readonly log: NetLogger;
  readonly work: WorkPort;
  readonly deliver: SenderOptions["deliver"];
  /** Whether hosts may be in local networks. */
  readonly allowAllIPs: boolean;
  /** Where this node is in its own network. */
  readonly localEndpoint: () => Endpoint;
  /** Where others reach this node, as far as it knows. */
  readonly reachedEndpoint: () => Endpoint;
  /** Another peer is wanted in the place of this one. False when it stays all the same. */
  readonly replace: (peer: Peer) => boolean;
  /** A message for an application. */
  readonly received: (incoming: IncomingMessage) => void;
  /** A host was checked, or one that we dialled is gone. */
  readonly hostChanged: (host: HostState) => void;
}

const FIRST_LOOK_MS = 180_000;
const LOOK_EVERY_MS = 1_200_000;

/** A node's own Maxima: its identity, its hosts, what it sends and what comes (spec 08). */
export class Maxima implements MaximaLink, MaximaPort {
  readonly #options: MaximaOptions;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  readonly #hosts: Hosts;
  readonly #listeners = new Set<(host: HostState) => void>();
  readonly #dice: Dice;
  #cancels: Cancel[] = [];

  constructor(options: MaximaOptions) {
    const { store, identity, clock, random, log, work, deliver, allowAllIPs, newKeys, replace } = options;
    this.#options = options;
    this.#dice = new Dice(random);
    this.#sender = new Sender({ clock, random, log, keys: identity.maxima, work, deliver });
    this.#receiver = new Receiver({
      clock,
      log,
      random,
      privateKeyOf: (key) => this.#privateKeyOf(key),
      hasWork: ({ txpow }) => this.hasWork(txpow),
      unregistered: options.received,
    });
    this.#hosts = new Hosts({
      clock,
      log,
      store,
      maximaKey: this.publicKey,
      mlsKey: this.mlsPublicKey,
      allowAllIPs,
      newKeys,
      hasChain: () => work.hasChain(),
      sendCheck: (address, uid) => this.send(address, APPLICATION.checkConnect, uid),
      replace,
      changed: (host) => this.#hostChanged(host),
    });
    this.#receiver.register(APPLICATION.checkConnect, (received) => this.#hosts.checked(received));
  }

  start(): void {
    const { clock } = this.#options;
    const first = clock.setTimeout(FIRST_LOOK_MS, () => {
      this.#hosts.lookAfter();
      this.#cancels.push(every(clock, LOOK_EVERY_MS, () => this.#hosts.lookAfter()));
    });
    this.#cancels.push(first);
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
    this.#sender.stop();
    this.#hosts.stop();
  }

  get publicKey(): Bytes {
    return this.#options.identity.maxima.publicKey;
  }

  get mlsPublicKey(): Bytes {
    return this.#options.identity.mls.publicKey;
  }

  localAddress(): string {
    return maximaAddressText(this.mlsPublicKey, this.#options.localEndpoint());
  }

  ownAddress(): string {
    return maximaAddressText(this.mlsPublicKey, this.#options.reachedEndpoint());
  }

  contactAddress(): string {
    return this.#dice.pick(this.#hosts.connected())?.contactAddress ?? this.ownAddress();
  }

  send(address: string, application: string, data: Bytes): Promise<Delivery> {
    return this.#sender.send(address, application, data);
  }

  queue(address: string, application: string, data: Bytes, delayMs?: number): MaximaMessage {
    return this.#sender.queue(address, application, data, delayMs);
  }

  /** How many messages of `queue` wait. */
  get queued(): number {
    return this.#sender.queued;
  }

  /** Signs with the Maxima key. */
  sign(data: Bytes): Bytes {
    return rsaSign(this.#options.identity.maxima.privateKey, data);
  }

  /** Opens what was encrypted for the Maxima key. Throws `ProtocolError`. */
  decrypt(item: CryptoPackage): Bytes {
    return decryptPackage(this.#options.identity.maxima.privateKey, item);
  }

  hosts(): readonly HostState[] {
    return this.#hosts.all();
  }

  renewHostKey(address: string): Promise<void> {
    return this.#hosts.renewKey(address);
  }

  #onHostChanged(listener: (host: HostState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onHostConnected(listener: (host: HostState) => void): () => void {
    return this.#onHostChanged((host) => {
      if (host.connected) listener(host);
    });
  }

  onHostDisconnected(listener: (host: HostState) => void): () => void {
    return this.#onHostChanged((host) => {
      if (!host.connected) listener(host);
    });
  }

  register(application: string, handler: ApplicationHandler): void {
    this.#receiver.register(application, handler);
  }

  connected(peer: Peer): void {
    this.#hosts.peerConnected(peer);
  }

  gone(peer: Peer): void {
    this.#hosts.peerGone(peer);
  }

  mlsKey(peer: Peer, text: Bytes): void {
    this.#hosts.mlsAnnounced(peer, text);
  }

  isOwnKey(key: Bytes): boolean {
    return key.length === PUBLIC_KEY_BYTES && this.#privateKeyOf(key) !== undefined;
  }

  receive(peer: Peer, message: MaxTxPoW): Bytes | undefined {
    this.#hosts.heard(peer);
    return this.#receiver.receive(peer, message);
  }

  hasWork(txpow: TxPoW): boolean {
    const minimum = this.#options.work.minimumWork();
    return minimum === undefined || isWorked(txpow, minimum);
  }

  #privateKeyOf(key: Bytes): Bytes | undefined {
    const { maxima, mls } = this.#options.identity;
    for (const pair of [maxima, mls]) if (equalBytes(pair.publicKey, key)) return pair.privateKey;
    return this.#hosts.privateKeyOf(key);
  }

  #hostChanged(host: HostState): void {
    this.#options.hostChanged(host);
    for (const listener of this.#listeners) listener(host);
  }
}
