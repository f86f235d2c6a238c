import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { openSocket, type TlsTrust, UntrustedServerError } from "./tls/connect.js";

export interface RpcTarget {
  readonly host: string;
  readonly port: number;
  /** `minima` if not given. */
  readonly user?: string;
  readonly password?: string;
  /** Whom to trust, for a server that speaks TLS. */
  readonly tls?: TlsTrust;
}

/** An answer as the node gave it; amounts are text (spec 09 §4). */
export interface RpcAnswer {
  readonly command?: string;
  readonly status: boolean;
  readonly response?: unknown;
  readonly error?: string;
  readonly message?: string;
}

/** Why there is no answer: nobody listens, who listens is not trusted, the password is missing or wrong, too many requests, or it was no answer of a node. */
export type RpcFailure = "unreachable" | "untrusted" | "unauthorized" | "busy" | "invalid";

/** A node that cannot be reached over RPC, or that did not answer as one. */
export class RpcConnectionError extends Error {
  override readonly name = "RpcConnectionError";

  constructor(
    readonly failure: RpcFailure,
    message: string,
  ) {
    super(message);
  }
}

/** Minutes may pass until a payment is mined. */
const ANSWER_TIMEOUT_MS = 150_000;

/** Sends one command line to a node and gives its answer; of several commands, see `askNode`. Throws `RpcConnectionError`. */
export async function callRpc(target: RpcTarget, line: string, timeoutMs = ANSWER_TIMEOUT_MS): Promise<RpcAnswer> {
  return answersIn(target, await askNode(target, line, timeoutMs))[0] as RpcAnswer;
}

/** Sends a line of commands to a node and gives the text of the answer, one line of JSON. Throws `RpcConnectionError`. */
export async function askNode(target: RpcTarget, line: string, timeoutMs = ANSWER_TIMEOUT_MS): Promise<string> {
  const { host, port, user = "minima", password } = target;
  const socket = await connected(target);
  const headers: Record<string, string> = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": String(Buffer.byteLength(line)),
  };
  if (password !== undefined) headers.Authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  return new Promise((resolve, reject) => {
    const fail = (failure: RpcFailure, message: string): void => reject(new RpcConnectionError(failure, message));
    const call: ClientRequest = request(
      { host, port, method: "POST", path: "/", headers, timeout: timeoutMs, createConnection: () => socket },
      (response) => {
        const { statusCode } = response;
        if (statusCode === 401) fail("unauthorized", `the node at ${host}:${port} refused the RPC password`);
        else if (statusCode === 429 || statusCode === 503) fail("busy", `the node at ${host}:${port} has too much to do`);
        bodyOf(response).then(resolve, reject);
      },
    );
    call.on("timeout", () => call.destroy(new Error("no answer in time")));
    call.on("error", (error: Error) => fail("unreachable", unreachable(target, error)));
    call.end(line);
  });
}

async function connected(target: RpcTarget): Promise<Socket> {
  const { host, port, tls } = target;
  try {
    return await openSocket(host, port, tls);
  } catch (error) {
    if (error instanceof UntrustedServerError)
      throw new RpcConnectionError("untrusted", `who listens at ${host}:${port} cannot be trusted: ${error.message}`);
    throw new RpcConnectionError("unreachable", unreachable(target, error));
  }
}

const unreachable = ({ host, port }: RpcTarget, error: unknown): string =>
  `no node answers at ${host}:${port} (${error instanceof Error ? error.message : String(error)})`;

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8").trim();
}

/** The answers in what a node sent, one for each command that it ran. Throws `RpcConnectionError` if they are none. */
export function answersIn({ host, port }: RpcTarget, text: string): RpcAnswer[] {
  try {
    const parsed = JSON.parse(text) as unknown;
    const answers = Array.isArray(parsed) ? parsed : [parsed];
    if (answers.length > 0 && answers.every(isAnswer)) return answers;
  } catch {
    // Said below.
  }
  throw new RpcConnectionError("invalid", `what listens at ${host}:${port} does not answer like a node`);
}

function isAnswer(value: unknown): value is RpcAnswer {
  return typeof value === "object" && value !== null && "status" in value && typeof value.status === "boolean";
}
