import { readFileSync } from "node:fs";
import { text as readAll } from "node:stream/consumers";
import type { Command } from "commander";
import {
  addressed,
  addresses,
  cleanedScript,
  runScript,
  type ScriptEnvironment,
  type ScriptError,
  ScriptParseError,
  shownName,
  textOf,
} from "../../kissvm/index.js";
import { parseScript } from "../../kissvm/statement-parser.js";
import { readContext } from "../script/context.js";
import { InputError, Json } from "../script/json.js";
import { describeError, errorText, outcomeOf, runReport } from "../script/report.js";

/** Where a command reads and writes; what a test puts in its place. */
export interface Streams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly errors: NodeJS.WritableStream;
}

const EXIT_FAILED = 1;
const EXIT_UNUSABLE = 2;

interface SourceOptions {
  readonly file?: string;
  readonly json?: boolean;
}

interface RunOptions extends SourceOptions {
  readonly context?: string;
  readonly state?: string;
  readonly prevstate?: string;
  readonly globals?: string;
  readonly signatures?: string;
  readonly scripts?: string;
  readonly transaction?: string;
  readonly clean?: boolean;
  readonly trace: boolean;
}

/** `minimote script`: contracts without a chain. */
export function registerScriptCommand(program: Command, streams: Streams = standardStreams()): void {
  const script = program.command("script").description("run, clean and check KISSVM scripts without a chain");
  const finish = (code: number): void => {
    process.exitCode = code;
  };

  withSource(script.command("run").description("run a script and show its trace, result and instruction count"))
    .option("-c, --context <json>", "all of the following in one object; also input, block, time, max")
    .option("--state <json>", 'state of the transaction, such as {"1":"0xFF","2":"[text]"}')
    .option("--prevstate <json>", "state of the coin that is spent")
    .option("--globals <json>", 'globals, such as {"@BLOCK":"105","@CREATED":"100"}')
    .option("--signatures <json>", "public keys that have signed, as a list")
    .option("--scripts <json>", "scripts for MAST: a list of texts, or proofs in hex by text")
    .option("--transaction <json>", "the transaction that spends the coin")
    .option("--clean", "run the cleaned text instead of the text as it is")
    .option("--no-trace", "leave the trace out")
    .addHelpText(
      "after",
      `
JSON is given as text or as @FILE. In a transaction only the amounts of coins are required; "@ADDRESS" stands for the
address of the script. The exit code is 0 if the script says TRUE, 1 if not, 2 if it cannot be run.

Examples:
  $ minimote script run 'RETURN SIGNEDBY(0xFF)' --signatures '["0xFF"]'
  $ minimote script run --file vault.kiss --context @spend.json
  $ echo 'RETURN @COINAGE GT 20' | minimote script run --globals '{"@BLOCK":"105","@CREATED":"100"}'`,
    )
    .action(async (text: string | undefined, options: RunOptions) => finish(await guarded(streams, () => run(streams, text, options))));

  withSource(script.command("clean").description("print the text a wallet makes of a script, and its address")).action(
    async (text: string | undefined, options: SourceOptions) => finish(await guarded(streams, () => clean(streams, text, options))),
  );

  withSource(script.command("check").description("say whether a script is well formed, and if not, where and why")).action(
    async (text: string | undefined, options: SourceOptions) => finish(await guarded(streams, () => check(streams, text, options))),
  );
}

function standardStreams(): Streams {
  return { input: process.stdin, output: process.stdout, errors: process.stderr };
}

function withSource(command: Command): Command {
  return command
    .argument("[script]", "the script; without it and --file it is read from standard input")
    .option("-f, --file <path>", "read the script from a file, without the line break at its end")
    .option("--json", "print JSON");
}

/** Complaints about what the user gave go to the error stream. */
async function guarded(streams: Streams, action: () => Promise<number>): Promise<number> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    streams.errors.write(`error: ${error.message}\n`);
    return EXIT_UNUSABLE;
  }
}

async function readSource(streams: Streams, text: string | undefined, { file }: SourceOptions): Promise<string> {
  if (text !== undefined && file !== undefined) throw new InputError("give the script or --file, not both");
  if (text !== undefined) return text;
  const read = file === undefined ? await readAll(streams.input) : readTextFile(file);
  return read.replace(/\r?\n$/, "");
}

function readTextFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** JSON text, or that of a file. */
function readJson(text: string, what: string): unknown {
  return Json.parse(text.startsWith("@") ? readTextFile(text.slice(1)) : text, what).value;
}

const CONTEXT_OPTIONS = ["state", "prevstate", "globals", "signatures", "scripts", "transaction"] as const;

function contextOf(options: RunOptions, script: string): ScriptEnvironment {
  const context = new Json(options.context === undefined ? {} : readJson(options.context, "context"), "context");
  const given = CONTEXT_OPTIONS.flatMap((name) => {
    const text = options[name];
    return text === undefined ? [] : [[name, readJson(text, name)] as const];
  });
  const members = context.members().map(([name, { value }]) => [name, value] as const);
  return readContext(new Json(Object.fromEntries([...members, ...given]), "context"), script);
}

async function run(streams: Streams, text: string | undefined, options: RunOptions): Promise<number> {
  const source = await readSource(streams, text, options);
  const script = options.clean === true ? cleaned(source) : source;
  const environment = contextOf(options, script);
  const trace: string[] = [];
  const result = runScript(script, { ...environment, trace: (line) => trace.push(line) });
  const code = result.success ? 0 : result.parsed ? EXIT_FAILED : EXIT_UNUSABLE;
  if (options.json === true) {
    printJson(streams, runReport(script, environment, result, options.trace ? trace : []));
    return code;
  }
  printAddresses(streams, script);
  if (options.trace)
    print(streams, "Trace", ...trace.slice(trace.findIndex((line) => line.endsWith(" - Start executing the contract")) + 1));
  for (const [name, value] of result.variables) print(streams, "Variable", `${shownName(name)} = ${textOf(value)}`);
  print(streams, "Result", `${outcomeOf(result)}${result.monotonic ? "" : ", depends on the block"}`);
  if (result.error !== null) print(streams, "Error", ...errorText(script, result.error).split("\n"));
  print(streams, "Instructions", `${result.instructions} of ${environment.maxOperations}`);
  return code;
}

async function clean(streams: Streams, text: string | undefined, options: SourceOptions): Promise<number> {
  const script = await readSource(streams, text, options);
  const { script: clean, address, mxaddress } = addressed(cleaned(script));
  if (options.json === true) printJson(streams, addresses(script));
  else streams.output.write(`${clean}\n${address}\n${mxaddress}\n`);
  return 0;
}

async function check(streams: Streams, text: string | undefined, options: SourceOptions): Promise<number> {
  const script = await readSource(streams, text, options);
  const error = parseError(script);
  if (options.json === true) {
    const described = error === undefined ? null : describeError(script, error);
    printJson(streams, { ...addresses(script), parseok: error === undefined, error: described });
  } else if (error === undefined) {
    printAddresses(streams, script);
    print(streams, "Result", `well formed, ${script.length} characters`);
  } else streams.errors.write(`${errorText(script, error)}\n`);
  return error === undefined ? 0 : EXIT_UNUSABLE;
}

function parseError(script: string): ScriptError | undefined {
  try {
    parseScript(script);
    return undefined;
  } catch (error) {
    if (error instanceof ScriptParseError) return error;
    throw error;
  }
}

function cleaned(script: string): string {
  const clean = cleanedScript(script);
  if (clean === undefined) throw new InputError("a script that ends with < or > cannot be cleaned");
  return clean;
}

const LABEL_WIDTH = 14;

/** A label and lines of text beside it. */
function print(streams: Streams, label: string, ...lines: readonly string[]): void {
  for (const [i, line] of lines.entries()) streams.output.write(`${(i === 0 ? label : "").padEnd(LABEL_WIDTH)}${line}\n`);
}

function printAddresses(streams: Streams, script: string): void {
  const { script: given, clean } = addresses(script);
  print(streams, "Script", ...given.script.split("\n"));
  print(streams, "Address", given.address, given.mxaddress);
  if (clean === null) return;
  if (clean.script === script) print(streams, "Clean", "as it is");
  else {
    print(streams, "Clean", clean.script);
    print(streams, "Clean address", clean.address, clean.mxaddress);
  }
}

function printJson(streams: Streams, value: object): void {
  streams.output.write(`${JSON.stringify(value, null, 2)}\n`);
}
