export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** What this layer writes down. Text that comes from peers goes through `printable` first. */
export interface NetLogger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
}

/** Text of a peer, safe and short enough for a log line. */
export function printable(text: string, longest = 200): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
  const clean = text.slice(0, longest).replace(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]/g, "?");
  return text.length > longest ? `${clean}…` : clean;
}
