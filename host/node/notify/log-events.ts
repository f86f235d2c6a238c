import { jsonObject } from "../../protocol/json.js";
import { formatSize } from "../../protocol/json-views/format.js";
import type { LogFields, Logger } from "../logger.js";
import type { Notifications } from "./notifications.js";

/** A logger that also tells what it logs, but for what is only of use to developers (spec 09 §16.1). */
export function notifyingLogger(log: Logger, notifications: Notifications): Logger {
  const told =
    (write: (event: string, fields?: LogFields) => void) =>
    (event: string, fields?: LogFields): void => {
      write(event, fields);
      notifications.post("MINIMALOG", () => jsonObject(["message", message(event, fields)]));
    };
  return { debug: log.debug, info: told(log.info), warn: told(log.warn), error: told(log.error) };
}

function message(event: string, fields: LogFields = {}): string {
  const details = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}:${value}`);
  return `Minima @ ${timeText(new Date())} [${formatSize(process.memoryUsage().heapUsed)}] : ${event}${details.join("")}`;
}

/** Local time as `dd/MM/yyyy HH:mm:ss`. */
function timeText(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [two(date.getDate()), two(date.getMonth() + 1), date.getFullYear()].join("/");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}
