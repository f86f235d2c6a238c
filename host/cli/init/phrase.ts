import { randomInt } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { text as textOfStream } from "node:stream/consumers";
import { ProtocolError } from "../../protocol/errors.js";
import { cleanPhrase } from "../../wallet/seedphrase.js";
import type { Terminal } from "./terminal.js";

/** Words of a phrase that this program makes. */
export const PHRASE_WORDS = 24;
const ROWS = 8;
const WORDS_ASKED = 3;

/** What keeps a wallet from being made; the text says what to do. */
export class InitError extends Error {
  override readonly name = "InitError";
}

/** The phrase in columns, with the numbers of the words. */
export function phraseTable(phrase: string): string {
  const words = phrase.split(" ");
  const cell = (index: number): string =>
    words[index] === undefined ? "" : `${String(index + 1).padStart(4)}  ${words[index]}`.padEnd(18);
  const columns = Math.ceil(words.length / ROWS);
  const row = (at: number): string =>
    Array.from({ length: columns }, (_, column) => cell(column * ROWS + at))
      .join("")
      .trimEnd();
  return Array.from({ length: Math.min(ROWS, words.length) }, (_, at) => row(at)).join("\n");
}

/** Shows a new phrase and asks for some of its words until they are right. False when the owner leaves. */
export async function showAndConfirm(phrase: string, terminal: Terminal): Promise<boolean> {
  for (;;) {
    terminal.write(`
These ${PHRASE_WORDS} words are the wallet. Whoever has them can spend, and without them a broken card takes everything with it.
Write them down on paper, in this order. They are not shown again.

${phraseTable(phrase)}

`);
    if ((await terminal.ask("Press Enter when they are written down: ")) === undefined) return false;
    terminal.clear();
    const isRight = await knowsWords(phrase.split(" "), terminal);
    if (isRight !== false) return isRight === true;
    terminal.write("That is another word. Look at the words once more.\n");
  }
}

/** True if all that were asked for are known, false at a wrong one, undefined when the owner leaves. */
async function knowsWords(words: readonly string[], terminal: Terminal): Promise<boolean | undefined> {
  const asked = new Set<number>();
  while (asked.size < WORDS_ASKED) asked.add(randomInt(words.length));
  for (const index of [...asked].sort((a, b) => a - b)) {
    const answer = await terminal.ask(`Word ${index + 1}: `);
    if (answer === undefined) return undefined;
    if (answer.toUpperCase() !== words[index]) return false;
  }
  return true;
}

/** Reads the phrase of a wallet to restore from a file; `-` is the standard input. Throws `InitError`. */
export async function phraseFromFile(path: string, input: NodeJS.ReadableStream, warn: (text: string) => void): Promise<string> {
  if (path === "-") return canonical(await textOfStream(input));
  try {
    if ((statSync(path).mode & 0o077) !== 0) warn(`Others can read ${path}: remove it, or chmod 600 it.`);
    return canonical(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof InitError) throw error;
    throw new InitError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Asks for the phrase of a wallet to restore; undefined when the owner leaves. */
export async function askForPhrase(terminal: Terminal): Promise<string | undefined> {
  for (;;) {
    const answer = await terminal.ask(`The ${PHRASE_WORDS} words of the wallet, with a space between: `);
    if (answer === undefined) return undefined;
    terminal.clear();
    try {
      return canonical(answer);
    } catch (error) {
      if (!(error instanceof InitError)) throw error;
      terminal.write(`${error.message}\n`);
    }
  }
}

function canonical(text: string): string {
  const typed = text.replace(/\s+/g, " ").trim();
  if (typed === "") throw new InitError("There are no words in it.");
  try {
    return cleanPhrase(typed);
  } catch (error) {
    if (error instanceof ProtocolError) throw new InitError(`This is no phrase: ${error.message}.`);
    throw error;
  }
}
