import type { MinimoteNode } from "../node/node.js";
import { COMMANDS } from "./commands/index.js";
import { type RunningServer, startHttpServer } from "./http-server.js";
import { runLine } from "./run-line.js";

const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_CONNECTIONS = 64;

/** Serves a node's commands over HTTP; null when its configuration says no (spec 09 §2). */
export async function startRpcServer(node: MinimoteNode): Promise<RunningServer | null> {
  const { rpcHost, rpcPort } = node.config;
  if (rpcPort === null) return null;
  return startHttpServer({
    host: rpcHost,
    port: rpcPort,
    authorize: () => "write",
    run: (line, mode) => runLine(line, COMMANDS, node, mode),
    maxBodyBytes: MAX_BODY_BYTES,
    maxConnections: MAX_CONNECTIONS,
    now: Date.now,
  });
}
