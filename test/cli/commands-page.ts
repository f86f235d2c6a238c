import { COMMAND_NAMES, type CommandHelp, commandHelp } from "../../host/cli/rpc/command-help.js";

/** docs/commands.md: every command of the node, from what the commands tell about themselves. */
export function commandsPage(): string {
  const helps = COMMAND_NAMES.map(commandHelp).filter((help) => help !== undefined);
  const rows = helps.map(({ name, summary, write }) => `| [\`${name}\`](#${name}) | ${escaped(summary)} | ${write ? "full" : ""} |`);
  return `# Commands

Made from the program; [rpc.md](rpc.md) tells how commands are given. Those marked _full_ spend or change something: where passwords are asked for, they
need the full one.

| command | what it does | password |
| --- | --- | --- |
${rows.join("\n")}

${helps.map(section).join("\n")}`;
}

const escaped = (text: string): string => text.replaceAll("|", "\\|");

function section({ name, summary, usage, params, notes, examples }: CommandHelp): string {
  const parts = [`## ${name}`, `${summary}.`, fenced(usage)];
  if (params.length > 0) parts.push(params.map(([param, meaning]) => `- \`${param}\`: ${meaning}`).join("\n"));
  if (notes.length > 0) parts.push(notes.join("\n"));
  if (examples.length > 0) parts.push(fenced(examples));
  return `${parts.join("\n\n")}\n`;
}

const fenced = (lines: readonly string[]): string => ["```", ...lines, "```"].join("\n");
