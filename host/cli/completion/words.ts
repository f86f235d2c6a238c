import type { Command } from "commander";
import { COMMANDS } from "../../rpc/commands/index.js";

/** A command as completion knows it. */
export interface CompletionCommand {
  readonly name: string;
  readonly summary: string;
  /** What may follow: options with their dashes, names of subcommands, parameters with their colon. */
  readonly words: readonly CompletionWord[];
}

export interface CompletionWord {
  readonly text: string;
  readonly summary: string;
}

/** Options of `minimote call`, which may follow every command of the node. */
const CALL = "call";

/** Every word that may come first, and what may follow it. */
export function completionCommands(program: Command): CompletionCommand[] {
  const own = program.commands.map((command) => ({
    name: command.name(),
    summary: firstLine(command.description()),
    words: [
      ...command.commands.map((sub) => ({ text: sub.name(), summary: firstLine(sub.description()) })),
      ...optionsOf(command),
      ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices.map((text) => ({ text, summary: "" }))),
    ],
  }));
  const callOptions = own.find(({ name }) => name === CALL)?.words ?? [];
  const nodes = [...COMMANDS.values()].map(({ name, summary, params, details }) => ({
    name,
    summary,
    words: [...params.map((param) => ({ text: `${param}:`, summary: meaning(details, param) })), ...callOptions],
  }));
  return [...own, ...nodes.filter(({ name }) => !own.some((command) => command.name === name))];
}

function optionsOf(command: Command): CompletionWord[] {
  return command.options
    .filter(({ hidden }) => !hidden)
    .map((option) => ({ text: option.long ?? option.flags, summary: option.description }));
}

const firstLine = (text: string): string => text.split("\n")[0] ?? "";

function meaning(details: string, param: string): string {
  return new RegExp(`^${param}: +(.+)$`, "m").exec(details)?.[1] ?? "";
}
