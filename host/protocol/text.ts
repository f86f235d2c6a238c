import type { Bytes } from "./bytes.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** UTF-8 of a string as Java makes it: an unpaired surrogate becomes `?` (spec 01 §2). */
export function encodeUtf8(text: string): Bytes {
  return encoder.encode(text.isWellFormed() ? text : replaceLoneSurrogates(text));
}

function replaceLoneSurrogates(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "?");
}

/**
 * Decodes UTF-8 as Java does: malformed parts become U+FFFD as in the WHATWG decoder, except that a lead byte `ED`
 * followed by `A0..BF` is one replacement that covers three bytes, or two if the third is no continuation (spec 01 §2, Q5).
 */
export function decodeUtf8(bytes: Bytes): string {
  return decoder.decode(bytes.includes(SURROGATE_LEAD) ? replaceSurrogates(bytes) : bytes);
}

const SURROGATE_LEAD = 0xed;
const REPLACEMENT: Bytes = Uint8Array.of(0xef, 0xbf, 0xbd);
/** The start of a longer sequence: without a third byte the decoder replaces it as a whole. */
const CUT_SEQUENCE: Bytes = Uint8Array.of(0xf0, 0x90);

/** Puts something of the same length that the decoder replaces once in the place of every encoded surrogate. */
function replaceSurrogates(bytes: Bytes): Bytes {
  const copy = bytes.slice();
  for (let i = copy.indexOf(SURROGATE_LEAD); i >= 0 && i + 1 < copy.length; i = copy.indexOf(SURROGATE_LEAD, i + 1)) {
    if (((copy[i + 1] as number) & 0xe0) !== 0xa0) continue;
    const third = copy[i + 2];
    copy.set(third !== undefined && (third & 0xc0) === 0x80 ? REPLACEMENT : CUT_SEQUENCE, i);
  }
  return copy;
}

/** Without the characters up to U+0020 at both ends: what Java's `trim` removes. */
export function trimControls(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) <= 0x20) from++;
  while (to > from && text.charCodeAt(to - 1) <= 0x20) to--;
  return text.slice(from, to);
}

/** What a terminal or a reader of lines takes for more than text: controls, line separators, what turns text around, what nobody can see. */
const UNPRINTABLE = /(?![\u200C\u200D])[\p{C}\p{Zl}\p{Zp}]/u;
const EVERY_UNPRINTABLE = new RegExp(UNPRINTABLE, "gu");

/** Whether a text of strangers cannot be shown as it is. The joiners of letters and emoji are harmless. */
export function hasUnprintable(text: string): boolean {
  return UNPRINTABLE.test(text);
}

/** The text with something else in the place of every character that could deceive who reads it. */
export function replaceUnprintable(text: string, replace: (character: string) => string): string {
  return text.replace(EVERY_UNPRINTABLE, replace);
}
