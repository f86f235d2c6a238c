import type { Socket } from "node:net";

/** A request for which there is another answer than that of a command; `status` is the HTTP status line's. */
export class HttpError extends Error {
  override readonly name = "HttpError";

  constructor(
    readonly status: string,
    message: string,
  ) {
    super(message);
  }
}

/** A request that is closed without an answer: it is not HTTP (spec 09 §2.1). */
export class MalformedRequest extends Error {
  override readonly name = "MalformedRequest";
}

/** The request line and the headers (spec 09 §2.1). */
export interface RequestHead {
  /** In upper case. */
  readonly method: string;
  readonly target: string;
  /** By lower-case name; the last one counts. */
  readonly headers: ReadonlyMap<string, string>;
}

const MAX_HEAD_BYTES = 64 * 1024;
const FIRST_ROOM = 2048;
const LF = 10;

/** Parses everything up to the empty line: lines may end with LF alone. Throws `MalformedRequest`. */
export function parseHead(text: string): RequestHead {
  const [first = "", ...lines] = text.split(/\r?\n/);
  const [method, target] = first.trim().split(/\s+/);
  if (method === undefined || target === undefined) throw new MalformedRequest("no request line");
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { method: method.toUpperCase(), target, headers };
}

/** The length of the body that is announced: 0 if none. Throws. */
export function bodyLength({ headers }: RequestHead, limit: number): number {
  const text = headers.get("content-length");
  if (text === undefined) {
    if (headers.has("transfer-encoding")) throw new HttpError("411 Length Required", "send the body with a Content-Length");
    return 0;
  }
  if (!/^\d{1,15}$/.test(text)) throw new MalformedRequest("Content-Length is no number");
  const length = Number(text);
  if (length > limit) throw new HttpError("413 Payload Too Large", `a request has at most ${limit} bytes`);
  return length;
}

/** Reads the head and the body of the one request of a connection. What follows stays unread. */
export class RequestReader {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  /** What came so far is the first `#length` bytes; there is room for more, so that many small pieces cost no more than one large. */
  #bytes = Buffer.alloc(FIRST_ROOM);
  #length = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#chunks = socket.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
  }

  /** Throws `MalformedRequest`, also when the connection ends before the empty line. */
  async head(): Promise<RequestHead> {
    for (let searched = 0; ; ) {
      const end = headEnd(this.#bytes.subarray(0, this.#length), Math.max(0, searched - 3));
      if (end !== undefined) return parseHead(this.#take(end).toString("utf8"));
      if (this.#length > MAX_HEAD_BYTES) throw new MalformedRequest("the head is too long");
      searched = this.#length;
      await this.#more();
    }
  }

  /** The next bytes as text. */
  async body(length: number, head: RequestHead): Promise<string> {
    if (this.#length < length && head.headers.get("expect")?.toLowerCase() === "100-continue")
      this.#socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    while (this.#length < length) await this.#more();
    return this.#take(length).toString("utf8");
  }

  /** Lets go of the connection; nothing can be read here any more. */
  async release(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** The first bytes; they are not kept. */
  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    this.#length -= length;
    return taken;
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#chunks.next();
    if (done === true) throw new MalformedRequest("the request ended early");
    const length = this.#length + value.length;
    if (length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(length, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    value.copy(this.#bytes, this.#length);
    this.#length = length;
  }
}

/** Where the body begins, if the empty line is there. */
function headEnd(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === 13 && bytes[at + 2] === LF) return at + 3;
  }
  return undefined;
}

/** The command line in a request target: one slash off either end, then form decoding (spec 09 §2.1). Throws `MalformedRequest`. */
export function commandInTarget(target: string): string {
  const bare = target.replace(/^\//, "").replace(/\/$/, "");
  try {
    return decodeURIComponent(bare.replaceAll("+", " ")).trim();
  } catch {
    throw new MalformedRequest("a bad escape in the target");
  }
}
