import { hasUnprintable, replaceUnprintable } from "../protocol/text.js";

/** Log levels, quietest last. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Structured logging: a short event text and fields. Secrets never go here. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: "human" | "json";
  readonly write: (line: string) => void;
  readonly now: () => number;
}

/** A logger that writes one line per event, readable or JSON. */
export function createLogger(options: LoggerOptions): Logger {
  const threshold = LOG_LEVELS.indexOf(options.level);
  const line = options.format === "json" ? jsonLine : humanLine;
  const at = (level: LogLevel) =>
    LOG_LEVELS.indexOf(level) < threshold
      ? (): void => {}
      : (event: string, fields: LogFields = {}): void => options.write(line(options.now(), level, event, fields));
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** A logger that says nothing. */
export const silentLogger: Logger = createLogger({ level: "error", format: "human", write: () => {}, now: () => 0 });

function humanLine(now: number, level: LogLevel, event: string, fields: LogFields): string {
  const time = new Date(now).toISOString().slice(11, 19);
  const details = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === "string" && (/[\s"]/.test(value) || hasUnprintable(value)) ? quoted(value) : value}`)
    .join(" ");
  return `${time} ${level === "info" ? "" : `${level.toUpperCase()} `}${event}${details === "" ? "" : `  ${details}`}`;
}

function jsonLine(now: number, level: LogLevel, event: string, fields: LogFields): string {
  return quoted({ time: new Date(now).toISOString(), level, event, ...fields });
}

/** JSON in which nothing is left that a terminal or a reader of lines takes for more than text. */
function quoted(value: string | LogFields): string {
  return replaceUnprintable(JSON.stringify(value), (character) =>
    Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );
}
