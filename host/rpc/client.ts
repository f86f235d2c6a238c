import { request } from "node:http";

export interface RpcTarget {
  readonly host: string;
  readonly port: number;
  readonly password?: string;
}

/** An answer as the node gave it; amounts are text (spec 09 §4). */
export interface RpcAnswer {
  readonly status: boolean;
  readonly response?: unknown;
  readonly error?: string;
  readonly message?: string;
}

/** A node that cannot be reached over RPC, or that did not answer as one. */
export class RpcConnectionError extends Error {
  override readonly name = "RpcConnectionError";
}

/** Sends one command line to a node and gives its answer. Throws `RpcConnectionError`. */
export function callRpc(target: RpcTarget, line: string, timeoutMs = 150_000): Promise<RpcAnswer> {
  const headers: Record<string, string> = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": String(Buffer.byteLength(line)),
  };
  if (target.password !== undefined) headers.Authorization = `Basic ${Buffer.from(`minima:${target.password}`).toString("base64")}`;
  return new Promise((resolve, reject) => {
    const call = request(
      { host: target.host, port: target.port, method: "POST", path: "/", headers, timeout: timeoutMs, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          try {
            if (response.statusCode === 401) throw new RpcConnectionError("the node refused the RPC password");
            resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")) as RpcAnswer);
          } catch (error) {
            reject(
              error instanceof RpcConnectionError ? error : new RpcConnectionError(`no valid answer from ${target.host}:${target.port}`),
            );
          }
        });
      },
    );
    call.on("timeout", () => call.destroy(new Error("no answer in time")));
    call.on("error", (error: Error) =>
      reject(new RpcConnectionError(`no node answers at ${target.host}:${target.port} (${error.message}): is it running with RPC on?`)),
    );
    call.end(line);
  });
}
