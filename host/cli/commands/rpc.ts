import type { Command } from "commander";
import { systemTerminal, type Terminal } from "../init/terminal.js";
import type { CallIo } from "../rpc/run.js";
import { applySettings, type Environment } from "../settings.js";
import { addTargetOptions, type TargetOptions } from "../target.js";

interface RpcOptions extends TargetOptions {
  json?: boolean;
  help?: boolean;
}

export interface RpcCommandIo extends CallIo {
  readonly env: Environment;
  readonly input: NodeJS.ReadableStream;
  readonly terminal: Terminal;
}

function systemIo(): RpcCommandIo {
  const { stdin, stdout, stderr, env } = process;
  return { output: stdout, errors: stderr, env, input: stdin, terminal: systemTerminal(stdin, stderr) };
}

/** `minimote call <command>`: runs a command on the running node; `minimote status` is short for `minimote call status`. */
export function registerRpcCommand(program: Command, io: RpcCommandIo = systemIo()): void {
  const call = program.command("call [words...]");
  addTargetOptions(call)
    .description("run a command on the running node; the word call may be left out: minimote status")
    .option("--json", "print the answer as the node gave it")
    .helpOption(false)
    .option("-h, --help", "how a command is used")
    .addHelpText(
      "after",
      `
A password or phrase without a value, as in minimote vault action:passwordunlock password:, is asked for and does not show. A single - stands
for a command on the standard input.

Without an RPC password, the one in the data folder is tried where the node asks for one.

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
  const { withSecrets } = await import("../rpc/secrets.js");
  const filled = await withSecrets(words, io.terminal, io.input);
  if (filled === undefined) return 1;
  return runCall({ line: lineOf(filled), options, json: options.json === true, ownNames }, io);
}
