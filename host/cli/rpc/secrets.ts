import { text as textOfStream } from "node:stream/consumers";
import type { Terminal } from "../init/terminal.js";

/** Parameters that nobody should have to type where others, and the shell's history, see them. */
const SECRET = /^(password|confirm|phrase):$/;

/**
 * The words of a command, with what was left out of them for a reason: `-` alone stands for a command line on the standard input, and secret
 * parameters without a value, such as `password:`, are asked for where there is somebody to ask. Undefined when whoever was asked left.
 */
export async function withSecrets(
  words: readonly string[],
  terminal: Terminal,
  input: NodeJS.ReadableStream,
): Promise<readonly string[] | undefined> {
  if (words.length === 1 && words[0] === "-") return [(await textOfStream(input)).trim()];
  if (!terminal.isInteractive) return words;
  const filled: string[] = [];
  for (const word of words) {
    const [, name] = SECRET.exec(word) ?? [];
    const answer = name === undefined ? "" : await terminal.askSecret(`${name}: `);
    if (answer === undefined) return undefined;
    filled.push(word + answer);
  }
  return filled;
}
