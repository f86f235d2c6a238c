import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { DEFAULT_PORT, RPC_PORT_OFFSET } from "../../node/config.js";
import { isLoopback } from "../../rpc/loopback.js";
import { readPasswords } from "../../rpc/passwords.js";
import type { CallIo } from "../rpc/run.js";
import { applySettings, dataFolder, type Environment } from "../settings.js";

interface RpcOptions {
  rpcHost: string;
  rpcPort?: string;
  rpcUser?: string;
  rpcPassword?: string;
  rpcPasswordFile?: string;
  port: string;
  data?: string;
  network?: string;
  json?: boolean;
  help?: boolean;
}

export interface RpcCommandIo extends CallIo {
  readonly env: Environment;
}

/** `minimote call <command>`: runs a command on the running node; `minimote status` is short for `minimote call status`. */
export function registerRpcCommand(
  program: Command,
  io: RpcCommandIo = { output: process.stdout, errors: process.stderr, env: process.env },
): void {
  const call = program.command("call [words...]");
  call
    .description("run a command on the running node; the word call may be left out: minimote status")
    .option("--json", "print the answer as the node gave it")
    .option("--rpc-host <address>", "address of the node's RPC server", "127.0.0.1")
    .option("--rpc-port <port>", "port of the node's RPC server (default: peer port + 4)")
    .option("--rpc-user <name>", "user of the RPC server (default: minima)")
    .option("--rpc-password-file <file>", "file with the RPC password; or set MINIMOTE_RPC_PASSWORD")
    .addOption(new Option("--rpc-password <password>").hideHelp())
    .option("--port <port>", "the node's peer port", String(DEFAULT_PORT))
    .option("--data <folder>", "the node's data folder: its settings and passwords are found there")
    .option("--network <name>", "the node's network, if its data folder is the default one", "main")
    .option("--conf <file>", "the node's configuration file (default: minimote.conf in the data folder)")
    .helpOption(false)
    .option("-h, --help", "how a command is used")
    .addHelpText(
      "after",
      `
Without a password, the one in the data folder is tried where the node asks for one. 

Exit code: 0 done, 1 the command failed, 2 no node answered.

Examples:
  $ minimote status
  $ minimote balance --json
  $ minimote send address:Mx... amount:1.5
  $ minimote send --help              how a command is used
  $ minimote call help                all commands of the node
  $ minimote help                     the program's own commands
  $ minimote history --data /var/lib/minimote`,
    )
    .hook("preAction", () => applySettings(call, { env: io.env, strict: false }))
    .action(async (words: readonly string[], options: RpcOptions) => {
      process.exitCode = await run(program, call, words, options, io);
    });
}

async function run(program: Command, call: Command, words: readonly string[], options: RpcOptions, io: RpcCommandIo): Promise<number> {
  const ownNames = program.commands.map((command) => command.name());
  const [name] = words;
  if (name === undefined) {
    call.outputHelp();
    return options.help === true ? 0 : 1;
  }
  if (options.help === true) {
    const { commandHelp, commandHelpText, unknownCommand } = await import("../rpc/command-help.js");
    const help = commandHelp(name.toLowerCase());
    if (help === undefined) {
      io.errors.write(`${unknownCommand(name, ownNames)}\n`);
      return 1;
    }
    io.output.write(`${commandHelpText(help)}\n`);
    return 0;
  }
  if (words.join(" ") === "help" && options.json !== true) {
    const { commandList } = await import("../rpc/command-help.js");
    io.output.write(`${commandList().join("\n")}\n`);
    return 0;
  }
  const { runCall } = await import("../rpc/run.js");
  const { lineOf } = await import("../rpc/words.js");
  const target = targetOf(options);
  const fallbackPassword = isLoopback(target.host) ? readPasswords(dataFolder(options))?.full : undefined;
  return runCall({ line: lineOf(words), target, fallbackPassword, json: options.json === true, ownNames }, io);
}

function targetOf({ rpcHost, rpcPort, port, rpcUser, rpcPassword, rpcPasswordFile }: RpcOptions) {
  const password = rpcPasswordFile === undefined ? rpcPassword : readFileSync(rpcPasswordFile, "utf8").trim();
  return {
    host: rpcHost,
    port: rpcPort === undefined ? Number(port) + RPC_PORT_OFFSET : Number(rpcPort),
    ...(rpcUser === undefined ? {} : { user: rpcUser }),
    ...(password === undefined ? {} : { password }),
  };
}
