import { Argument, type Command } from "commander";
import { SHELLS, type Shell } from "../completion/shells.js";

/** `minimote completion <shell>`: the script that completes commands and parameters. */
export function registerCompletionCommand(program: Command, output: NodeJS.WritableStream = process.stdout): void {
  program
    .command("completion")
    .addArgument(new Argument("<shell>", "which shell the script is for").choices(SHELLS))
    .description("print the script that lets a shell complete commands and parameters")
    .addHelpText(
      "after",
      `
Examples:
  $ source <(minimote completion bash)
  $ minimote completion bash > ~/.local/share/bash-completion/completions/minimote
  $ minimote completion zsh > ~/.zsh/completions/_minimote
  $ minimote completion fish > ~/.config/fish/completions/minimote.fish`,
    )
    .action(async (shell: Shell) => {
      const { completionScript } = await import("../completion/shells.js");
      const { completionCommands } = await import("../completion/words.js");
      output.write(completionScript(shell, completionCommands(program)));
    });
}
