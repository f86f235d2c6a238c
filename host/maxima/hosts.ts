import type { Cancel, Clock } from "../net/clock.js";
import { type NetLogger, printable } from "../net/log.js";
import { isPublicAddress } from "../net/p2p/addresses.js";
import type { Peer } from "../net/peer.js";
import { type Bytes, equalBytes, toHex } from "../protocol/bytes.js";
import type { RSAKeyPair } from "../protocol/encryption.js";
import { MAXIMA_CTRL_ID, MAXIMA_CTRL_MLS } from "../protocol/messages/maxima.js";
import { MessageType, writeMessage } from "../protocol/messages/message.js";
import { encodeMx } from "../protocol/mx.js";
import { decodeUtf8, encodeUtf8 } from "../protocol/text.js";
import { isMaximaAddress } from "./address.js";
import { type Delivery, type HostState, MaximaError } from "./link.js";
import type { Received } from "./receiver.js";
import type { HostRow, MaximaStore } from "./store.js";

export interface HostsOptions {
  readonly clock: Clock;
  readonly log: NetLogger;
  readonly store: MaximaStore;
  /** The own public keys. */
  readonly maximaKey: Bytes;
  readonly mlsKey: Bytes;
  /** Whether hosts may be in local networks. */
  readonly allowAllIPs: boolean;
  readonly newKeys: () => Promise<RSAKeyPair>;
  readonly hasChain: () => boolean;
  /** Sends a check through a host. */
  readonly sendCheck: (address: string, uid: Bytes) => Promise<Delivery>;
  /** A peer is of no use as a host: another one is wanted. False when it stays all the same. */
  readonly replace: (peer: Peer) => boolean;
  readonly changed: (host: HostState) => void;
}

/** How long a check waits for a chain, and how long its answer may take (spec 08 §13). */
const NO_CHAIN_MS = 10_000;
const CHECK_MS = 30_000;
/** With fewer hosts than this, another peer is better than one that is none. */
const ENOUGH_HOSTS = 2;
const UNSEEN_MS = 7 * 24 * 3600 * 1000;
/** Peers announce their addresses themselves: neither long ones nor ever more of them are kept. */
const LONGEST_ADDRESS = 260;
const MOST_HOSTS = 512;
/** A host is noted as seen in the store so often at most. */
const NOTE_SEEN_MS = 10 * 60 * 1000;

/** A peer we dialled, in its part as a host. */
interface Host {
  readonly peer: Peer;
  readonly address: string;
  connected: boolean;
  /** Ends the wait for a check or its result. */
  cancel: Cancel;
}

/** The hosts of this node: peers we dialled, and our keys there (spec 08 §9). */
export class Hosts {
  readonly #options: HostsOptions;
  /** All that are known, by address; the private keys of those by public key. */
  readonly #rows = new Map<string, HostRow>();
  readonly #privateKeys = new Map<string, Bytes>();
  readonly #live = new Map<Peer, Host>();
  /** Addresses of the location services that peers have announced. */
  readonly #mls = new Map<Peer, string>();
  readonly #greeted = new WeakSet<Peer>();
  #stopped = false;

  constructor(options: HostsOptions) {
    this.#options = options;
    for (const row of options.store.hosts()) this.#remember(row);
  }

  /** The private key of one of our host keys. */
  privateKeyOf(publicKey: Bytes): Bytes | undefined {
    return this.#privateKeys.get(toHex(publicKey));
  }

