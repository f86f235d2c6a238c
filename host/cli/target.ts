import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { DEFAULT_PORT, RPC_PORT_OFFSET } from "../node/config.js";
import { RpcConnectionError, type RpcTarget } from "../rpc/client.js";
import { isLoopback } from "../rpc/loopback.js";
import { readPasswords } from "../rpc/passwords.js";
import { portNumber } from "./arguments.js";
import { dataFolder } from "./settings.js";

/** The options that say which node is meant. */
export interface TargetOptions {
  rpcHost: string;
  rpcPort?: number;
  rpcUser?: string;
  rpcPassword?: string;
  rpcPasswordFile?: string;
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
    .option("--port <port>", "the node's peer port", portNumber, DEFAULT_PORT)
    .option("--data <folder>", "the node's data folder: its settings and passwords are found there")
    .option("--network <name>", "the node's network, if its data folder is the default one", "main")
    .option("--conf <file>", "the node's configuration file (default: minimote.conf in the data folder)");
}

/** Where a server listens on all addresses, this machine reaches it on its own. */
const REACHED_AT: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** The node that is meant. Throws `RpcConnectionError` for a password file that cannot be read. */
export function targetOf({ rpcHost, rpcPort, port, rpcUser, rpcPassword, rpcPasswordFile }: TargetOptions): RpcTarget {
  const password = rpcPasswordFile === undefined ? rpcPassword : passwordIn(rpcPasswordFile);
  return {
    host: REACHED_AT[rpcHost] ?? rpcHost,
    port: rpcPort ?? port + RPC_PORT_OFFSET,
    ...(rpcUser === undefined ? {} : { user: rpcUser }),
    ...(password === undefined ? {} : { password }),
  };
}

function passwordIn(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new RpcConnectionError("unauthorized", `${file} cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** The password in the data folder, for a node of this machine that asks for one. */
export function storedPassword(options: TargetOptions, { host }: RpcTarget): string | undefined {
  return isLoopback(host) ? readPasswords(dataFolder(options))?.full : undefined;
}
