import { ScriptError } from "./errors.js";

/** UTF-16 units of the result of a replacement of all occurrences, at most (spec 05 §7.2). */
const MAX_RESULT = 65536;
/** From this length on, the built-in search can take time in proportion to text times pattern. */
const LONG_PATTERN = 32;

/** Replaces all occurrences, left to right, by a template (spec 05 §7.2, §7.3). Throws. */
export function replaceAll(text: string, search: string, template: string): string {
  const places = occurrences(text, search);
  if (places.length === 0) return limited(text);
  const replacement = expand(template, search);
  const length = text.length + places.length * (replacement.length - search.length);
  if (length > MAX_RESULT) throw tooLong();
  const pieces: string[] = [];
  let from = 0;
  for (const place of places) {
    pieces.push(text.slice(from, place), replacement);
    from = place + search.length;
  }
  pieces.push(text.slice(from));
  return pieces.join("");
}

/** Replaces the first occurrence by a template. Throws. */
export function replaceFirst(text: string, search: string, template: string): string {
  const place = find(text, search)(0);
  if (place < 0) return text;
  return text.slice(0, place) + expand(template, search) + text.slice(place + search.length);
}

function limited(text: string): string {
  if (text.length > MAX_RESULT) throw tooLong();
  return text;
}

const tooLong = (): ScriptError => new ScriptError(`replacement gives more than ${MAX_RESULT} characters`);

/** Where the search text stands, without overlap; an empty one before every unit and at the end. */
function occurrences(text: string, search: string): number[] {
  const places: number[] = [];
  if (search === "") {
    for (let i = 0; i <= text.length; i++) places.push(i);
    return places;
  }
  const next = find(text, search);
  for (let at = next(0); at >= 0; at = next(at + search.length)) places.push(at);
  return places;
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
