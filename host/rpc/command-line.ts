import { ProtocolError } from "../protocol/errors.js";
import { type JsonValue, parseJson } from "../protocol/json.js";

/** A command as typed: its name and its parameters in order of first appearance (spec 09 §3). */
export interface ParsedCommand {
  readonly name: string;
  readonly params: ReadonlyMap<string, JsonValue>;
}

/** A command line that cannot be run. `command` is the lower-cased first word (spec 09 §4.1). */
export class CommandLineError extends Error {
  override readonly name = "CommandLineError";

  constructor(
    readonly command: string,
    message: string,
  ) {
    super(message);
  }
}

/** The commands of a line: split at every `;`, also inside quotes, and trimmed; empty pieces are skipped (spec 09 §3.1). */
export function splitCommands(line: string): string[] {
  return line
    .split(";")
    .filter((piece) => piece !== "")
    .map(javaTrim);
}

/**
 * Parses one command (spec 09 §3.2, §3.3). `isKnown` says whether a command of that name exists.
 * Throws `CommandLineError`; `ProtocolError` for blank text and for JSON integers beyond 64 bits.
 */
export function parseCommand(text: string, isKnown: (name: string) => boolean): ParsedCommand {
  const trimmed = javaTrim(text);
  const [word, ...tokens] = fastTokens(trimmed) ?? slowTokens(trimmed);
  if (word === undefined) throw new ProtocolError("malformed", "blank command");
  const name = javaTrim(word).toLowerCase();
  if (!isKnown(name)) throw new CommandLineError(name, "Command not found");
  const params = new Map<string, JsonValue>();
  for (const token of tokens) {
    const colon = token.indexOf(":");
    if (colon < 0) throw new CommandLineError(name, `Invalid parameters for ${name} @ ${token}`);
    params.set(javaTrim(token.slice(0, colon)), parameterValue(name, token, javaTrim(token.slice(colon + 1))));
  }
  return { name, params };
}

function parameterValue(name: string, token: string, text: string): JsonValue {
  const isObject = text.startsWith("{") && text.endsWith("}");
  const isArray = text.startsWith("[") && text.endsWith("]") && name !== "txnstate";
  if (!isObject && !isArray) return text.replace(/^"/, "").replace(/"$/, "");
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code === "range") throw error;
    throw new CommandLineError(name, `Invalid JSON parameter for ${name} @ ${token} ${error.message}`);
  }
}

/** Trims characters up to U+0020, as Java does. */
function javaTrim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) <= 0x20) from++;
  while (to > from && text.charCodeAt(to - 1) <= 0x20) to--;
  return text.slice(from, to);
}

/** The fast tokeniser, or undefined when the command needs the slow one (spec 09 §3.2). */
function fastTokens(text: string): string[] | undefined {
  if (text.includes("{") || text.includes("[") || text.includes(":\\")) return undefined;
  const pieces = Array.from(
    text.replaceAll(":", " : ").matchAll(/"([^"]*)"|([^ \t\n\v\f\r]+)/g),
    (match) => match[1] ?? (match[2] as string),
  );
  const tokens = pieces.slice(0, 1);
  let i = 1;
  while (i < pieces.length) {
    let token = pieces[i++] as string;
    if (isColon(token)) return undefined;
    for (; isColon(pieces[i]); i++) token += ":";
    const value = pieces[i++];
    if (value !== undefined) tokens.push(token + value);
  }
  return tokens;
}

/** A colon, also one in quotes: it has got blanks around it there. */
function isColon(piece: string | undefined): boolean {
  return piece !== undefined && javaTrim(piece) === ":";
}

/** Splits at spaces outside quotes and outside brackets of any kind; quotes outside brackets are dropped (spec 09 §3.2). */
function slowTokens(text: string): string[] {
  const tokens: string[] = [];
  let token = "";
  let quoted = false;
  let nesting = 0;
  for (const c of text) {
    if (c === " " && !quoted && nesting === 0) {
      if (token !== "") tokens.push(javaTrim(token));
      token = "";
      continue;
    }
    if (c === '"' && nesting <= 0) {
      quoted = !quoted;
      continue;
    }
    if (c === "{" || c === "[") nesting++;
    if (c === "}" || c === "]") nesting--;
    token += c;
  }
  if (token !== "") tokens.push(javaTrim(token));
  return tokens;
}
