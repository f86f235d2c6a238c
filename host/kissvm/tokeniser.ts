import { ScriptParseError, UnfinishedShiftError } from "./errors.js";
import { COMMANDS, FUNCTION_NAMES, WORD_OPERATORS } from "./words.js";

export type TokenType =
  | "COMMAND"
  | "FUNCTION"
  | "OPERATOR"
  | "VALUE"
  | "VARIABLE"
  | "GLOBAL"
  | "OPENBRACKET"
  | "CLOSEBRACKET"
  | "TRUE"
  | "FALSE"
  | "FUNCTIONPARAM";

export interface Token {
  readonly type: TokenType;
  readonly text: string;
  /** Where it begins in the script text. */
  readonly at: number;
  /** Where it ends; not always `text.length` further, as changing case can change a word's length. */
  readonly end: number;
}

/** `exact` is what the network runs; `any` case is for cleaning only (spec 05 §1.2). */
export type LetterCase = "exact" | "any";

const MAX_VARIABLE_LENGTH = 32;
const OPERATORS = "+-/*%&|^~=";
/** Characters that end a word besides whitespace. */
const WORD_ENDS = `${OPERATORS}()[]<>`;
const OPEN_SQUARE = 0x5b;
const CLOSE_SQUARE = 0x5d;
const WHITESPACE = "\t\n\v\f\r ";

const KEYWORDS: ReadonlyMap<string, TokenType> = new Map([
  ...COMMANDS.map((word) => [word, "COMMAND"] as const),
  ...FUNCTION_NAMES.map((word) => [word, "FUNCTION"] as const),
  ...WORD_OPERATORS.map((word) => [word, "OPERATOR"] as const),
  ["TRUE", "TRUE"] as const,
  ["FALSE", "FALSE"] as const,
]);

const VALUE_WORD = /^(?:[0-9]+(?:\.[0-9]+)?|0x[0-9a-fA-F]+)$/;
const GLOBAL_WORD = /^@[A-Z]+$/;
const VARIABLE_WORD = /^[a-z]+$/;

const OTHER = 0;
const SPACE = 1;
const END = 2;
const OPERATOR = 3;
/** What a character is, by code; those that are OTHER make up words. */
const characterClass = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (WHITESPACE.includes(character)) return SPACE;
  if (OPERATORS.includes(character)) return OPERATOR;
  return WORD_ENDS.includes(character) ? END : OTHER;
});

function classAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? (characterClass[code] as number) : OTHER;
}

/** Cuts a script into tokens (spec 05 §2). Throws ScriptParseError. */
export function tokenise(script: string, letterCase: LetterCase = "exact"): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let afterSpace = true;
  while (at < script.length) {
    const space = classAt(script, at) === SPACE;
    if (space) at++;
    else {
      const token = nextToken(script, at, letterCase, afterSpace);
      tokens.push(token);
      at = token.end;
    }
    afterSpace = space;
  }
  return tokens;
}

function nextToken(script: string, at: number, letterCase: LetterCase, afterSpace: boolean): Token {
  const character = script.charAt(at);
  if (classAt(script, at) === OPERATOR) return { type: "OPERATOR", text: character, at, end: at + 1 };
  switch (character) {
    case "<":
    case ">":
      return shift(script, at, character);
    case "(":
      return { type: "OPENBRACKET", text: character, at, end: at + 1 };
    case ")":
      return { type: "CLOSEBRACKET", text: character, at, end: at + 1 };
    case "[":
      return slice("VALUE", script, at, endOfString(script, at));
    case "$":
      return slice("FUNCTIONPARAM", script, at, endOfWord(script, at));
    default:
      return wordToken(script, at, endOfWord(script, at), letterCase, afterSpace);
  }
}

function slice(type: TokenType, script: string, at: number, end: number): Token {
  return { type, text: script.slice(at, end), at, end };
}

function shift(script: string, at: number, character: "<" | ">"): Token {
  const next = script.charAt(at + 1);
  const operator = character + character;
  if (next === character) return { type: "OPERATOR", text: operator, at, end: at + 2 };
  if (next === "") throw new UnfinishedShiftError(`unfinished ${operator}`, at, character, operator);
  throw new ScriptParseError(`${character} alone is no operator`, at, character, `${operator}, or one of LT LTE GT GTE`);
}

/** After the bracket that balances the one at `at`, or the end of the script. */
function endOfString(script: string, at: number): number {
  let open = 0;
  for (let i = at; i < script.length; i++) {
    const code = script.charCodeAt(i);
    if (code === OPEN_SQUARE) open++;
    else if (code === CLOSE_SQUARE && --open === 0) return i + 1;
  }
  return script.length;
}

function endOfWord(script: string, at: number): number {
  let end = at;
  while (end < script.length && classAt(script, end) === OTHER) end++;
  return end;
}

function wordToken(script: string, at: number, end: number, letterCase: LetterCase, afterSpace: boolean): Token {
  const word = script.slice(at, end);
  const upper = letterCase === "any" ? word.toUpperCase() : word;
  const keyword = KEYWORDS.get(upper);
  if (keyword === "COMMAND" && !afterSpace)
    throw new ScriptParseError(`${upper} must not touch what is before it`, at, word, `a space before ${upper}`);
  if (keyword !== undefined) return { type: keyword, text: upper, at, end };
  if (VALUE_WORD.test(word)) return { type: "VALUE", text: word, at, end };
  if (GLOBAL_WORD.test(upper)) return { type: "GLOBAL", text: upper, at, end };
  const lower = letterCase === "any" ? word.toLowerCase() : word;
  if (!VARIABLE_WORD.test(lower)) throw unknownWord(word, at);
  if (lower.length > MAX_VARIABLE_LENGTH)
    throw new ScriptParseError("variable name too long", at, word, `at most ${MAX_VARIABLE_LENGTH} letters`);
  return { type: "VARIABLE", text: lower, at, end };
}

function unknownWord(word: string, at: number): ScriptParseError {
  if (word === "") return new ScriptParseError("] without [", at, "]", "[ before it");
  const keyword = KEYWORDS.has(word.toUpperCase());
  const expected = keyword ? word.toUpperCase() : "a keyword, a lower-case variable, a number, 0x.., [..], or @GLOBAL";
  return new ScriptParseError("unknown word", at, word, expected);
}
