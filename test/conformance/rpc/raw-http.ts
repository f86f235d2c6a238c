import { connect } from "node:net";

/** How a server left the connection: closed, or open with nothing more to come. */
export type ConnectionEnd = "closed" | "timeout";

export interface Exchange {
  /** The bytes that came back, as Latin-1 text. */
  readonly text: string;
  readonly end: ConnectionEnd;
}

/** Sends bytes (Latin-1 text) over a connection of their own and takes what comes back until it is closed or silent. */
export function exchange(port: number, request: string, silenceMs: number): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(Buffer.from(request, "latin1")));
    const finish = (end: ConnectionEnd): void => {
      socket.destroy();
      resolve({ text: Buffer.concat(chunks).toString("latin1"), end });
    };
    socket.setTimeout(silenceMs, () => finish("timeout"));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("end", () => finish("closed"));
    socket.on("error", (error) => (chunks.length > 0 || "code" in error ? finish("closed") : reject(error)));
  });
}

export interface HttpText {
  readonly statusLine: string;
  /** Header lines as they stand. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** The parts of a response, whatever its line ends; null for no bytes at all. */
export function splitHttp(text: string): HttpText | null {
  if (text === "") return null;
  const gap = /\r?\n\r?\n/.exec(text);
  if (gap === null) throw new Error(`no end of headers in ${JSON.stringify(text.slice(0, 200))}`);
  const [statusLine = "", ...headers] = text.slice(0, gap.index).split(/\r?\n/);
  return { statusLine, headers, body: text.slice(gap.index + gap[0].length) };
}

/** Posts a command line and gives the answer's body without its final line end. */
export async function post(port: number, line: string, timeoutMs: number): Promise<string> {
  const body = Buffer.from(line, "utf8");
  const head = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`;
  const { text } = await exchange(port, head + body.toString("latin1"), timeoutMs);
  const answer = splitHttp(text);
  if (answer !== null && !answer.statusLine.includes(" 200 ")) throw new Error(`got ${answer.statusLine}`);
  return Buffer.from((answer?.body ?? "").replace(/\n$/, ""), "latin1").toString("utf8");
}
