import type { MinimoteNode } from "../node/node.js";
import type { RpcControl, RpcUser } from "../node/rpc-control.js";
import { RpcAccess } from "./access.js";
import { COMMANDS } from "./commands/index.js";
import { EventStreams } from "./event-stream.js";
import { DEFAULT_LIMITS, type HttpLimits, type RunningServer, startHttpServer } from "./http-server.js";
import { isLoopback } from "./loopback.js";
import { openPasswords } from "./passwords.js";
import { runLine } from "./run-line.js";
import { openIdentity, type TlsIdentity } from "./tls/identity.js";

/** Serves a node's commands over HTTP; null when its configuration says no (spec 09 §2). */
export async function startRpcServer(node: MinimoteNode, limits: HttpLimits = DEFAULT_LIMITS): Promise<RunningServer | null> {
  const { rpcPort } = node.config;
  if (rpcPort === null) return null;
  const server = new RpcServer(node, rpcPort, limits);
  await server.enable(true);
  if (server.fingerprint !== undefined) node.log.info("RPC goes over TLS", { fingerprint: server.fingerprint });
  else if (!isLoopback(node.config.rpcHost))
    node.log.warn("RPC is open to other machines, and its password goes over the network as plain text: use --rpc-tls or an SSH tunnel");
  node.rpc = server;
  return server;
}

class RpcServer implements RunningServer, RpcControl {
  readonly #node: MinimoteNode;
  readonly #limits: HttpLimits;
  readonly #access: RpcAccess;
  readonly #streams: EventStreams;
  readonly #identity: TlsIdentity | undefined;
  #port: number;
  #http: RunningServer | null = null;

  constructor(node: MinimoteNode, port: number, limits: HttpLimits) {
    this.#node = node;
    this.#port = port;
    this.#limits = limits;
    this.#streams = new EventStreams(node.notify.hub);
    const { dataDir, rpcHost, rpcPassword, rpcTls } = node.config;
    this.#identity = rpcTls === "off" ? undefined : openIdentity(dataDir, rpcTls === "self-signed" ? null : rpcTls, rpcHost);
    this.#access = new RpcAccess({
      settings: node.settings,
      generated: openPasswords(dataDir),
      password: rpcPassword,
      isLocal: isLoopback(rpcHost),
    });
  }

  get port(): number {
    return this.#port;
  }

  /** SHA-256 of the certificate, if the server speaks TLS. */
  get fingerprint(): string | undefined {
    return this.#identity?.fingerprint;
  }

  get tlsKey(): Uint8Array | undefined {
    return this.#identity?.publicKey;
  }

  get isEnabled(): boolean {
    return this.#http !== null;
  }

  get isPasswordRequired(): boolean {
    return this.#access.isRequired;
  }

  users(): readonly RpcUser[] {
    return this.#access.users();
  }

  checkName(username: string): void {
    this.#access.checkName(username);
  }

  addUser(username: string, password: string, mode: RpcUser["mode"]): Promise<void> {
    return this.#access.addUser(username, password, mode);
  }

  removeUser(username: string): void {
    this.#access.removeUser(username);
  }

  setPassword(password: string): Promise<void> {
    return this.#access.setPassword(password);
  }

  async enable(on: boolean): Promise<void> {
    if (on === this.isEnabled) return;
    if (on) {
      this.#http = await this.#start();
      this.#port = this.#http.port;
      return;
    }
    const http = this.#http;
    this.#http = null;
    // Not awaited: the command that asks for it came over this server, and its answer has to get out first.
    void http?.close();
  }

  #start(): Promise<RunningServer> {
    const { config } = this.#node;
    return startHttpServer({
      host: config.rpcHost,
      port: this.#port,
      tls: this.#identity,
      authorize: (head) => this.#access.decide(head),
      run: (line, mode) => runLine(line, COMMANDS, this.#node, mode),
      streams: this.#streams,
      crlf: config.rpcCrlf,
      limits: this.#limits,
      now: Date.now,
      monotonic: () => performance.now(),
    });
  }

  async close(): Promise<void> {
    this.#node.rpc = null;
    await this.#http?.close();
    this.#http = null;
  }
}
