import type { Cancel, Clock } from "./clock.js";
import type { NetworkTimers } from "./config.js";
import { addressText, type Endpoint } from "./endpoint.js";
import type { InvalidList } from "./invalid-list.js";
import type { NetLogger } from "./log.js";
import type { Peer } from "./peer.js";
import type { End, Peers } from "./peers.js";
import type { Transport } from "./transports/transport.js";

/** Failures in a row before an address is given up, or dialled less often (spec 07 §14). */
const PATIENCE = 3;

/** An address we want to be connected with. */
interface Target {
  readonly endpoint: Endpoint;
  /** Chosen by the owner: never given up. */
  readonly lasting: boolean;
  failures: number;
  /** Stops the attempt under way or the wait for the next one; undefined while connected. */
  cancel: Cancel | undefined;
}

export interface DiallerOptions {
  readonly clock: Clock;
  readonly timers: NetworkTimers;
  readonly log: NetLogger;
  readonly transport: Transport;
  readonly peers: Peers;
  readonly invalid: InvalidList;
  /** An address that was not chosen by the owner did not answer. */
  readonly gaveUp: (endpoint: Endpoint) => void;
}

/** Dials, and dials again (spec 07 §14). */
export class Dialler {
  readonly #targets = new Map<string, Target>();
  #stopped = false;

  constructor(readonly options: DiallerOptions) {}

  /** Addresses that are being dialled or waited for. */
  connecting(): Endpoint[] {
    return Array.from(this.#targets.values())
      .filter((target) => target.cancel !== undefined)
      .map((target) => target.endpoint);
  }

  /** Starts to connect. False when the address is known as invalid or already connected or being dialled. */
  connect(endpoint: Endpoint, lasting: boolean): boolean {
    const address = addressText(endpoint);
    if (this.#stopped || this.#targets.has(address) || this.options.invalid.has(address)) return false;
    const target: Target = { endpoint, lasting, failures: 0, cancel: undefined };
    this.#targets.set(address, target);
    this.#dial(target);
    return true;
  }

  /** No longer dials an address; a connection there is stays. False when it was not on the list. */
  forget(endpoint: Endpoint): boolean {
    const target = this.#targets.get(addressText(endpoint));
    target?.cancel?.();
    return this.#targets.delete(addressText(endpoint));
  }

  /** Whether the owner chose this address. */
  isLasting(endpoint: Endpoint): boolean {
    return this.#targets.get(addressText(endpoint))?.lasting === true;
  }

  /** A connection ended. */
  ended(peer: Peer, end: End): void {
    const target = peer.incoming ? undefined : this.#targets.get(addressText(peer.connection.remote));
    if (target === undefined || this.#stopped) return;
    const delay = this.#delayAfter(target, peer, end);
    if (delay === undefined) this.#targets.delete(addressText(target.endpoint));
    else this.#dialIn(target, delay);
  }

  stop(): void {
    this.#stopped = true;
    for (const target of this.#targets.values()) target.cancel?.();
    this.#targets.clear();
  }

  /** How long to wait before dialling again; undefined: not at all. */
  #delayAfter(target: Target, peer: Peer, end: End): number | undefined {
    const { timers, invalid } = this.options;
    const welcome = end.cause !== "dropped" && !invalid.has(peer.address);
    if (welcome && end.cause === "silent" && peer.valid) return timers.redialAfterSilenceMs;
    if (welcome && (peer.valid || target.lasting)) return timers.redialMs;
    return target.lasting ? timers.forgetMs : undefined;
  }

  #dialIn(target: Target, delayMs: number): void {
    target.cancel = this.options.clock.setTimeout(delayMs, () => this.#dial(target));
  }

  #dial(target: Target): void {
    const { transport, peers } = this.options;
    target.cancel = transport.dial(target.endpoint, {
      connected: (connection) => {
        target.cancel = undefined;
        target.failures = 0;
        return peers.add(connection);
      },
      failed: (reason) => this.#failed(target, reason),
    });
  }

  #failed(target: Target, reason: string): void {
    const { timers, log, peers, invalid, gaveUp } = this.options;
    target.failures++;
    const address = addressText(target.endpoint);
    log.debug("no connection", { peer: address, reason, attempt: target.failures });
    const others = this.#targets.size > 1 || !peers.all().next().done;
    if (!target.lasting && target.failures > PATIENCE && others) {
      this.#targets.delete(address);
      invalid.add(address);
      gaveUp(target.endpoint);
      return;
    }
    const slower = 2 ** Math.min(16, Math.max(0, target.failures - PATIENCE));
    this.#dialIn(target, Math.min(timers.redialMs * slower, Math.max(timers.redialMs, timers.redialMaxMs)));
  }
}
