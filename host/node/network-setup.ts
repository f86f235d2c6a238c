import { randomBytes } from "node:crypto";
import type { NetworkParams } from "../chain/params.js";
import type { ChainPort } from "../net/chain-port.js";
import { systemClock } from "../net/clock.js";
import { defaultNetworkConfig, type NetworkConfig } from "../net/config.js";
import { type Endpoint, parseAddress } from "../net/endpoint.js";
import { MAIN_P2P, type P2PConfig, TEST_P2P } from "../net/p2p/params.js";
import { NetworkService } from "../net/service.js";
import { TcpTransport } from "../net/transports/tcp/tcp-transport.js";
import { StoreError } from "../store/database.js";
import type { NodeConfig } from "./config.js";
import { downloadPeers, isListAddress, KnownPeers, type TextStore } from "./known-peers.js";
import type { LogTopics } from "./log-topics.js";
import type { Logger } from "./logger.js";

/** Memory for long messages over all connections. */
const MESSAGE_MEMORY = 192 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;

export interface NetworkSetup {
  readonly config: NodeConfig;
  readonly params: NetworkParams;
  /** The only host to connect with, on a TxBlock node. */
  readonly master: string | undefined;
  readonly log: Logger;
  /** Loggers for single topics. */
  readonly topics: LogTopics;
  /** Where known peers are kept between two starts. */
  readonly values: TextStore;
  readonly chain: ChainPort;
}

/** The network side of a node, as its configuration wants it. Throws `StoreError` for an address that is none. */
export function createNetwork(setup: NetworkSetup): NetworkService {
  const { config, topics, chain } = setup;
  return new NetworkService({
    config: networkConfig(setup),
    clock: systemClock,
    log: topics.logger("networking"),
    ibdLog: topics.logger("ibd"),
    peersLog: topics.logger("peerschecker"),
    maximaLog: topics.logger("maxima"),
    random: (length) => randomBytes(length),
    transport: new TcpTransport({
      clock: systemClock,
      listen: { host: config.listenHost, port: config.port },
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      messageMemory: MESSAGE_MEMORY,
    }),
    chain,
  });
}

function networkConfig({ config, params, master, values }: NetworkSetup): NetworkConfig {
  const defaults: NetworkConfig = { ...defaultNetworkConfig(params.version), host: config.host, archiveNode: config.archive };
  if (master !== undefined) return followerConfig(defaults, endpoint(master));
  const p2p = config.p2p ? p2pConfig(config, params, new KnownPeers(values)) : null;
  return { ...defaults, connect: config.connect.map(endpoint), p2p };
}

/** A TxBlock node knows one host only, and never gives it up (spec 07 §12). */
function followerConfig(defaults: NetworkConfig, master: Endpoint): NetworkConfig {
  const { timers } = defaults;
  return {
    ...defaults,
    connect: [master],
    listen: false,
    txBlockNode: true,
    archiveSync: false,
    timers: { ...timers, redialMaxMs: timers.redialMs },
  };
}

function p2pConfig(config: NodeConfig, params: NetworkParams, known: KnownPeers): P2PConfig {
  return {
    params: params.name === "main" ? MAIN_P2P : TEST_P2P,
    acceptsInLinks: !config.isClient,
    noConnect: config.noConnect,
    allowAllIPs: config.allowAllIPs,
    seeds: [...known.load(), ...config.p2pNodes.filter((text) => !isListAddress(text)).map(endpoint)],
    save: known.save,
  };
}

/** Sees to it that a node that knows no peers gets to know some: downloads the lists its configuration names (spec 09 §1.3). */
export async function findFirstPeers(setup: Omit<NetworkSetup, "chain" | "params" | "topics">, network: NetworkService): Promise<void> {
  const { config, master, values, log } = setup;
  if (!config.p2p || master !== undefined || new KnownPeers(values).load().length > 0) return;
  for (const url of config.p2pNodes.filter(isListAddress)) network.addKnownPeers(await downloadPeers(url, log));
  if (config.p2pNodes.length === 0 && config.connect.length === 0) log.warn("no peers are known: name one with --p2pnodes or --connect");
}

function endpoint(text: string): Endpoint {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new StoreError(`${text} is no peer address: write host:port`);
  return parsed;
}
