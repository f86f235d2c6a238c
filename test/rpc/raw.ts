import { connect } from "node:net";
import type { HttpServerOptions } from "../../host/rpc/http-server.js";
import { DEFAULT_LIMITS } from "../../host/rpc/http-server.js";

/** Sends text as it is; gives all that comes back until the server closes. */
export function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString("utf8")));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
    socket.write(text);
  });
}

/** A server that answers with the command line it was given and the mode. */
export const ECHO_SERVER: HttpServerOptions = {
  host: "127.0.0.1",
  port: 0,
  authorize: async () => "write",
  run: async (line, mode) => JSON.stringify({ line, mode }),
  crlf: true,
  limits: DEFAULT_LIMITS,
  now: () => Date.UTC(2026, 10, 21, 4, 33, 53),
  monotonic: () => performance.now(),
};

export const basic = (user: string, password: string): string =>
  `Authorization: Basic ${Buffer.from(`${user}:${password}`).toString("base64")}\r\n`;
