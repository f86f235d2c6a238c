import { once } from "node:events";
import type { NodeConfig } from "../node/config.js";
import { createLogger, type Logger } from "../node/logger.js";
import { MinimoteNode } from "../node/node.js";
import type { RunningServer } from "../rpc/http-server.js";
import { failureText } from "./failure.js";

/** Runs a node until SIGTERM or SIGINT. Gives the exit code. */
export async function runNode(config: NodeConfig): Promise<number> {
  const log = createLogger({
    level: config.logLevel,
    format: config.logFormat,
    write: (line) => process.stdout.write(`${line}\n`),
    now: Date.now,
  });
  const signalled = new Promise<string>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(signal));
  });
  try {
    while ((await runOnce(config, log, signalled)) === "restart") log.info("the node starts again");
    return 0;
  } catch (error) {
    const reason = isAddressInUse(error) ? portTaken(error.port, config) : failureText(error);
    if (reason === undefined) throw error;
    log.error("the node cannot start", { reason });
    return 1;
  }
}

/** Runs a node until it is told to stop, and tells what to do then. */
async function runOnce(config: NodeConfig, log: Logger, signalled: Promise<string>): Promise<"stop" | "restart"> {
  const node = await MinimoteNode.start(config, log);
  // Without RPC nothing of it is loaded: 4 MB less.
  const rpc = config.rpcPort === null ? null : await startRpc(node);
  if (rpc !== null) log.info("RPC server started", { address: `${config.rpcHost}:${rpc.port}` });
  let compact = false;
  const quit = once(node.events, "quit").then(([options]) => {
    compact = options.compact;
    return "quit";
  });
  const restart = once(node.events, "restart").then(() => "restart");
  const signal = await Promise.race([signalled, quit, restart]);
  log.info("stopping", { signal });
  await rpc?.close();
  await node.stop({ compact });
  return signal === "restart" ? "restart" : "stop";
}

/** Without RPC a node that should have it does not run. */
async function startRpc(node: MinimoteNode): Promise<RunningServer | null> {
  try {
    return await (await import("../rpc/rpc-server.js")).startRpcServer(node);
  } catch (error) {
    await node.stop();
    throw error;
  }
}

function portTaken(port: number, { rpcPort }: NodeConfig): string {
  return `port ${port} is taken: stop the other program (ss -ltnp shows it), or use another ${port === rpcPort ? "--rpc-port" : "--port"}`;
}

function isAddressInUse(error: unknown): error is { readonly port: number } {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE" && "port" in error;
}
