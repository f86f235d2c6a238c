import type { PeerId } from "../chain/types.js";
import type { Endpoint } from "./endpoint.js";
import type { Overlay } from "./p2p/overlay.js";
import type { Peer } from "./peer.js";

/** A connection as its owner gets to see it. */
export interface PeerInfo {
  readonly uid: PeerId;
  readonly incoming: boolean;
  /** Whether its greeting was accepted. */
  readonly valid: boolean;
  readonly host: string;
  /** Port of the socket. */
  readonly port: number;
  /** Port it says it listens on. */
  readonly announcedPort: number | undefined;
  readonly version: string | undefined;
  readonly since: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** Counters of a running network. */
export interface NetworkMetrics {
  readonly peers: number;
  readonly validPeers: number;
  readonly incomingPeers: number;
  readonly connecting: number;
  readonly requestsUnderWay: number;
  readonly badMessages: number;
  readonly dropped: number;
  readonly syncing: boolean;
}

/** The overlay as its owner gets to see it. */
export interface OverlayInfo {
  /** Where others reach this node, once that is known. */
  readonly address: Endpoint | undefined;
  readonly acceptsInLinks: boolean;
  readonly inLinks: number;
  readonly outLinks: number;
  /** Links to nodes that cannot be connected to. */
  readonly clients: number;
  /** Links to nodes that did not say what they are. */
  readonly others: number;
  readonly knownPeers: readonly Endpoint[];
  readonly uncheckedPeers: number;
}

export function peerInfo(peer: Peer): PeerInfo {
  return {
    uid: peer.uid,
    incoming: peer.incoming,
    valid: peer.valid,
    host: peer.endpoint.host,
    port: peer.connection.remote.port,
    announcedPort: peer.announcedPort,
    version: peer.version,
    since: peer.since,
    bytesRead: peer.connection.bytesRead,
    bytesWritten: peer.connection.bytesWritten,
  };
}

export function overlayInfo(overlay: Overlay): OverlayInfo {
  return {
    address: overlay.own,
    acceptsInLinks: overlay.acceptsInLinks,
    inLinks: overlay.links.count("in"),
    outLinks: overlay.links.count("out"),
    clients: overlay.links.count("client"),
    others: overlay.links.count("none"),
    knownPeers: overlay.known(),
    uncheckedPeers: overlay.unchecked,
  };
}
