import { homedir } from "node:os";
import { join } from "node:path";
import type { LogLevel } from "./logger.js";

/** `solo`: a private network of its own, genesis made on first start. `test`: test parameters. `main`: the Minima network. */
export const NETWORKS = ["solo", "test", "main"] as const;
export type NetworkName = (typeof NETWORKS)[number];

/** Paths of a certificate, with those of the authorities above it, and of its private key, as PEM text. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** Everything a node is told at start. */
export interface NodeConfig {
  readonly network: NetworkName;
  readonly dataDir: string;
  /** Address and port the node listens on for peers. */
  readonly listenHost: string;
  readonly port: number;
  /** Peers to connect to and stay connected with, `host:port`. */
  readonly connect: readonly string[];
  /** Whether peers are found by the overlay (spec 07 §16). */
  readonly p2p: boolean;
  /** Peers the overlay starts with: `host:port`, or http(s) addresses of lists of them. */
  readonly p2pNodes: readonly string[];
  /** A node that cannot be connected to: it takes a place as a client of others. */
  readonly isClient: boolean;
  /** Whether the overlay waits until somebody connects. */
  readonly noConnect: boolean;
  /** Whether the overlay takes addresses of local networks, too. */
  readonly allowAllIPs: boolean;
  /** The own host as others reach it; undefined: peers are asked. */
  readonly host: string | undefined;
  /** The only host to take blocks from, as TxBlocks, `host:port`; undefined: what was saved, else all is checked here (spec 07 §12). */
  readonly slaveNode: string | undefined;
  /** Whether all unspent coins of the network are kept, for wallets that come back (spec 03 §12). */
  readonly megaMMR: boolean;
  /** Whether blocks below the tree are kept without an end. */
  readonly archive: boolean;
  /** The RPC address; null switches RPC off. */
  readonly rpcHost: string;
  readonly rpcPort: number | null;
  /** The RPC password of user `minima`; undefined: the generated one, which is only asked for where others reach the server. */
  readonly rpcPassword: string | undefined;
  /** Whether RPC goes over TLS, and with which certificate; one that the node makes for itself if none is named. */
  readonly rpcTls: "off" | "self-signed" | TlsFiles;
  /** Whether header lines of RPC answers end with CR LF, as HTTP wants it, or with LF alone. */
  readonly rpcCrlf: boolean;
  /** Whether events tell of every TxPoW, not only of the owner's (spec 09 §16.1). */
  readonly notifyAllTxPoW: boolean;
  /** Seconds between blocks on a private network; undefined: the network's own. */
  readonly blockSeconds: number | undefined;
  /** Blocks that stay in the tree of a private network; undefined: the network's own. */
  readonly treeLength: number | undefined;
  /** Whether pulses are mined on schedule. */
  readonly mine: boolean;
  /** Share of one core mining may use, above 0 up to 1. */
  readonly miningDuty: number;
  /** Degrees Celsius at which mining on schedule pauses; undefined: at none. */
  readonly miningMaxTemp: number | undefined;
  /** Whether to mine on schedule while the machine runs on battery. */
  readonly miningOnBattery: boolean;
  /** Seed phrase for a new wallet; a random one is made when absent. */
  readonly phrase: string | undefined;
  readonly logLevel: LogLevel;
  readonly logFormat: "human" | "json";
}

export const DEFAULT_PORT = 9001;
/** RPC listens this far above the peer port (spec 09 §1.2). */
export const RPC_PORT_OFFSET = 4;

/** The defaults of a node that was told only its network. */
export function defaultConfig(network: NetworkName): NodeConfig {
  return {
    network,
    dataDir: join(homedir(), ".minimote", network),
    listenHost: "0.0.0.0",
    port: DEFAULT_PORT,
    connect: [],
    p2p: network !== "solo",
    p2pNodes: [],
    isClient: false,
    noConnect: false,
    allowAllIPs: false,
    host: undefined,
    slaveNode: undefined,
    megaMMR: false,
    archive: false,
    rpcHost: "127.0.0.1",
    rpcPort: DEFAULT_PORT + RPC_PORT_OFFSET,
    rpcPassword: undefined,
    rpcTls: "off",
    rpcCrlf: true,
    notifyAllTxPoW: false,
    blockSeconds: undefined,
    treeLength: undefined,
    mine: true,
    miningDuty: 0.5,
    miningMaxTemp: 80,
    miningOnBattery: false,
    phrase: undefined,
    logLevel: "info",
    logFormat: "human",
  };
}
