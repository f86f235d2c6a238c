import { setFlagsFromString } from "node:v8";
import { type Command, InvalidArgumentError, Option } from "commander";
import { parseAddress } from "../../net/endpoint.js";
import { DEFAULT_PORT, defaultConfig, NETWORKS, type NetworkName, type NodeConfig, RPC_PORT_OFFSET } from "../../node/config.js";
import { isListAddress } from "../../node/known-peers.js";
import { LOG_LEVELS, type LogLevel } from "../../node/logger.js";
import { portNumber, positiveNumber, positiveWhole } from "../arguments.js";
import { applySettings, type Environment, SETTINGS_HELP } from "../settings.js";

/** The options of `minimote node`, as commander reads them. */
export interface NodeOptions {
  network: NetworkName;
  data?: string;
  conf?: string;
  listen: string;
  port: number;
  connect: string[];
  nop2p?: boolean;
  p2pnodes: string[];
  isclient?: boolean;
  noconnect?: boolean;
  allowallip?: boolean;
  host?: string;
  slavenode?: string;
  megammr?: boolean;
  archive?: boolean;
  rpc: boolean;
  rpcHost: string;
  rpcPort?: number;
  rpcPassword?: string;
  rpcTls?: boolean;
  rpcTlsCert?: string;
  rpcTlsKey?: string;
  rpcLf?: boolean;
  notifyAllTxpow?: boolean;
  blockTime?: number;
  testchainlength?: number;
  mine: boolean;
  miningDuty: number;
  miningMaxTemp: number;
  miningOnBattery?: boolean;
  logLevel: LogLevel;
  logJson?: boolean;
}

/** `minimote node`: runs a node until it is told to stop. */
export function registerNodeCommand(program: Command, env: Environment = process.env): void {
  const node = addNodeOptions(program.command("node"));
  node
    .description("run a node until SIGTERM or Ctrl-C")
    .addHelpText(
      "after",
      `
Examples:
  $ minimote node --network solo                      a private network on this machine
  $ minimote node --p2pnodes 203.0.113.7:9001         the Minima network, found through one of its nodes
  $ minimote node --network test --connect 10.0.0.5:9001 --port 9101
  $ minimote node --data /var/lib/minimote --mining-duty 10%
${SETTINGS_HELP}`,
    )
    .hook("preAction", () => applySettings(node, { env, strict: true }))
    .action(async (options: NodeOptions) => {
      // Before there is much of a heap: it then stays a quarter smaller, at the same speed.
      setFlagsFromString("--optimize-for-size");
      const { runNode } = await import("../run-node.js");
      process.exitCode = await runNode(nodeConfig(options));
    });
}

/** Gives a command the options of a node. */
export function addNodeOptions(command: Command): Command {
  return command
    .addOption(new Option("--network <name>", "which network to join; solo makes a private one").choices(NETWORKS).default("main"))
    .option("--data <folder>", "where the node keeps its files (default: ~/.minimote/<network>)")
    .option("--conf <file>", "configuration file (default: minimote.conf in the data folder, if there is one)")
    .option("--listen <address>", "address to accept peers on", "0.0.0.0")
    .option("--port <port>", "port to accept peers on", portNumber, DEFAULT_PORT)
    .option("--connect <host:port>", "a peer to stay connected with; may be repeated", collectPeer, [])
    .option("--p2pnodes <list>", "peers to find others through: host:port or the http address of a list, comma between them", peerList, [])
    .option("--nop2p", "do not look for peers (default on a solo network, and with --connect but no --p2pnodes)")
    .option("--isclient", "others cannot connect to this node: take a place as their client")
    .option("--noconnect", "wait until somebody connects before looking for peers")
    .option("--allowallip", "take peers and Maxima hosts with addresses of local networks, too")
    .option("--host <host>", "address or name under which others reach this node (default: ask them)")
    .option("--slavenode <host:port>", "take ready-made blocks from this node only: for the smallest boards", peer)
    .option("--megammr", "keep all unspent coins of the network, so that wallets can be restored from this node: for hubs")
    .option("--archive", "keep all blocks for ever, so that others can sync from the first one: for hubs")
    .option("--no-rpc", "do not start the RPC server")
    .option("--rpc-host <address>", "address of the RPC server; one that others reach asks for a password", "127.0.0.1")
    .option("--rpc-port <port>", `port of the RPC server (default: peer port + ${RPC_PORT_OFFSET})`, portNumber)
    .option("--rpc-password <password>", "password of RPC user minima; others on this machine see arguments: better give it in the file")
    .option("--rpc-tls", "RPC over TLS, with a certificate that the node makes for itself: for an address that others reach")
    .option("--rpc-tls-cert <file>", "RPC over TLS with this certificate; those of the authorities above it follow in the file")
    .option("--rpc-tls-key <file>", "private key of --rpc-tls-cert (default: in the same file)")
    .option("--rpc-lf", "end header lines of RPC answers with LF alone, as the Java node does")
    .option("--notify-all-txpow", "tell events of every transaction and block, not only of the wallet's")
    .option("--block-time <seconds>", "seconds between blocks on a private network, the same on all its nodes", positiveNumber)
    .option("--testchainlength <blocks>", "blocks in the tree on a private network, the same on all its nodes (default: 32)", positiveWhole)
    .option("--no-mine", "do not mine on schedule")
    .option("--mining-duty <percent>", "share of one core that mining may use, such as 10%", percentage, 0.5)
    .option("--mining-max-temp <degrees>", "pause mining while the board is this hot, in degrees Celsius; 0: never pause", degrees, 80)
    .option("--mining-on-battery", "mine on schedule even while the machine runs on battery")
    .addOption(new Option("--log-level <level>", "least important events to log").choices(LOG_LEVELS).default("info"))
    .option("--log-json", "log JSON lines instead of readable ones");
}

