import { readFileSync } from "node:fs";

/** The name of the configuration file in a data folder. */
export const CONFIG_FILE = "minimote.conf";

/** A configuration file that cannot be used; the text says where and why. */
export class ConfigFileError extends Error {
  override readonly name = "ConfigFileError";
}

export interface ConfigValue {
  readonly text: string;
  readonly line: number;
}

/** What a file sets: the values of each name, in order. */
export type ConfigValues = ReadonlyMap<string, readonly ConfigValue[]>;

/**
 * Reads a file of `name=value` lines: names are the long options of `minimote node` without the dashes, `#` starts a comment line, a name
 * may be repeated where its option may. Undefined if there is no such file. Throws `ConfigFileError`.
 */
export function readConfigFile(path: string): ConfigValues | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return undefined;
    throw new ConfigFileError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const values = new Map<string, ConfigValue[]>();
  for (const [i, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    if (equals < 1) throw new ConfigFileError(`${path}:${i + 1}: write name=value, not ${JSON.stringify(line)}`);
    const name = line.slice(0, equals).trim().replace(/^-+/, "");
    values.set(name, [...(values.get(name) ?? []), { text: line.slice(equals + 1).trim(), line: i + 1 }]);
  }
  return values;
}
