import type { Endpoint } from "./endpoint.js";
import type { P2PConfig } from "./p2p/params.js";

/** Limits that keep what peers can cost bounded. None is part of the protocol (spec 07 §19). */
export interface NetworkLimits {
  /** Connections from outside, in all and from one address. */
  readonly incoming: number;
  readonly incomingPerHost: number;
  /** Longest IBD, IBD_RESP or archive message that is read. */
  readonly ibdBytes: number;
  /** Messages of one peer that wait to be processed. */
  readonly inboxMessages: number;
  readonly inboxBytes: number;
  /** Messages of one peer under way in the chain. */
  readonly pendingMessages: number;
  /** Bytes in memory that a peer has not taken yet: more, and it is dropped. */
  readonly backlogBytes: number;
  /** While more than this waits for a peer, its requests wait too. */
  readonly answerBytes: number;
  /** Requests of one peer that may wait. */
  readonly waitingRequests: number;
  /** Messages a peer may send that do not decode or are too long. */
  readonly badMessages: number;
  /** A message must arrive within the grace plus its length at this rate. */
  readonly messageGraceMs: number;
  readonly bytesPerSecond: number;
}

/** When things happen (spec 07 §15). */
export interface NetworkTimers {
  readonly silenceCheckMs: number;
  readonly silenceMs: number;
  readonly stallCheckMs: number;
  /** A connection that says nothing at all ends after this. */
  readonly muteMs: number;
  readonly pingMs: number;
  readonly pulseMs: number;
  readonly forgetMs: number;
  /** A tip older than this shows that something is wrong with the connections: all are made anew. */
  readonly staleTipMs: number;
  readonly mismatchCloseMs: number;
  readonly redialMs: number;
  /** Redials slow down to this after the first few failures. */
  readonly redialMaxMs: number;
  readonly redialAfterSilenceMs: number;
  /** How long a requested TxPoW may take before the next peer is asked. */
  readonly requestMs: number;
  /** How long if another one has announced it, too. */
  readonly impatientMs: number;
  readonly trafficResetMs: number;
}

export interface NetworkConfig {
  /** Version text of the greeting; the TEST rule is read off it (spec 07 §4.2). */
  readonly version: string;
  readonly welcome: string;
  /** The host announced to peers, if the owner set one. */
  readonly host: string | undefined;
  /** The port announced to peers; undefined: the port listened on. */
  readonly port: number | undefined;
  /** Peers to stay connected with. */
  readonly connect: readonly Endpoint[];
  /** Whether to accept connections. */
  readonly listen: boolean;
  /** Follows one host by TxBlocks instead of validating (spec 07 §12). */
  readonly txBlockNode: boolean;
  /** Fetches and serves blocks below the tree (spec 07 §7). */
  readonly archiveSync: boolean;
  /** Keeps the archive without an end. */
  readonly archiveNode: boolean;
  /** Null: only the peers the owner names. */
  readonly p2p: P2PConfig | null;
  readonly limits: NetworkLimits;
  readonly timers: NetworkTimers;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

export const DEFAULT_LIMITS: NetworkLimits = {
  incoming: 128,
  incomingPerHost: 32,
  ibdBytes: 128 * MIB,
  inboxMessages: 256,
  inboxBytes: 2 * MIB,
  pendingMessages: 32,
  backlogBytes: 16 * MIB,
  answerBytes: 512 * KIB,
  waitingRequests: 8192,
  badMessages: 1000,
  messageGraceMs: 30 * SECOND,
  bytesPerSecond: 4 * KIB,
};

export const DEFAULT_TIMERS: NetworkTimers = {
  silenceCheckMs: 120 * SECOND,
  silenceMs: 600 * SECOND,
  stallCheckMs: 10 * SECOND,
  muteMs: 60 * SECOND,
  pingMs: 180 * SECOND,
  pulseMs: 600 * SECOND,
  forgetMs: 1800 * SECOND,
  staleTipMs: 120 * MINUTE,
  mismatchCloseMs: 2 * SECOND,
  redialMs: 30 * SECOND,
  redialMaxMs: 300 * SECOND,
  redialAfterSilenceMs: 5 * SECOND,
  requestMs: 10 * SECOND,
  impatientMs: 2 * SECOND,
  trafficResetMs: 24 * 60 * MINUTE,
};

/** A node of the network with this greeting version, told nothing else. */
export function defaultNetworkConfig(version: string): NetworkConfig {
  return {
    version,
    welcome: `Running Minima ${version}`,
    host: undefined,
    port: undefined,
    connect: [],
    listen: true,
    txBlockNode: false,
    archiveSync: true,
    archiveNode: false,
    p2p: null,
    limits: DEFAULT_LIMITS,
    timers: DEFAULT_TIMERS,
  };
}
