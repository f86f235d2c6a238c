import { type Command, Option } from "commander";
import type { InitIo } from "../init/init.js";
import { systemTerminal } from "../init/terminal.js";
import { applySettings, type Environment, settingName } from "../settings.js";
import { addNodeOptions, type NodeOptions, nodeConfig } from "./node.js";

interface InitOptions extends NodeOptions {
  restore?: boolean;
  phraseFile?: string;
  yes?: boolean;
}

/** Options that say where settings are, not what they are. */
const NO_SETTINGS = ["data", "conf"];

/** `minimote init`: a data folder with a wallet and settings. */
export function registerInitCommand(program: Command, io: InitIo = systemIo(), env: Environment = process.env): void {
  const init = addNodeOptions(program.command("init"));
  const given: string[] = [];
  for (const option of init.options) {
    if (NO_SETTINGS.includes(option.attributeName())) continue;
    init.on(`option:${option.name()}`, (text: string | null) => given.push(`${settingName(option)}=${text ?? !option.negate}`));
  }
  init
    .description("make a wallet, or restore one from its phrase, with settings and RPC passwords")
    .option("--restore", "restore a wallet: asks for its phrase")
    .addOption(new Option("--phrase-file <file>", "restore a wallet from the phrase in a file; - is the standard input"))
    .option("--yes", "ask nothing: a new phrase is printed, for machines that set up machines")
    .addHelpText(
      "after",
      `
A phrase is never taken from the command line, where others could see it. The options of minimote node are written to minimote.conf in the
data folder, where minimote node reads them, unless --conf names another file.

Examples:
  $ minimote init
  $ minimote init --network test --data /var/lib/minimote --p2pnodes 203.0.113.7:9001 --mining-duty 10%
  $ minimote init --restore
  $ minimote init --phrase-file - < phrase.txt
  $ minimote init --yes > phrase.txt`,
    )
    .hook("preAction", () => applySettings(init, { env, strict: false }))
    .action(async (options: InitOptions) => {
      const { runInit } = await import("../init/init.js");
      const { InitError } = await import("../init/phrase.js");
      const { StoreError } = await import("../../store/database.js");
      const named = options.conf ?? env.MINIMOTE_CONF;
      const settings = given.some((line) => line.startsWith("network=")) ? given : [`network=${options.network}`, ...given];
      try {
        const { phraseFile, restore = false, yes = false } = options;
        process.exitCode = await runInit(
          { config: nodeConfig(options), settings: named === undefined ? settings : undefined, phraseFile, restore, yes },
          io,
        );
      } catch (error) {
        if (!(error instanceof InitError || error instanceof StoreError)) throw error;
        io.errors.write(`${error.message}\n`);
        process.exitCode = 1;
      }
    });
}

function systemIo(): InitIo {
  const { stdin, stdout, stderr } = process;
  return { terminal: systemTerminal(stdin, stderr), input: stdin, output: stdout, errors: stderr };
}
