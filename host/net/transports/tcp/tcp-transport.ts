import { connect, createServer, type Server, type Socket } from "node:net";
import type { Cancel, Clock } from "../../clock.js";
import type { Endpoint } from "../../endpoint.js";
import { MemoryBudget } from "../../memory-budget.js";
import type { Accept, DialEvents, Transport } from "../transport.js";
import { plainAddress, TcpConnection } from "./tcp-connection.js";

export interface TcpOptions {
  readonly clock: Clock;
  /** Where to listen; port 0 takes any. */
  readonly listen: Endpoint;
  readonly connectTimeoutMs: number;
  /** Memory for long messages, over all connections. */
  readonly messageMemory: number;
}

/** Peers over plain TCP (spec 07 §1). */
export class TcpTransport implements Transport {
  readonly #connections = new Set<TcpConnection>();
  readonly #dialling = new Set<Socket>();
  readonly #budget: MemoryBudget;
  #server: Server | undefined;

  constructor(readonly options: TcpOptions) {
    this.#budget = new MemoryBudget(options.messageMemory);
  }

  /** Bytes of long messages held in memory now. */
  get messageMemoryUsed(): number {
    return this.#budget.used;
  }

  listen(accept: Accept): Promise<Endpoint> {
    const server = createServer((socket) => {
      const remote = { host: plainAddress(socket.remoteAddress), port: socket.remotePort ?? 0 };
      const connection = this.#adopt(socket, true, remote);
      const handler = accept(connection);
      if (handler === undefined) connection.close();
      else connection.start(handler);
    });
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.options.listen.port, this.options.listen.host, () => {
        const address = server.address();
        server.off("error", reject);
        // A socket that breaks while it is being accepted must not end the process.
        server.on("error", () => {});
        resolve(typeof address === "object" && address !== null ? { host: address.address, port: address.port } : this.options.listen);
      });
    });
  }

  dial(endpoint: Endpoint, events: DialEvents): Cancel {
    const socket = connect({ host: endpoint.host, port: endpoint.port, noDelay: true });
    this.#dialling.add(socket);
    const finish = (): boolean => {
      cancelTimeout();
      return this.#dialling.delete(socket);
    };
    const fail = (reason: string): void => {
      if (!finish()) return;
      socket.destroy();
      events.failed(reason);
    };
    const cancelTimeout = this.options.clock.setTimeout(this.options.connectTimeoutMs, () => fail("no answer"));
    socket.once("error", (error) => fail(error.message));
    socket.once("connect", () => {
      if (!finish()) return;
      socket.removeAllListeners("error");
      const connection = this.#adopt(socket, false, endpoint);
      connection.start(events.connected(connection));
    });
    return () => {
      if (finish()) socket.destroy();
    };
  }

  async close(): Promise<void> {
    for (const socket of this.#dialling) socket.destroy();
    this.#dialling.clear();
    for (const connection of this.#connections) connection.close();
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #adopt(socket: Socket, incoming: boolean, remote: Endpoint): TcpConnection {
    const connection = new TcpConnection(socket, incoming, remote, this.options.clock, {
      take: (asker, bytes) => this.#take(asker, bytes),
      give: (bytes) => this.#budget.give(bytes),
    });
    this.#connections.add(connection);
    socket.once("close", () => this.#connections.delete(connection));
    return connection;
  }

  /** A peer this node chose to dial comes first: those that came by themselves give way to it, the one that holds most before others. */
  #take(asker: TcpConnection, bytes: number): boolean {
    while (!this.#budget.take(bytes)) {
      const victim = asker.incoming ? undefined : this.#largestIncoming();
      if (victim === undefined) return false;
      victim.fail("its memory is needed elsewhere");
    }
    return true;
  }

  #largestIncoming(): TcpConnection | undefined {
    let largest: TcpConnection | undefined;
    for (const connection of this.#connections) {
      if (connection.incoming && connection.held > (largest?.held ?? 0)) largest = connection;
    }
    return largest;
  }
}