/** What the options ask for. */
export function nodeConfig(options: NodeOptions): NodeConfig {
  const defaults = defaultConfig(options.network);
  return {
    ...defaults,
    dataDir: options.data ?? defaults.dataDir,
    listenHost: options.listen,
    port: options.port,
    connect: options.connect,
    p2p: options.nop2p !== true && (options.p2pnodes.length > 0 || (defaults.p2p && options.connect.length === 0)),
    p2pNodes: options.p2pnodes,
    isClient: options.isclient === true,
    noConnect: options.noconnect === true,
    allowAllIPs: options.allowallip === true,
    host: options.host,
    slaveNode: options.slavenode,
    megaMMR: options.megammr === true,
    archive: options.archive === true,
    rpcHost: options.rpcHost,
    rpcPort: options.rpc ? (options.rpcPort ?? options.port + RPC_PORT_OFFSET) : null,
    rpcPassword: options.rpcPassword,
    rpcTls: tlsOf(options),
    rpcCrlf: options.rpcLf !== true,
    notifyAllTxPoW: options.notifyAllTxpow === true,
    blockSeconds: options.blockTime,
    treeLength: options.testchainlength,
    mine: options.mine,
    miningDuty: options.miningDuty,
    miningMaxTemp: options.miningMaxTemp === 0 ? undefined : options.miningMaxTemp,
    miningOnBattery: options.miningOnBattery === true,
    logLevel: options.logLevel,
    logFormat: options.logJson === true ? "json" : "human",
  };
}

/** One file may hold both, certificate and key. */
function tlsOf({ rpcTls, rpcTlsCert, rpcTlsKey }: NodeOptions): NodeConfig["rpcTls"] {
  const [cert, key] = [rpcTlsCert ?? rpcTlsKey, rpcTlsKey ?? rpcTlsCert];
  if (cert !== undefined && key !== undefined) return { cert, key };
  return rpcTls === true ? "self-signed" : "off";
}

function percentage(text: string): number {
  const value = Number(text.replace(/%$/, "")) / 100;
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError("must be a percentage above 0 and up to 100, such as 10%");
  return value;
}

function peerList(text: string, previous: string[]): string[] {
  const list = text.split(",").map((part) => part.trim());
  for (const part of list)
    if (!isListAddress(part) && parseAddress(part) === undefined)
      throw new InvalidArgumentError("a list of peers is host:port,host:port or the http address of such a list");
  return [...previous, ...list];
}

function peer(text: string): string {
  if (parseAddress(text) === undefined) throw new InvalidArgumentError("a peer is host:port, such as 10.0.0.5:9001");
  return text;
}

function collectPeer(text: string, previous: string[]): string[] {
  return [...previous, ...text.split(",").map((part) => peer(part.trim()))];
}

function degrees(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 150)) throw new InvalidArgumentError("must be degrees Celsius from 0 to 150, such as 80");
  return value;
}
