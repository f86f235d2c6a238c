import type { CompletionCommand, CompletionWord } from "./words.js";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** The completion script of a shell. */
export function completionScript(shell: Shell, commands: readonly CompletionCommand[]): string {
  return { bash, zsh, fish }[shell](commands);
}

const textsOf = (words: readonly CompletionWord[]): string => words.map(({ text }) => text).join(" ");

/** A parameter is followed by its value: no space after the colon. bash takes words apart at colons, so values are left to the user. */
function bash(commands: readonly CompletionCommand[]): string {
  const cases = commands.map(({ name, words }) => `    ${name}) words='${textsOf(words)}' ;;`);
  return `# minimote completion for bash. To have it always:
#   minimote completion bash > ~/.local/share/bash-completion/completions/minimote
_minimote() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} words=
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(" ")}' -- "$current"))
    return
  fi
  if [[ $current == ":" || $previous == ":" ]]; then return; fi
  case $previous in
    --data|--conf|--phrase-file|--rpc-password-file|--rpc-ca|--rpc-tls-cert|--rpc-tls-key|--html)
      COMPREPLY=($(compgen -f -- "$current"))
      return ;;
    --network)
      COMPREPLY=($(compgen -W 'solo test main' -- "$current"))
      return ;;
  esac
  if [[ $command == help && $COMP_CWORD -eq 2 ]]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(" ")}' -- "$current"))
    return
  fi
  case $command in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *: ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o default -F _minimote minimote
`;
}

function zsh(commands: readonly CompletionCommand[]): string {
  const described = (text: string, summary: string): string =>
    `'${quoted(text.replaceAll(":", "\\:"))}${summary === "" ? "" : `:${quoted(summary)}`}'`;
  const cases = commands.map(({ name, words }) => {
    const params = words.filter(({ text }) => text.endsWith(":")).map(({ text, summary }) => described(text.slice(0, -1), summary));
    const others = words.filter(({ text }) => !text.endsWith(":")).map(({ text, summary }) => described(text, summary));
    return `    ${name}) params=(${params.join(" ")}); words_=(${others.join(" ")}) ;;`;
  });
  return `#compdef minimote
# minimote completion for zsh. To have it always, in a folder of $fpath:
#   minimote completion zsh > ~/.zsh/completions/_minimote
_minimote() {
  local -a commands params words_
  commands=(
${commands.map(({ name, summary }) => `    ${described(name, summary)}`).join("\n")}
  )
  if (( CURRENT == 2 )) || [[ $words[2] == help && CURRENT -eq 3 ]]; then
    _describe 'command' commands
    return
  fi
  case $words[CURRENT-1] in
    --data) _files -/; return ;;
    --conf|--phrase-file|--rpc-password-file|--rpc-ca|--rpc-tls-cert|--rpc-tls-key|--html) _files; return ;;
    --network) compadd solo test main; return ;;
  esac
  case $words[2] in
${cases.join("\n")}
  esac
  (( $#params )) && _describe 'parameter' params -q -S ':'
  (( $#words_ )) && _describe 'option' words_
}
if [[ $funcstack[1] == _minimote ]]; then _minimote; else compdef _minimote minimote; fi
`;
}

function fish(commands: readonly CompletionCommand[]): string {
  const line = (condition: string, { text, summary }: CompletionWord): string =>
    `complete -c minimote -n '${condition}' -a '${quotedForFish(text)}'${summary === "" ? "" : ` -d '${quotedForFish(summary)}'`}`;
  const option = (condition: string, { text, summary }: CompletionWord): string =>
    `complete -c minimote -n '${condition}' -l ${text.replace(/^--/, "")} -d '${quotedForFish(summary)}'`;
  const lines = commands.flatMap(({ name, summary, words }) => [
    line("__fish_use_subcommand", { text: name, summary }),
    ...words.map((word) =>
      word.text.startsWith("--") ? option(`__fish_seen_subcommand_from ${name}`, word) : line(`__fish_seen_subcommand_from ${name}`, word),
    ),
  ]);
  return `# minimote completion for fish. To have it always:
#   minimote completion fish > ~/.config/fish/completions/minimote.fish
complete -c minimote -f
complete -c minimote -l network -xa 'solo test main'
complete -c minimote -l data -rF
complete -c minimote -l conf -rF
${lines.join("\n")}
`;
}

const quoted = (text: string): string => text.replaceAll("'", "'\\''");
const quotedForFish = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
