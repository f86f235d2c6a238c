import { ScriptError } from "./errors.js";

/** UTF-16 units of the result of a replacement of all occurrences, at most (spec 05 §7.2). */
const MAX_RESULT = 65536;
/** From this length on, the built-in search can take time in proportion to text times pattern. */
const LONG_PATTERN = 32;

/** Replaces all occurrences, left to right, by a template (spec 05 §7.2, §7.3). Throws. */
export function replaceAll(text: string, search: string, template: string): string {
  const pieces = split(text, search);
  const matches = pieces.length - 1;
  const replacement = matches === 0 ? "" : expand(template, search);
  if (text.length + matches * (replacement.length - search.length) > MAX_RESULT) throw tooLong();
  return pieces.join(replacement);
}

/** Replaces the first occurrence by a template. Throws. */
export function replaceFirst(text: string, search: string, template: string): string {
  const place = find(text, search)(0);
  if (place < 0) return text;
  return text.slice(0, place) + expand(template, search) + text.slice(place + search.length);
}

const tooLong = (): ScriptError => new ScriptError(`replacement gives more than ${MAX_RESULT} characters`);

/** What is between the occurrences, which do not overlap; an empty one is before every unit and at the end. */
function split(text: string, search: string): string[] {
  if (search === "") return ["", ...text.split(""), ""];
  if (search.length < LONG_PATTERN) return text.split(search);
  const pieces: string[] = [];
  const next = find(text, search);
  let from = 0;
  for (let at = next(0); at >= 0; at = next(from)) {
    pieces.push(text.slice(from, at));
    from = at + search.length;
  }
  pieces.push(text.slice(from));
  return pieces;
}

/** A search for a fixed text that takes linear time whatever the texts are. */
function find(text: string, search: string): (from: number) => number {
  if (search.length < LONG_PATTERN) return (from) => text.indexOf(search, from);
  const borders = borderLengths(search);
  return (from) => {
    let matched = 0;
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i);
      while (matched > 0 && search.charCodeAt(matched) !== code) matched = borders[matched - 1] as number;
      if (search.charCodeAt(matched) === code) matched++;
      if (matched === search.length) return i + 1 - matched;
    }
    return -1;
  };
}

/** For each prefix, the length of its longest proper prefix that is also its suffix (Knuth, Morris, Pratt). */
function borderLengths(pattern: string): Int32Array {
  const borders = new Int32Array(pattern.length);
  let length = 0;
  for (let i = 1; i < pattern.length; i++) {
    const code = pattern.charCodeAt(i);
    while (length > 0 && pattern.charCodeAt(length) !== code) length = borders[length - 1] as number;
    if (pattern.charCodeAt(length) === code) length++;
    borders[i] = length;
  }
  return borders;
}

/**
 * The text a replacement template stands for (spec 05 §7.3): `\c` is c, `$0` the matched text, any other `$` a failure.
 * Zeros after `$0` belong to it. The same at every match, as what is searched for is fixed. Throws.
 */
function expand(template: string, matched: string): string {
  if (!/[\\$]/.test(template)) return template;
  const pieces: string[] = [];
  let length = 0;
  let from = 0;
  const push = (piece: string): void => {
    pieces.push(piece);
    length += piece.length;
    if (length > MAX_RESULT) throw tooLong();
  };
  for (let i = 0; i < template.length; i++) {
    const character = template.charAt(i);
    if (character !== "\\" && character !== "$") continue;
    push(template.slice(from, i));
    if (character === "\\") {
      if (++i === template.length) throw new ScriptError("replacement ends with a lone \\");
      push(template.charAt(i));
    } else {
      if (template.charAt(++i) !== "0") throw new ScriptError("$ in a replacement needs a \\ before it");
      push(matched);
      while (template.charAt(i + 1) === "0") i++;
    }
    from = i + 1;
  }
  push(template.slice(from));
  return pieces.join("");
}
