import type { Writable } from "node:stream";

/** Characters written at a time. */
const PIECE = 128 * 1024;

/**
 * Ends a stream with a text and a line end, however long the text is: a piece is written when the one before is out, and other work comes
 * between them.
 */
export function endInPieces(stream: Writable, head: string, text: string): void {
  let at = 0;
  const next = (before: string): void => {
    const end = cutAt(text, at + PIECE);
    const piece = before + text.slice(at, end);
    at = end;
    if (at === text.length) stream.end(`${piece}\n`);
    else
      stream.write(piece, (error) => {
        if (!error) setImmediate(next, "");
      });
  };
  next(head);
}

/** Two halves of one character stay together. */
function cutAt(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const last = text.charCodeAt(at - 1);
  return last >= 0xd800 && last < 0xdc00 ? at + 1 : at;
}