  all(): readonly HostState[] {
    return Array.from(this.#rows.values(), (row) => this.#stateOf(row));
  }

  connected(): readonly HostState[] {
    return this.all().filter((host) => host.connected);
  }

  /** A peer's greeting was accepted. */
  peerConnected(peer: Peer): void {
    const { mlsKey, allowAllIPs, log } = this.#options;
    if (this.#greeted.has(peer)) return;
    this.#greeted.add(peer);
    if (peer.incoming) control(peer, MAXIMA_CTRL_MLS, encodeUtf8(encodeMx(mlsKey)));
    else if (isPublicAddress(peer.endpoint, allowAllIPs) && peer.address.length <= LONGEST_ADDRESS)
      void this.#join(peer).catch((error) => this.#failed(error));
    else log.debug("no Maxima host: its address is internal", { peer: peer.address });
  }

  peerGone(peer: Peer): void {
    this.#mls.delete(peer);
    const host = this.#live.get(peer);
    if (host === undefined) return;
    this.#live.delete(peer);
    host.cancel();
    if (this.#stopped) return;
    if (host.connected) this.#seen(host.address, true);
    const row = this.#rows.get(host.address);
    if (row !== undefined && !this.#isConnected(host.address)) this.#options.changed(this.#stateOf(row));
  }

  /** A peer tells the key of its location service. */
  mlsAnnounced(peer: Peer, text: Bytes): void {
    const address = `${decodeUtf8(text)}@${peer.address}`;
    if (isMaximaAddress(address)) this.#mls.set(peer, address);
  }

  /** A message came on the connection of a host. */
  heard(peer: Peer): void {
    const host = this.#live.get(peer);
    if (host?.connected) this.#seen(host.address, false);
  }

  /** A check came back, and on the right way: the host can be used (spec 08 §9 step 3). */
  checked({ peer, to, message }: Received): void {
    const host = this.#live.get(peer);
    const row = host === undefined ? undefined : this.#rows.get(host.address);
    if (host === undefined || row === undefined) return;
    if (!equalBytes(row.keys.publicKey, to) || !equalBytes(message.from, this.#options.maximaKey)) return;
    const isNew = !host.connected;
    host.connected = true;
    this.#seen(host.address, isNew);
    if (!isNew) return;
    this.#options.log.info("Maxima host connected", { host: host.address });
    this.#options.changed(this.#stateOf(row));
  }

  /** Another key for a host, announced if it is there (spec 08 §1). */
  async renewKey(address: string): Promise<void> {
    if (!this.#rows.has(address)) return;
    const keys = await this.#options.newKeys();
    const row = this.#rows.get(address);
    if (row === undefined || this.#stopped) return;
    this.#privateKeys.delete(toHex(row.keys.publicKey));
    this.#keep({ ...row, keys });
    for (const host of this.#live.values()) if (host.address === address) control(host.peer, MAXIMA_CTRL_ID, keys.publicKey);
  }

  /** Forgets hosts that were not seen for a week, and checks again those that did not pass (spec 08 §13). */
  lookAfter(): void {
    const since = this.#options.clock.now() - UNSEEN_MS;
    const live = Array.from(this.#live.values());
    for (const { address, connected } of live) if (connected) this.#seen(address, true);
    for (const row of this.#unused()) if (row.lastSeen < since) this.#remove(row);
    for (const host of live) if (!host.connected) this.#check(host);
  }

  stop(): void {
    this.#stopped = true;
    for (const host of this.#live.values()) host.cancel();
  }

  async #join(peer: Peer): Promise<void> {
    const { clock, newKeys } = this.#options;
    const { address } = peer;
    if (!this.#rows.has(address)) {
      const keys = await newKeys();
      if (peer.gone || this.#stopped) return;
      if (!this.#rows.has(address)) this.#keep({ address, keys, lastSeen: clock.now() });
    } else this.#seen(address, true);
    const row = this.#rows.get(address);
    if (row === undefined) return;
    const host: Host = { peer, address, connected: false, cancel: () => {} };
    this.#live.set(peer, host);
    control(peer, MAXIMA_CTRL_ID, row.keys.publicKey);
    this.#check(host);
  }

  /** Sends a check when there is a chain to do its work on. */
  #check(host: Host): void {
    const { clock, hasChain } = this.#options;
    host.cancel();
    if (hasChain()) void this.#sendCheck(host).catch((error) => this.#failed(error));
    else host.cancel = clock.setTimeout(NO_CHAIN_MS, () => this.#check(host));
  }

  async #sendCheck(host: Host): Promise<void> {
    const { clock, log, sendCheck } = this.#options;
    const row = this.#rows.get(host.address);
    if (row === undefined) return;
    try {
      const { status, error } = await sendCheck(addressOf(row), encodeUtf8(host.peer.uid));
      log.debug("Maxima check sent", { host: host.address, status, reason: error === undefined ? undefined : printable(error) });
    } catch (error) {
      // It is not the host's fault when we cannot do the work: the next look after hosts tries again.
      if (!(error instanceof MaximaError)) throw error;
      log.debug("no Maxima check", { host: host.address, reason: error.message });
      return;
    }
    if (!host.peer.gone && !this.#stopped) host.cancel = clock.setTimeout(CHECK_MS, () => this.#judge(host));
  }

  /** A check had its time (spec 08 §9 step 4). */
  #judge(host: Host): void {
    if (host.connected || host.peer.gone) return;
    const hosts = this.connected().length;
    const replaced = hosts < ENOUGH_HOSTS && this.#options.replace(host.peer);
    this.#options.log.info("no Maxima host: the check did not come back", { peer: host.address, hosts, replaced });
  }

  #seen(address: string, durably: boolean): void {
    const row = this.#rows.get(address);
    if (row === undefined) return;
    const now = this.#options.clock.now();
    if (!durably && now - row.lastSeen < NOTE_SEEN_MS) return;
    this.#rows.set(address, { ...row, lastSeen: now });
    this.#options.store.seeHost(address, now);
  }

  #keep(row: HostRow): void {
    this.#options.store.putHost(row);
    this.#remember(row);
    const [oldest] = this.#rows.size > MOST_HOSTS ? this.#unused() : [];
    if (oldest !== undefined && oldest.address !== row.address) this.#remove(oldest);
  }

  /** Hosts we are not connected with, those first that were seen longest ago. */
  #unused(): HostRow[] {
    const live = new Set(Array.from(this.#live.values(), ({ address }) => address));
    const unused = Array.from(this.#rows.values()).filter(({ address }) => !live.has(address));
    return unused.sort((a, b) => a.lastSeen - b.lastSeen);
  }

  #remove(row: HostRow): void {
    this.#rows.delete(row.address);
    this.#privateKeys.delete(toHex(row.keys.publicKey));
    this.#options.store.removeHost(row.address);
  }

  #remember(row: HostRow): void {
    this.#rows.set(row.address, row);
    this.#privateKeys.set(toHex(row.keys.publicKey), row.keys.privateKey);
  }

  #isConnected(address: string): boolean {
    return Array.from(this.#live.values()).some((host) => host.address === address && host.connected);
  }

  #stateOf(row: HostRow): HostState {
    const peers = Array.from(this.#live.values()).filter(({ address }) => address === row.address);
    const mls = peers.map(({ peer }) => this.#mls.get(peer)).find((address) => address !== undefined);
    return {
      address: row.address,
      publicKey: row.keys.publicKey,
      contactAddress: addressOf(row),
      lastSeen: row.lastSeen,
      connected: this.#isConnected(row.address),
      mlsAddress: mls,
    };
  }

  #failed(error: unknown): void {
    this.#options.log.warn("a Maxima host could not be taken on", { reason: error instanceof Error ? error.message : String(error) });
  }
}

function control(peer: Peer, type: number, data: Bytes): void {
  peer.send(writeMessage({ type: MessageType.MAXIMA_CTRL, payload: { type, data } }));
}

/** The full address that names a host is also where it is reached. */
function addressOf({ address, keys }: HostRow): string {
  return `${encodeMx(keys.publicKey)}@${address}`;
}
