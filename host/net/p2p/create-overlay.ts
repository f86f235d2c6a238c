import type { ChainView } from "../chain-port.js";
import type { Clock } from "../clock.js";
import type { NetworkConfig } from "../config.js";
import type { Dialler } from "../dialler.js";
import type { NetLogger } from "../log.js";
import type { OneShotClient } from "../one-shot.js";
import type { Peers } from "../peers.js";
import { Dice } from "./addresses.js";
import { Overlay } from "./overlay.js";
import { PeerChecker } from "./peer-checker.js";

export interface OverlayParts {
  readonly config: NetworkConfig;
  readonly clock: Clock;
  readonly log: NetLogger;
  /** Told about checks of peers. */
  readonly peersLog: NetLogger;
  readonly random: (length: number) => Uint8Array;
  readonly view: ChainView;
  readonly peers: Peers;
  readonly dialler: Dialler;
  readonly oneShot: OneShotClient;
  readonly listeningPort: () => number;
}

/** The overlay of a node that takes part in it; TxBlock nodes do not (spec 07 §12). */
export function createOverlay(parts: OverlayParts): Overlay | undefined {
  const { config, clock, log, peersLog, random, view, peers, dialler, oneShot, listeningPort } = parts;
  const { p2p } = config;
  if (p2p === null || config.txBlockNode) return undefined;
  const dice = new Dice(random);
  const checker = new PeerChecker({
    clock,
    log: peersLog,
    dice,
    view,
    version: config.version,
    allowAllIPs: p2p.allowAllIPs,
    isConnected: () => peers.valid().length > 0,
    singlePing: (endpoint) => oneShot.singlePing(endpoint),
  });
  return new Overlay({
    config: p2p,
    clock,
    log,
    dice,
    random,
    peers,
    checker,
    host: config.host,
    port: () => config.port ?? listeningPort(),
    connect: (endpoint) => dialler.connect(endpoint, false),
    isLasting: (peer) => dialler.isLasting(peer.connection.remote),
  });
}
