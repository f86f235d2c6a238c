import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { SettingsFile } from "../../store/settings.js";
import type { Logger } from "../logger.js";
import { type Notifications, passesFilter, type Subscriber } from "./notifications.js";

export interface WebHooksOptions {
  readonly notifications: Notifications;
  /** Where the hooks are kept. */
  readonly settings: SettingsFile;
  /** Not one that tells what it logs: a failing hook would keep itself busy. */
  readonly log: Logger;
  readonly limits?: Partial<WebHookLimits>;
}

export interface WebHookLimits {
  readonly hooks: number;
  /** Events waiting for one hook; beyond, the oldest is dropped. */
  readonly waiting: number;
  readonly waitingBytes: number;
  /** For a whole delivery, answer included. */
  readonly timeoutMs: number;
}

const DEFAULT_LIMITS: WebHookLimits = { hooks: 64, waiting: 256, waitingBytes: 4 * 1024 * 1024, timeoutMs: 10_000 };

/**
 * Posts events to URLs (spec 09 §16.2). Each hook has a queue of its own, so that a slow one delays only itself. Delivered in order
 * and at most once: what fails is not tried again.
 */
export class WebHooks {
  readonly #options: WebHooksOptions;
  readonly #limits: WebHookLimits;
  readonly #hooks = new Map<string, Hook>();
  #logErrors = false;

  constructor(options: WebHooksOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    for (const text of options.settings.current.webhooks) this.#start(text);
  }

  /** As they are kept: `FILTER#URL`. */
  list(): readonly string[] {
    return Array.from(this.#hooks.keys());
  }

  /** Gives false when there are too many. */
  add(filter: string, url: string): boolean {
    const text = `${filter}#${url}`;
    if (this.#hooks.has(text)) return true;
    if (this.#hooks.size >= this.#limits.hooks) return false;
    this.#start(text);
    this.#save();
    return true;
  }

  remove(text: string): void {
    this.#hooks.get(text)?.close();
    if (this.#hooks.delete(text)) this.#save();
  }

  clear(): void {
    this.close();
    this.#save();
  }

  /** Whether failed deliveries are logged. */
  set logErrors(on: boolean) {
    this.#logErrors = on;
  }

  /** Ends all deliveries. */
  close(): void {
    for (const hook of this.#hooks.values()) hook.close();
    this.#hooks.clear();
  }

  #start(text: string): void {
    const { notifications, log } = this.#options;
    const onError = (url: URL, reason: string): void => {
      if (this.#logErrors) log.warn("webhook failed", { host: url.host, reason });
    };
    this.#hooks.set(text, new Hook(text, notifications, this.#limits, onError));
  }

  #save(): void {
    this.#options.settings.update({ webhooks: this.list() });
  }
}

/** One hook and what waits for it. A hook without a usable URL takes nothing. */
class Hook implements Subscriber {
  readonly #filter: string;
  readonly #url: URL | undefined;
  readonly #limits: WebHookLimits;
  readonly #onError: (url: URL, reason: string) => void;
  readonly #unsubscribe: () => void;
  readonly #stop = new AbortController();
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #isDelivering = false;

  constructor(text: string, notifications: Notifications, limits: WebHookLimits, onError: (url: URL, reason: string) => void) {
    const hash = text.indexOf("#");
    this.#filter = text.slice(0, hash);
    this.#url = usableUrl(text.slice(hash + 1));
    this.#limits = limits;
    this.#onError = onError;
    this.#unsubscribe = notifications.subscribe(this);
  }

  wants(event: string): boolean {
    return this.#url !== undefined && passesFilter(event, this.#filter);
  }

  take(_event: string, json: string): void {
    const body = Buffer.from(json);
    this.#waiting.push(body);
    this.#waitingBytes += body.length;
    while (this.#waiting.length > 1 && (this.#waiting.length > this.#limits.waiting || this.#waitingBytes > this.#limits.waitingBytes))
      this.#next();
    if (!this.#isDelivering) void this.#deliverAll();
  }

  close(): void {
    this.#unsubscribe();
    this.#waiting.length = 0;
    this.#stop.abort();
  }

  #next(): Buffer | undefined {
    const body = this.#waiting.shift();
    this.#waitingBytes -= body?.length ?? 0;
    return body;
  }

  async #deliverAll(): Promise<void> {
    const url = this.#url;
    if (url === undefined) return;
    this.#isDelivering = true;
    for (let body = this.#next(); body !== undefined; body = this.#next()) {
      const reason = await post(url, body, AbortSignal.any([this.#stop.signal, AbortSignal.timeout(this.#limits.timeoutMs)]));
      if (reason !== undefined && !this.#stop.signal.aborted) this.#onError(url, reason);
    }
    this.#isDelivering = false;
  }
}

function usableUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === "http:" || url.protocol === "https:" ? url : undefined;
}

/** Posts with the headers of the reference; gives why it failed, if it did. The answer does not matter. */
function post(url: URL, body: Buffer, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const call = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, {
      method: "POST",
      agent: false,
      signal,
      headers: {
        "User-Agent": "Minima/1.0",
        Connection: "close",
        Host: url.host,
        Accept: "text/html, image/gif, image/jpeg, */*; q=0.2",
        "Content-type": "application/x-www-form-urlencoded",
        "Content-Length": body.length,
      },
    });
    call.on("error", (error) => resolve(error.message));
    call.on("response", (response) => {
      response.on("error", (error) => resolve(error.message));
      response.on("close", () => resolve(undefined));
      response.resume();
    });
    call.end(body);
  });
}
