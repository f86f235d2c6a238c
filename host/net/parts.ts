import type { Bytes } from "../protocol/bytes.js";
import { JsonDouble } from "../protocol/json.js";
import { Backfill } from "./backfill.js";
import type { ChainPort } from "./chain-port.js";
import type { Clock } from "./clock.js";
import type { NetworkConfig } from "./config.js";
import { Dialler } from "./dialler.js";
import { Dispatcher } from "./dispatcher.js";
import { addressText } from "./endpoint.js";
import { FirstChain } from "./first-chain.js";
import { Handshake } from "./handshake.js";
import { AddressSet } from "./invalid-list.js";
import type { NetLogger } from "./log.js";
import { MaximaHost } from "./maxima-host.js";
import { messageLimitFor } from "./message-limits.js";
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

/** What a node's network is made of. */
export interface NetworkParts {
  readonly traffic: Traffic;
  readonly oneShot: OneShotClient;
  readonly peers: Peers;
  readonly dialler: Dialler;
  readonly relay: Relay;
  readonly client: SyncClient;
  readonly firstChain: FirstChain;
  readonly maxima: MaximaHost;
  /** Only on TxBlock nodes. */
  readonly follower: TxBlockFollower | undefined;
  /** Absent when this node takes no part in the overlay. */
  readonly overlay: Overlay | undefined;
  readonly watchdog: Watchdog;
  readonly penalties: Penalties;
  readonly invalid: AddressSet;
  /** Addresses that got an IBD since the set was last emptied. */
  readonly servedIBD: AddressSet;
}

/** What the parts tell and ask the whole. */
export interface PartHooks {
  /** The port this node listens on; 0 while it does not. */
  readonly listeningPort: () => number;
  /** A peer's greeting was accepted. */
  readonly accepted: (peer: Peer) => void;
  readonly gone: (peer: Peer, end: End) => void;
}

/** Makes the parts and ties them together. Nothing starts yet. */
export function createParts(options: NetworkOptions, { listeningPort, accepted, gone }: PartHooks): NetworkParts {
  const { config, clock, log, random, transport, chain } = options;
  const { ibdLog = log, peersLog = log, maximaLog = log } = options;
  const { view } = chain;
  const invalid = new AddressSet();
  const servedIBD = new AddressSet();
  const penalties = new Penalties(clock);
  const traffic = new Traffic(clock.now());
  const peers: Peers = new Peers(
    { clock, config, log, random, invalid, traffic },
    {
      connected: (peer) => handshake.connected(peer),
      message: (peer, message) => firstChain.take(peer, message, () => dispatcher.handle(peer, message.body)),
      limit: (peer, type) => messageLimitFor(type, { greeted: peer.greeted, owesBlocks: backfill.expects(peer) }, config),
      gone,
    },
  );
  const backfill = new Backfill({ clock, config, log: ibdLog, archive: chain.archive, turns: peers.turns });
  const { requestMs, impatientMs } = config.timers;
  const relay = new Relay({ clock, log, chain, peers, requestMs, impatientMs, rank: (peer) => penalties.of(peer) });
  const follower = config.txBlockNode ? new TxBlockFollower(chain) : undefined;
  const request = (peer: Peer, id: Bytes): void => (follower === undefined ? relay.offered(peer, id) : follower.request(peer, id));
  const client = new SyncClient({ config, log: ibdLog, chain, peers, invalid, backfill, request });
  const server = new SyncServer({ config, log: ibdLog, chain, peers, invalid, neighbours: () => neighboursIn(overlay) });
  const oneShot = new OneShotClient({ clock, transport, ibdBytes: config.limits.ibdBytes });
  const maxima = new MaximaHost(clock, chain, maximaLog);
  const dialler: Dialler = new Dialler({
    clock,
    timers: config.timers,
    log,
    transport,
    peers,
    invalid,
    gaveUp: (endpoint) => overlay?.lost(endpoint),
  });
  const firstChain = new FirstChain({
    clock,
    log: ibdLog,
    view,
    peers,
    seeking: () => dialler.connecting().length > 0 || overlay?.seeksLinks === true,
    hasAnswered: (peer) => client.hasSyncedWith(peer),
    isAnswering: (peer) => client.isSyncingWith(peer),
  });
  const handshake = new Handshake({
    clock,
    config,
    log,
    view,
    peers,
    invalid,
    servedIBD,
    listeningPort,
    accepted,
    sendIBD: (peer, greeting, addressBefore) => server.sendIBD(peer, greeting, addressBefore),
  });
  const overlay = createOverlay({ config, clock, log, peersLog, random, view, peers, dialler, oneShot, listeningPort });
  const dispatcher = new Dispatcher({ log, peers, handshake, server, client, relay, maxima, overlay, follower });
  const watchdog = new Watchdog({ clock, config, peers });
  return {
    traffic,
    oneShot,
    peers,
    dialler,
    relay,
    client,
    firstChain,
    maxima,
    follower,
    overlay,
    watchdog,
    penalties,
    invalid,
    servedIBD,
  };
}

/** What a single ping is told of our neighbours. */
function neighboursIn(overlay: Overlay | undefined): Neighbours {
  if (overlay === undefined) return { peers: [], clients: 0 };
  return { peers: overlay.known().map(addressText), clients: new JsonDouble(overlay.links.count("none") / 2) };
}
