import type { Socket } from "node:net";
import { type Notifications, passesFilter, type Subscriber } from "../node/notify/notifications.js";
import { HttpError, type RequestHead } from "./http-request.js";
import type { StreamHandler } from "./http-server.js";

export interface EventStreamLimits {
  /** Streams at a time; more are refused. */
  readonly streams: number;
  /** Bytes that may wait for a slow reader; one with more is let go, and may come again. */
  readonly bufferedBytes: number;
  /** A comment is sent this often, so that both ends notice when the other is gone. */
  readonly heartbeatMs: number;
}

export const DEFAULT_STREAM_LIMITS: EventStreamLimits = { streams: 32, bufferedBytes: 2 * 1024 * 1024, heartbeatMs: 15_000 };

/** How long a reader waits before it connects again. */
const RETRY_MS = 3000;
const HEAD = [
  "HTTP/1.1 200 OK",
  "Content-Type: text/event-stream",
  "Cache-Control: no-store",
  "Access-Control-Allow-Origin: *",
  "Connection: close",
  "",
  `retry: ${RETRY_MS}`,
  "",
  "",
].join("\r\n");

/**
 * The node's events as server-sent events: `GET /events`, or `GET /events?filter=NEWBLOCK,NEWBALANCE` for those whose names contain
 * one of these texts. Each has the event's name, a count, and as data the same JSON that webhooks get.
 */
export class EventStreams implements StreamHandler {
  readonly #hub: Notifications;
  readonly #limits: EventStreamLimits;
  readonly #open = new Set<EventStream>();

  constructor(hub: Notifications, limits: EventStreamLimits = DEFAULT_STREAM_LIMITS) {
    this.#hub = hub;
    this.#limits = limits;
  }

  isAskedFor({ method, target }: RequestHead): boolean {
    return method === "GET" && /^\/events(\?|$)/.test(target);
  }

  open({ target }: RequestHead, socket: Socket): void {
    const [, query = ""] = target.split("?", 2);
    if (this.#open.size >= this.#limits.streams) throw new HttpError("503 Service Unavailable", "Too many event streams..");
    const filters = (new URLSearchParams(query).get("filter") ?? "").split(",");
    const stream = new EventStream(socket, filters, this.#limits);
    this.#open.add(stream);
    const unsubscribe = this.#hub.subscribe(stream);
    socket.once("close", () => {
      unsubscribe();
      stream.stop();
      this.#open.delete(stream);
    });
  }
}

class EventStream implements Subscriber {
  readonly #socket: Socket;
  readonly #filters: readonly string[];
  readonly #limits: EventStreamLimits;
  readonly #heartbeat: NodeJS.Timeout;
  #count = 0;

  constructor(socket: Socket, filters: readonly string[], limits: EventStreamLimits) {
    this.#socket = socket;
    this.#filters = filters;
    this.#limits = limits;
    this.#heartbeat = setInterval(() => this.#send(":\n\n"), limits.heartbeatMs).unref();
    socket.once("end", () => socket.destroy());
    socket.resume();
    socket.write(HEAD);
  }

  wants(event: string): boolean {
    return this.#filters.some((filter) => passesFilter(event, filter));
  }

  /** The JSON has no line breaks. */
  take(event: string, json: string): void {
    this.#send(`event: ${event}\nid: ${++this.#count}\ndata: ${json}\n\n`);
  }

  #send(text: string): void {
    if (this.#socket.writableLength > this.#limits.bufferedBytes) this.#socket.destroy();
    else this.#socket.write(text);
  }

  stop(): void {
    clearInterval(this.#heartbeat);
  }
}
