/**
 * A node as a library: the same one that `minimote node` runs, in this process.
 *
 * ```js
 * import { createNode } from "minimote";
 * const node = await createNode({ network: "solo", dataDir: "./data" });
 * node.on("NEWBALANCE", async () => console.log(await node.balance()));
 * ```
 *
 * @module
 */
import { defaultConfig, type NetworkName, type NodeConfig } from "./node/config.js";
import { type Logger, silentLogger } from "./node/logger.js";
import { MinimoteNode } from "./node/node.js";
import { isJsonObject, type JsonValue, jsonObject, printJson } from "./protocol/json.js";
import { COMMANDS } from "./rpc/commands/index.js";
import { Params } from "./rpc/params.js";
import { startRpcServer } from "./rpc/rpc-server.js";

export type { NetworkName } from "./node/config.js";
export { createLogger, type LogFields, type Logger, type LoggerOptions, type LogLevel, silentLogger } from "./node/logger.js";
export { StoreError } from "./store/database.js";
export { WalletError } from "./wallet/errors.js";

/** What a node is told at start; what is left out is as with `minimote node`, except that there is no RPC server and no log. */
export interface CreateNodeOptions extends Partial<Omit<NodeConfig, "network" | "logLevel" | "logFormat">> {
  /** `solo` makes a private network; `main` if not given. */
  readonly network?: NetworkName;
  /** Where events are logged. */
  readonly log?: Logger;
}

/** Values of a command's parameters: text as on the command line, or what becomes such text. */
export type CommandParams = Readonly<Record<string, unknown>>;

/** What `balance` tells of a token; amounts are decimal text, exact to all 44 digits. */
export interface TokenBalance {
  /** `Minima`, or what the token's maker wrote. */
  readonly token: unknown;
  /** `0x00` is Minima. */
  readonly tokenid: string;
  readonly confirmed: string;
  readonly unconfirmed: string;
  readonly sendable: string;
  readonly coins: string;
}

export interface Payment {
  /** An address, `Mx...` or `0x...`. */
  readonly to: string;
  /** A decimal number; text keeps all its digits. */
  readonly amount: string | number;
  /** Minima if not given. */
  readonly tokenid?: string;
  /** Minima to burn, so that the payment is preferred. */
  readonly burn?: string | number;
  /** State variables by port, 0 to 255. */
  readonly state?: Readonly<Record<string, string>>;
}

/** A node that runs in this process. */
export interface Node {
  /** The folder with its files. */
  readonly dataDir: string;
  /** Where it accepts peers; undefined if it does not. */
  readonly listening: { readonly host: string; readonly port: number } | undefined;
  /** The port of its RPC server; undefined without one. */
  readonly rpcPort: number | undefined;
  /** The number of the newest block; undefined while there is none. */
  readonly block: number | undefined;

  /**
   * Runs one of the node's commands, all of which are in docs/commands.md, and gives its response. Throws `CommandFailedError`.
   *
   * ```js
   * await node.run("coins", { relevant: true, tokenid: "0x00" });
   * ```
   */
  run<Response = unknown>(command: string, params?: CommandParams): Promise<Response>;
  /** An address to be paid at, `Mx...`. */
  address(): Promise<string>;
  balance(): Promise<TokenBalance[]>;
  /** Pays, and gives the id of the transaction when it is mined and on its way. Throws `CommandFailedError`. */
  pay(payment: Payment): Promise<string>;
  /**
   * Calls back at every event of this name: `NEWBLOCK`, `NEWBALANCE`, `NEWCOIN`, `NEWTXPOW`, `MINING` and the others of docs/rpc.md. Gives
   * what ends that.
   */
  on(event: string, listener: (data: unknown) => void): () => void;
  /** Stops in order: nothing acknowledged is lost. May be called again. */
  stop(): Promise<void>;
}

/** A command that the node refused, in its words. */
export class CommandFailedError extends Error {
  override readonly name = "CommandFailedError";

  constructor(
    readonly command: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Starts a node. The data folder is made if need be, with a wallet of a new phrase, or of `phrase`; one process at a time can use it.
 * Throws `StoreError` and `WalletError`.
 */
export async function createNode(options: CreateNodeOptions = {}): Promise<Node> {
  const { network = "main", log = silentLogger, ...rest } = options;
  const node = await MinimoteNode.start({ ...defaultConfig(network), rpcPort: null, ...rest, network }, log);
  const rpc = await startRpcServer(node).catch(async (error: unknown) => {
    await node.stop();
    throw error;
  });
  let stopping: Promise<void> | undefined;
  const stop = (settings?: { readonly compact: boolean }): Promise<void> => {
    stopping ??= (rpc?.close() ?? Promise.resolve()).then(() => node.stop(settings));
    return stopping;
  };
  node.events.once("quit", stop);
  const run = <Response>(command: string, params: CommandParams = {}): Promise<Response> =>
    runCommand(node, command, params) as Promise<Response>;
  return {
    dataDir: node.config.dataDir,
    get listening() {
      return node.network.listening;
    },
    rpcPort: rpc?.port,
    get block() {
      return node.chain.tip?.number;
    },
    run,
    address: async () => (await run<{ miniaddress: string }>("getaddress")).miniaddress,
    balance: () => run<TokenBalance[]>("balance"),
    pay: async ({ to, ...others }) => (await run<{ txpowid: string }>("send", { address: to, ...others, mine: true })).txpowid,
    on: (event, listener) =>
      node.notify.hub.subscribe({
        wants: (name) => name === event,
        take: (_name, json) => listener((JSON.parse(json) as { data: unknown }).data),
      }),
    stop: () => stop(),
  };
}

async function runCommand(node: MinimoteNode, name: string, given: CommandParams): Promise<unknown> {
  const command = COMMANDS.get(name);
  if (command === undefined) throw new CommandFailedError(name, `there is no command ${name}`);
  const params = Object.entries(given).filter(([, value]) => value !== undefined);
  const unknown = params.find(([param]) => !command.params.includes(param));
  if (unknown !== undefined) throw new CommandFailedError(name, `${name} has no parameter ${unknown[0]}`);
  try {
    const values = new Map(params.map(([param, value]) => [param, paramValue(value)]));
    const answer = JSON.parse(printJson(jsonObject(...(await command.run(new Params(values), node, "write"))))) as Readonly<
      Record<string, unknown>
    >;
    return "response" in answer ? answer.response : (answer.message ?? answer);
  } catch (error) {
    throw new CommandFailedError(name, error instanceof Error ? error.message : String(error));
  }
}

/** Commands read text, and JSON where they take objects and lists. */
function paramValue(value: unknown): JsonValue {
  const json = jsonValue(value);
  return isJsonObject(json) || Array.isArray(json) ? json : String(json);
}

function jsonValue(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(jsonValue);
  if (typeof value === "object" && value !== null) return new Map(Object.entries(value).map(([key, item]) => [key, jsonValue(item)]));
  return typeof value === "string" ? value : String(value);
}
