import { trimControls } from "../protocol/text.js";
import { ScriptParseError, UnfinishedShiftError } from "./errors.js";
import { type Token, tokenise } from "./tokeniser.js";
import { WORD_OPERATORS } from "./words.js";

const wordOperators: ReadonlySet<string> = new Set(WORD_OPERATORS);
/** No space stands between `)` or `]` and these. */
const AFTER_BRACKET: ReadonlySet<string> = new Set("+ - / * % & | ^ = < > << >> )".split(" "));
const END_OF_WORD: ReadonlySet<string> = new Set("+ - / * % & | ^ ~ = ( ) [ ] < > << >>".split(" "));

/**
 * The text a wallet makes of a script before it takes its address (spec 05 §1.2): keywords upper case, hex upper case,
 * no needless space. A text that is no list of tokens comes back as it was. Consensus never cleans.
 * Throws ScriptParseError for a lone `<` or `>` at the very end.
 */
export function cleanScript(script: string): string {
  const spaced = trimControls(script.replace(/[\t\n\v\f\r ]+/g, " "));
  let tokens: Token[];
  try {
    tokens = tokenise(spaced, "any");
  } catch (error) {
    if (error instanceof ScriptParseError && !(error instanceof UnfinishedShiftError)) return script;
    throw error;
  }
  return trimControls(join(tokens));
}

function join(tokens: readonly Token[]): string {
  let out = "";
  let white = true;
  let previous = "";
  for (const token of tokens) {
    const [text, nowWhite] = spaced(token, previous, white, out);
    out += text;
    white = nowWhite;
    previous = token.text;
  }
  return out;
}

/** What to append for a token, and whether no space is needed after it. */
function spaced({ type, text }: Token, previous: string, white: boolean, out: string): readonly [text: string, white: boolean] {
  const closed = previous.endsWith(")") || previous.endsWith("]");
  if (type === "COMMAND") return [out.endsWith(" ") ? `${text} ` : ` ${text} `, true];
  if (wordOperators.has(text)) return [` ${text} `, true];
  if (text.startsWith("0x")) {
    const hex = `0x${text.slice(2).toUpperCase()}`;
    return [white && !previous.endsWith(")") ? hex : ` ${hex}`, false];
  }
  if (text.startsWith("(") || text.startsWith("[")) return [(white ? closed : END_OF_WORD.has(previous)) ? ` ${text}` : text, true];
  if (closed && !AFTER_BRACKET.has(text)) return [` ${text}`, false];
  if (END_OF_WORD.has(text)) return [text, true];
  return [white ? text : ` ${text}`, false];
}
