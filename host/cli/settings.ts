import { join } from "node:path";
import { type Command, InvalidArgumentError, type Option } from "commander";
import { defaultConfig, NETWORKS, type NetworkName } from "../node/config.js";
import { CONFIG_FILE, ConfigFileError, type ConfigValues, readConfigFile } from "./config-file.js";
import { nearest } from "./nearest.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where settings come from when the command line does not give them: the environment, then the configuration file. */
export interface SettingsOptions {
  readonly env: Environment;
  /** Whether a name in the file that is no option of the command is a mistake. */
  readonly strict: boolean;
}

/** The lines that `--help` ends with where settings may come from elsewhere. */
export const SETTINGS_HELP = `
Every option may also come from the environment, such as MINIMOTE_RPC_PORT=9005, or from a file of lines such as rpc-port=9005:
--conf, or else ${CONFIG_FILE} in the data folder. The command line wins over the environment, that over the file. Options
without a value are written with one there: mine=false.`;

/** Gives the options that were not on the command line the values of the environment or of the configuration file. */
export function applySettings(command: Command, { env, strict }: SettingsOptions): void {
  try {
    const file = configFileOf(command, env);
    const values = readConfig(file);
    if (strict) refuseUnknown(values, command.options, file.path);
    for (const option of command.options) {
      if (option.attributeName() === "conf" || command.getOptionValueSource(option.attributeName()) === "cli") continue;
      const name = settingName(option);
      const variable = environmentName(option);
      const inEnvironment = env[variable];
      if (inEnvironment !== undefined) set(command, option, [inEnvironment], variable);
      else if (values.has(name))
        set(
          command,
          option,
          (values.get(name) ?? []).map(({ text }) => text),
          `${file.path}:${values.get(name)?.at(-1)?.line}`,
        );
    }
  } catch (error) {
    if (!(error instanceof ConfigFileError)) throw error;
    command.error(`error: ${error.message}`);
  }
}

interface ConfigFile {
  readonly path: string;
  readonly mustExist: boolean;
}

/** The file that counts: the one that was named, or else the one in the data folder. */
function configFileOf(command: Command, env: Environment): ConfigFile {
  const given = (name: "conf" | "data" | "network"): string | undefined =>
    command.getOptionValueSource(name) === "cli" ? (command.getOptionValue(name) as string) : env[`MINIMOTE_${name.toUpperCase()}`];
  const named = given("conf");
  if (named !== undefined) return { path: named, mustExist: true };
  return { path: join(dataFolder({ data: given("data"), network: given("network") }), CONFIG_FILE), mustExist: false };
}

/** The data folder that options mean. */
export function dataFolder({ data, network }: { readonly data?: string | undefined; readonly network?: string | undefined }): string {
  return data ?? defaultConfig(isNetwork(network) ? network : "main").dataDir;
}

function isNetwork(name: string | undefined): name is NetworkName {
  return NETWORKS.some((network) => network === name);
}

function readConfig({ path, mustExist }: ConfigFile): ConfigValues {
  const values = readConfigFile(path);
  if (values === undefined && mustExist) throw new ConfigFileError(`there is no ${path}`);
  return values ?? new Map();
}

function refuseUnknown(values: ConfigValues, options: readonly Option[], path: string): void {
  const names = options.map(settingName).filter((name) => name !== "conf");
  for (const [name, [first]] of values) {
    if (names.includes(name)) continue;
    const meant = nearest(name, names);
    const hint = meant.length === 0 ? "see minimote node --help" : `did you mean ${meant.join(" or ")}?`;
    throw new ConfigFileError(`${path}:${first?.line}: there is no setting ${JSON.stringify(name)}: ${hint}`);
  }
}

/** `rpcPort` is `rpc-port` in a file and `MINIMOTE_RPC_PORT` in the environment. */
export function settingName(option: Option): string {
  return option.attributeName().replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function environmentName(option: Option): string {
  return `MINIMOTE_${settingName(option).replaceAll("-", "_").toUpperCase()}`;
}

function set(command: Command, option: Option, texts: readonly string[], where: string): void {
  try {
    command.setOptionValueWithSource(option.attributeName(), parsedValue(option, texts), "config");
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new ConfigFileError(`${where}: ${settingName(option)} is invalid: ${error.message}`);
  }
}

/** A list may be written as several lines of the same name. */
function parsedValue(option: Option, texts: readonly string[]): unknown {
  const parse = (text: string, previous: unknown): unknown => (option.parseArg === undefined ? text : option.parseArg(text, previous));
  const last = texts.at(-1) ?? "";
  if (option.isBoolean() || option.negate) return yesOrNo(last);
  return Array.isArray(option.defaultValue) ? texts.reduce<unknown>((list, text) => parse(text, list), []) : parse(last, undefined);
}

function yesOrNo(text: string): boolean {
  if (/^(true|yes|on|1)$/i.test(text)) return true;
  if (/^(false|no|off|0)$/i.test(text)) return false;
  throw new InvalidArgumentError("write true or false");
}
