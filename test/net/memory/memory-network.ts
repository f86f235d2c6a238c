import type { Cancel, Clock } from "../../../host/net/clock.js";
import { addressText, type Endpoint } from "../../../host/net/endpoint.js";
import type { Accept, DialEvents, Transport } from "../../../host/net/transports/transport.js";
import { linkPair, type MemoryConnection } from "./memory-connection.js";
import type { Ways } from "./ways.js";

const CONNECT_TIMEOUT_MS = 20_000;

/** A network inside the process: hosts by name, ways between them that may be slow or broken (for tests and simulations). */
export class MemoryNetwork {
  readonly #listeners = new Map<string, Accept>();
  #nextPort = 40_000;

  constructor(
    readonly clock: Clock,
    readonly ways: Ways,
  ) {}

  /** The transport of one host. */
  host(endpoint: Endpoint): Transport {
    const connections = new Set<MemoryConnection>();
    const own = addressText(endpoint);
    return {
      listen: (accept) => {
        this.#listeners.set(own, accept);
        return Promise.resolve(endpoint);
      },
      dial: (target, events) => this.#dial(endpoint, target, events, connections),
      close: () => {
        this.#listeners.delete(own);
        for (const connection of connections) connection.close();
        return Promise.resolve();
      },
    };
  }

  #dial(from: Endpoint, to: Endpoint, events: DialEvents, connections: Set<MemoryConnection>): Cancel {
    const way = this.ways(from.host, to.host);
    const accept = this.#listeners.get(addressText(to));
    if (way === undefined) return this.clock.setTimeout(CONNECT_TIMEOUT_MS, () => events.failed("no answer"));
    const roundTrip = 2 * way.latencyMs;
    if (accept === undefined) return this.clock.setTimeout(roundTrip, () => events.failed("connection refused"));
    return this.clock.setTimeout(roundTrip, () => {
      const local = { host: from.host, port: this.#nextPort++ };
      const { near, far } = linkPair(this.clock, this.ways, local, to);
      connections.add(near);
      near.onEnd(() => connections.delete(near));
      const handler = accept(far);
      if (handler === undefined) {
        far.close();
        events.failed("connection refused");
        return;
      }
      far.start(handler);
      near.start(events.connected(near));
    });
  }
}
