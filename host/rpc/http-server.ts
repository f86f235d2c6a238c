import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { javaDateText } from "../protocol/json-views/java-date.js";
import { endInPieces } from "./end-in-pieces.js";
import { bodyLength, commandInTarget, HttpError, MalformedRequest, type RequestHead, RequestReader } from "./http-request.js";
import { TokenBuckets } from "./token-bucket.js";

/** Who may do what over RPC: everything, or only what cannot spend or change anything (spec 09 §2.3). */
export type AccessMode = "write" | "read";

export interface HttpServerOptions {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Certificate and key as PEM text, for a server that speaks TLS. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Decides from the headers; undefined refuses with 401. */
  authorize(head: RequestHead): Promise<AccessMode | undefined>;
  /** Runs a command line and gives the response body (spec 09 §2.2). */
  run(line: string, mode: AccessMode): Promise<string>;
  readonly streams?: StreamHandler;
  /** Whether header lines end with CR LF; with LF alone as the reference does by default. */
  readonly crlf: boolean;
  readonly limits: HttpLimits;
  readonly now: () => number;
  readonly monotonic: () => number;
}

/** Serves what is no command: it takes over the connection. */
export interface StreamHandler {
  isAskedFor(head: RequestHead): boolean;
  /** Throws `HttpError`. */
  open(head: RequestHead, socket: Socket): void;
}

/** What one server bears. */
export interface HttpLimits {
  /** Largest request body in bytes. */
  readonly bodyBytes: number;
  /** Connections at a time; more are closed at once. */
  readonly connections: number;
  /** Commands running at a time; more wait. */
  readonly running: number;
  /** Requests of one address: so many at once, and so many a second. */
  readonly requestBurst: number;
  readonly requestsPerSecond: number;
  /** Refused passwords of one address: so many at once, and so many a second; more of this machine, where programs share it. */
  readonly refusalBurst: number;
  readonly refusalsPerSecond: number;
  readonly localRefusalsPerSecond: number;
  /** Time to send a whole request, and to take a whole answer. */
  readonly transferMs: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  bodyBytes: 4 * 1024 * 1024,
  connections: 256,
  running: 32,
  requestBurst: 4000,
  requestsPerSecond: 2000,
  refusalBurst: 20,
  refusalsPerSecond: 0.5,
  localRefusalsPerSecond: 5,
  transferMs: 30_000,
};

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** How long what a client still sends is taken in after the answer is out. */
const LINGER_MS = 300;
const SERVER_NAME = "HTTP RPC Server from Minima 1.3";

/** Starts the RPC server: the path of a GET or the body of a POST is a command line, one request a connection (spec 09 §2). */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningServer> {
  const http = new HttpServer(options);
  await http.listen();
  return http;
}

class HttpServer implements RunningServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #requests: TokenBuckets;
  readonly #refusals: TokenBuckets;
  readonly #localRefusals: TokenBuckets;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    const { limits, monotonic } = options;
    this.#requests = new TokenBuckets({ burst: limits.requestBurst, perSecond: limits.requestsPerSecond, monotonic });
    this.#refusals = new TokenBuckets({ burst: limits.refusalBurst, perSecond: limits.refusalsPerSecond, monotonic });
    this.#localRefusals = new TokenBuckets({ burst: limits.refusalBurst, perSecond: limits.localRefusalsPerSecond, monotonic });
    this.#server = this.#create();
    this.#server.maxConnections = limits.connections;
  }

  #create(): Server {
    const { tls, limits } = this.#options;
    const accept = (socket: Socket): void => this.#accept(socket);
    if (tls === undefined) return createServer({ allowHalfOpen: true, noDelay: true }, accept);
    const { cert, key } = tls;
    const server = createTlsServer(
      { cert, key, minVersion: "TLSv1.2", handshakeTimeout: limits.transferMs, allowHalfOpen: true, noDelay: true },
      accept,
    );
    // Those that have not shaken hands yet end with the server, too.
    server.on("connection", (socket) => this.#note(socket));
    server.on("tlsClientError", (_error, socket) => socket.destroy());
    return server;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#options.port, this.#options.host, resolve);
    });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : this.#options.port;
  }

  /** Answers that are on their way get a moment to arrive. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      setTimeout(() => {
        for (const socket of this.#sockets) socket.destroy();
      }, LINGER_MS);
    });
  }

  #accept(socket: Socket): void {
    this.#note(socket);
    const timer = setTimeout(() => socket.destroy(), this.#options.limits.transferMs).unref();
    socket.on("error", () => socket.destroy());
    socket.once("close", () => clearTimeout(timer));
    const reader = new RequestReader(socket);
    this.#serve(socket, reader, timer)
      .finally(() => reader.release())
      .catch((error: unknown) => this.#fail(socket, error));
  }

  #note(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }

  async #serve(socket: Socket, reader: RequestReader, timer: NodeJS.Timeout): Promise<void> {
    const { limits, authorize, streams } = this.#options;
    const remote = socket.remoteAddress ?? "";
    const refusals = isLocalAddress(remote) ? this.#localRefusals : this.#refusals;
    const head = await reader.head();
    if (!this.#requests.take(remote) || !refusals.has(remote)) throw new HttpError("429 Too Many Requests", "Too many requests..");
    const mode = await authorize(head);
    if (mode === undefined) {
      refusals.take(remote);
      throw new HttpError("401 Unauthorized", "Authentication failure..");
    }
    if (streams?.isAskedFor(head) === true) {
      await reader.release();
      clearTimeout(timer);
      streams.open(head, socket);
      return;
    }
    const line = head.method === "POST" ? await reader.body(bodyLength(head, limits.bodyBytes), head) : commandInTarget(head.target);
    await reader.release();
    clearTimeout(timer);
    const body = await this.#inTurn(() => this.#options.run(line, mode));
    this.#end(socket, this.#okHead(body), body);
  }

  /** Runs when there is room. */
  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= this.#options.limits.running) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  #fail(socket: Socket, error: unknown): void {
    if (error instanceof HttpError) {
      this.#end(socket, [`HTTP/1.1 ${error.status}`, `Server: ${SERVER_NAME}`], JSON.stringify({ error: error.message }));
      return;
    }
    if (error instanceof MalformedRequest) socket.end(() => this.#drain(socket));
    else socket.destroy();
  }

  #okHead(body: string): string[] {
    return [
      "HTTP/1.1 200 OK",
      `Server: ${SERVER_NAME}`,
      `Date: ${javaDateText(BigInt(this.#options.now()), "UTC")}`,
      "Content-type: text/plain",
      `Content-length: ${Buffer.byteLength(body)}`,
      "Access-Control-Allow-Origin: *",
    ];
  }

  /** The body is followed by a line end that is not counted (spec 09 §2.2). */
  #end(socket: Socket, head: readonly string[], body: string): void {
    const lineEnd = this.#options.crlf ? "\r\n" : "\n";
    this.#drain(socket);
    endInPieces(socket, [...head, "", ""].join(lineEnd), body);
  }

  /** What the client still sends is taken and thrown away: closing with it unread would take the answer away. */
  #drain(socket: Socket): void {
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), this.#options.limits.transferMs).unref();
    socket.once("close", () => clearTimeout(timer));
    // A client that keeps its side open has had the answer: a moment later nothing of it can get lost any more.
    socket.once("finish", () => setTimeout(() => socket.destroy(), LINGER_MS).unref());
  }
}

function isLocalAddress(address: string): boolean {
  return /^(::ffff:)?127\.|^::1$/.test(address);
}
