import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { javaDateText } from "../protocol/json-views/java-date.js";

/** Who may do what over RPC: everything, or only what cannot spend or change anything (spec 09 §2.3). */
export type AccessMode = "write" | "read";

export interface HttpServerOptions {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Decides from the `Authorization` header; undefined refuses with 401. */
  authorize(header: string | undefined): AccessMode | undefined;
  /** Runs a command line and gives the response body (spec 09 §2.2). */
  run(line: string, mode: AccessMode): Promise<string>;
  /** Largest request body in bytes. */
  readonly maxBodyBytes: number;
  /** Connections served at a time; more are closed at once. */
  readonly maxConnections: number;
  readonly now: () => number;
}

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts the RPC server: the path of a GET or the body of a POST is a command line, one request a connection (spec 09 §2.1). */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningServer> {
  const server = createServer({ keepAlive: false, requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    answer(options, request, response).catch(() => request.socket.destroy());
  });
  server.maxConnections = options.maxConnections;
  server.on("clientError", (_error, socket) => socket.destroy());
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { host, port }: HttpServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
}

async function answer(options: HttpServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const mode = options.authorize(request.headers.authorization);
  if (mode === undefined) {
    response.writeHead(401, { Server: SERVER_NAME, Connection: "close" });
    response.end('{"error":"Authentication failure.."}\n');
    return;
  }
  const line = request.method === "POST" ? await readBody(request, options.maxBodyBytes) : commandInPath(request.url ?? "");
  const body = await options.run(line, mode);
  response.writeHead(200, {
    Server: SERVER_NAME,
    Date: javaDateText(BigInt(options.now()), "UTC"),
    "Content-type": "text/plain",
    "Content-length": Buffer.byteLength(body),
    "Access-Control-Allow-Origin": "*",
    Connection: "close",
  });
  response.end(body);
}

const SERVER_NAME = "HTTP RPC Server from Minima 1.3";

/** The command line in a request target: one slash off either end, then form decoding (spec 09 §2.1). Throws on a bad escape. */
function commandInPath(target: string): string {
  const bare = target.replace(/^\//, "").replace(/\/$/, "");
  return decodeURIComponent(bare.replaceAll("+", " ")).trim();
}

async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw new Error("request body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
