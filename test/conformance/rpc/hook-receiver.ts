import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { RecordedEvent } from "./recording.js";

/** Takes web hook deliveries on this machine. */
export class HookReceiver {
  readonly #server: Server;
  readonly #events: RecordedEvent[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        this.#take(request.url ?? "", request.rawHeaders, Buffer.concat(chunks).toString("utf8"));
        response.end();
      });
    });
  }

  static async start(): Promise<HookReceiver> {
    const receiver = new HookReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What came so far, in order of arrival. */
  get events(): readonly RecordedEvent[] {
    return this.#events;
  }

  #take(url: string, rawHeaders: readonly string[], body: string): void {
    if (!url.startsWith("/")) return;
    const pairs = Array.from({ length: rawHeaders.length / 2 }, (_, i) => [rawHeaders[2 * i], rawHeaders[2 * i + 1]] as const);
    const event = /^\{"event":"([A-Z0-9_]+)"/.exec(body)?.[1] ?? "";
    this.#events.push({ event, headers: Object.fromEntries(pairs) as Record<string, string>, body });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
