import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WorkerPool } from "../../core/pool.js";
import { defaultConfig, type NodeConfig } from "../../node/config.js";
import { WALLET_FILE } from "../../node/data-files.js";
import { silentLogger } from "../../node/logger.js";
import { networkParams } from "../../node/network-params.js";
import { openWallet } from "../../node/open-wallet.js";
import { encodeMx } from "../../protocol/mx.js";
import { openPasswords, PASSWORDS_FILE } from "../../rpc/passwords.js";
import { CONFIG_FILE } from "../config-file.js";
import { askForPhrase, InitError, PHRASE_WORDS, phraseFromFile, showAndConfirm } from "./phrase.js";
import type { Terminal } from "./terminal.js";

export interface InitRequest {
  /** Of the node to be; `phrase` is left out. */
  readonly config: NodeConfig;
  /** What goes into the configuration file, `name=value`; undefined if there is one elsewhere. */
  readonly settings: readonly string[] | undefined;
  /** Where the phrase of a wallet to restore is; `-` is the standard input. */
  readonly phraseFile: string | undefined;
  /** Whether to ask for the phrase of a wallet to restore. */
  readonly restore: boolean;
  /** No questions: a new phrase is printed and not asked back. */
  readonly yes: boolean;
}

export interface InitIo {
  readonly terminal: Terminal;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly errors: NodeJS.WritableStream;
}

/** Makes a data folder with a wallet, RPC passwords and a configuration file. Gives the exit code. Throws `InitError`, `StoreError`. */
export async function runInit(request: InitRequest, io: InitIo): Promise<number> {
  const { config, yes, restore, phraseFile } = request;
  const wallet = join(config.dataDir, WALLET_FILE);
  if (existsSync(wallet))
    throw new InitError(`There is a wallet in ${config.dataDir} already. Run it with minimote node, or choose another --data folder.`);
  if (!io.terminal.isInteractive && phraseFile === undefined && (restore || !yes))
    throw new InitError(
      restore
        ? "There is nobody to ask for the phrase: give it with --phrase-file."
        : "There is nobody to show the phrase to: run this in a terminal, add --yes to have it printed, or restore with --phrase-file.",
    );
  const phrase = await phraseToRestore(request, io);
  if (phrase === undefined && (restore || phraseFile !== undefined)) return left(io);
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const made = await makeWallet(config, phrase);
  if (phrase === undefined && !(await handOver(made.phrase, yes, io))) {
    // Nobody ever saw an address of it.
    for (const end of ["", "-wal", "-shm"]) rmSync(wallet + end, { force: true });
    return left(io);
  }
  openPasswords(config.dataDir);
  const file = request.settings && writeConfig(config.dataDir, request.settings);
  io.errors.write(summary(config, made.address, phrase !== undefined, file));
  return 0;
}

function left({ errors }: InitIo): number {
  errors.write("\nNothing was made.\n");
  return 1;
}

async function phraseToRestore({ phraseFile, restore, yes }: InitRequest, io: InitIo): Promise<string | undefined> {
  const { terminal, input, errors } = io;
  const warn = (text: string): void => {
    errors.write(`${text}\n`);
  };
  if (phraseFile === undefined && !restore) return undefined;
  const phrase = phraseFile === undefined ? await askForPhrase(terminal) : await phraseFromFile(phraseFile, input, warn);
  const count = phrase?.split(" ").length ?? PHRASE_WORDS;
  if (count !== PHRASE_WORDS && !yes) {
    if (!terminal.isInteractive || phraseFile === "-")
      throw new InitError(`The phrase has ${count} words, not ${PHRASE_WORDS}. Other lengths are taken with --yes.`);
    const answer = await terminal.ask(`The phrase has ${count} words, not ${PHRASE_WORDS}. Take it all the same? (yes/no) `);
    if (answer?.toLowerCase() !== "yes") return undefined;
  }
  return phrase;
}

interface MadeWallet {
  readonly phrase: string;
  readonly address: string;
}

async function makeWallet(config: NodeConfig, phrase: string | undefined): Promise<MadeWallet> {
  const workers = new WorkerPool();
  try {
    const wallet = await openWallet({ ...config, phrase }, networkParams(config), workers, silentLogger);
    const made = { phrase: wallet.revealPhrase(), address: encodeMx(wallet.getAddress().address) };
    await wallet.close();
    return made;
  } finally {
    await workers.close();
  }
}

/** Gives a new phrase to its owner. False if the owner leaves without it. */
async function handOver(phrase: string, yes: boolean, { terminal, output }: InitIo): Promise<boolean> {
  if (!yes) return await showAndConfirm(phrase, terminal);
  output.write(`${phrase}\n`);
  return true;
}

/** Writes the configuration file; what is there already is the owner's. Gives a line about it. */
function writeConfig(dataDir: string, settings: readonly string[]): string {
  const file = join(dataDir, CONFIG_FILE);
  const lines = ["# The long options of minimote node without the dashes, one a line: see minimote node --help", ...settings];
  try {
    writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600, flag: "wx" });
    return `${file}: settings`;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return `${file}: settings, left as they were`;
    throw error;
  }
}

function summary({ dataDir, network }: NodeConfig, address: string, restored: boolean, file: string | undefined): string {
  const isDefault = dataDir === defaultConfig(network).dataDir;
  const where = isDefault ? (network === "main" ? "" : ` --network ${network}`) : ` --data ${dataDir}`;
  const lines = [
    `${restored ? "The wallet is restored" : "The wallet is made"}. One of its addresses: ${address}`,
    `  ${join(dataDir, WALLET_FILE)}: the wallet, readable by you only`,
    `  ${join(dataDir, PASSWORDS_FILE)}: RPC passwords, for everything and for looking only`,
    ...(file === undefined ? [] : [`  ${file}`]),
    ...(restored ? ["Its keys may have signed elsewhere: the node signs again when it has seen the chain."] : []),
    "Next:",
    `  minimote doctor${where}`,
    `  minimote node${where}`,
  ];
  return `\n${lines.join("\n")}\n`;
}
