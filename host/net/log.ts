import { replaceUnprintable } from "../protocol/text.js";

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** What this layer writes down. Text that comes from peers goes through `printable` first. */
export interface NetLogger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
}

/** Text of a peer, safe and short enough for a log line. */
export function printable(text: string, longest = 200): string {
  const clean = replaceUnprintable(text.slice(0, longest), () => "?");
  return text.length > longest ? `${clean}…` : clean;
}
