import { COMMANDS } from "../../rpc/commands/index.js";
import { nearest } from "../nearest.js";
import { pairsOf, tableOf } from "../show/table.js";

/** The names of the node's commands, in the order they are shown. */
export const COMMAND_NAMES: readonly string[] = [...COMMANDS.keys()];

/** How one of the node's commands is used: no node is needed for it. */
export interface CommandHelp {
  readonly name: string;
  readonly summary: string;
  readonly write: boolean;
  readonly usage: readonly string[];
  readonly params: readonly (readonly [name: string, meaning: string])[];
  readonly notes: readonly string[];
  readonly examples: readonly string[];
}

const PARAMETER = /^([a-z0-9]+): +(.+)$/;

export function commandHelp(name: string): CommandHelp | undefined {
  const command = COMMANDS.get(name);
  if (command === undefined) return undefined;
  const [usage = [], ...parts] = command.details.split(/\n{2,}/).map((part) => part.split("\n"));
  const isExample = (line: string): boolean => COMMANDS.has(line.split(" ")[0] ?? "");
  const examples = parts.filter((lines) => lines.every(isExample)).flat();
  const params: [string, string][] = [];
  const notes: string[] = [];
  for (const line of parts.filter((lines) => !lines.every(isExample)).flat()) {
    const [, param, meaning] = PARAMETER.exec(line) ?? [];
    if (param !== undefined && meaning !== undefined && command.params.includes(param)) params.push([param, meaning]);
    else notes.push(line);
  }
  return { name, summary: command.summary, write: command.write, usage, params, notes, examples };
}

/** The `--help` of one of the node's commands. */
export function commandHelpText({ name, summary, write, usage, params, notes, examples }: CommandHelp): string {
  const lines = [
    `Usage: minimote ${usage.join("\n       minimote ")}`,
    "",
    `${summary}.${write ? " Needs the full password where one is set." : ""}`,
  ];
  if (params.length > 0) lines.push("", "Parameters:", ...pairsOf(params.map(([param, meaning]) => [`  ${param}:`, meaning])));
  if (notes.length > 0) lines.push("", ...notes);
  if (examples.length > 0) lines.push("", "Examples:", ...examples.map((example) => `  $ minimote ${forShell(example)}`));
  lines.push("", `${name} runs on a node; --json prints its answer as it is. How the node is found: minimote call --help`);
  return lines.join("\n");
}

/** What a shell would take apart or read its own way goes in quotes. */
function forShell(example: string): string {
  return example
    .split(/ (?=[a-z]+:)/)
    .map((word) => (/["'{}[\]()$&|<>*?;]/.test(word) || /:.* /.test(word) ? `'${word.replaceAll('"', isJson(word) ? '"' : "")}'` : word))
    .join(" ");
}

const isJson = (word: string): boolean => /^[a-z]+:[[{]/.test(word);

/** All commands of the node, a line each. */
export function commandList(): string[] {
  return tableOf(
    [
      { title: "Command", text: ({ name }) => name },
      { title: "What it does", text: ({ summary }) => summary },
    ],
    [...COMMANDS.values()],
  );
}

/** What to say about a word that is no command. */
export function unknownCommand(name: string, ownNames: readonly string[]): string {
  const meant = nearest(name, [...ownNames, ...COMMAND_NAMES]);
  const hint =
    meant.length === 0
      ? "All there are: minimote help, minimote call help"
      : `Did you mean ${meant.map((word) => `minimote ${word}`).join(", ")}?`;
  return `There is no command ${JSON.stringify(name)}. ${hint}`;
}
