import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { DEFAULT_PORT, RPC_PORT_OFFSET } from "../node/config.js";
import { RpcConnectionError, type RpcFailure, type RpcTarget } from "../rpc/client.js";
import { isLoopback } from "../rpc/loopback.js";
import { readPasswords } from "../rpc/passwords.js";
import type { TlsTrust } from "../rpc/tls/connect.js";
import { usedCertificate } from "../rpc/tls/identity.js";
import { portNumber } from "./arguments.js";
import { dataFolder } from "./settings.js";

/** The options that say which node is meant. */
export interface TargetOptions {
  rpcHost: string;
  rpcPort?: number;
  rpcUser?: string;
  rpcPassword?: string;
  rpcPasswordFile?: string;
  rpcTls?: boolean;
  rpcTlsCert?: string;
  rpcCa?: string;
  rpcFingerprint?: string;
  port: number;
  data?: string;
  network?: string;
}

/** Gives a command the options that say which node is meant. */
export function addTargetOptions(command: Command): Command {
  return command
    .option("--rpc-host <address>", "address of the node's RPC server", "127.0.0.1")
    .option("--rpc-port <port>", `port of the node's RPC server (default: peer port + ${RPC_PORT_OFFSET})`, portNumber)
    .option("--rpc-user <name>", "user of the RPC server (default: minima)")
    .option("--rpc-password-file <file>", "file with the RPC password; or set MINIMOTE_RPC_PASSWORD")
    .addOption(new Option("--rpc-password <password>").hideHelp())
    .option("--rpc-tls", "the node's RPC server speaks TLS (--rpc-ca and --rpc-fingerprint say so, too)")
    .option("--rpc-ca <file>", "whom to trust: the server's certificate, or those of authorities (default: what the data folder has)")
    .option("--rpc-fingerprint <hex>", "whom to trust: the SHA-256 fingerprint of the server's certificate")
    .addOption(new Option("--rpc-tls-cert <file>").hideHelp())
    .option("--port <port>", "the node's peer port", portNumber, DEFAULT_PORT)
    .option("--data <folder>", "the node's data folder: its settings and passwords are found there")
    .option("--network <name>", "the node's network, if its data folder is the default one", "main")
    .option("--conf <file>", "the node's configuration file (default: minimote.conf in the data folder)");
}

/** Where a server listens on all addresses, this machine reaches it on its own. */
const REACHED_AT: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** The node that is meant. Throws `RpcConnectionError` for a file that cannot be read. */
export function targetOf(options: TargetOptions): RpcTarget {
  const { rpcHost, rpcPort, port, rpcUser, rpcPassword, rpcPasswordFile } = options;
  const password = rpcPasswordFile === undefined ? rpcPassword : textIn(rpcPasswordFile, "unauthorized").trim();
  const host = REACHED_AT[rpcHost] ?? rpcHost;
  const tls = trustOf(options, host);
  return {
    host,
    port: rpcPort ?? port + RPC_PORT_OFFSET,
    ...(rpcUser === undefined ? {} : { user: rpcUser }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
  };
}

/** Whom to trust as the server; undefined for one that does not speak TLS. A node of this machine is known by the certificate it uses. */
function trustOf(options: TargetOptions, host: string): TlsTrust | undefined {
  const { rpcTls, rpcTlsCert, rpcCa, rpcFingerprint } = options;
  if (rpcFingerprint !== undefined) return { fingerprint: rpcFingerprint };
  if (rpcCa !== undefined) return { ca: textIn(rpcCa, "untrusted") };
  if (rpcTls !== true && rpcTlsCert === undefined) return undefined;
  return isLoopback(host) ? usedCertificate(dataFolder(options), rpcTlsCert === undefined ? null : { cert: rpcTlsCert }) : {};
}

function textIn(file: string, failure: RpcFailure): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new RpcConnectionError(failure, `${file} cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** The password in the data folder, for a node of this machine that asks for one. */
export function storedPassword(options: TargetOptions, { host }: RpcTarget): string | undefined {
  return isLoopback(host) ? readPasswords(dataFolder(options))?.full : undefined;
}
