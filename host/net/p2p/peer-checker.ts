import { equalBytes, parseHex } from "../../protocol/bytes.js";
import { type Greeting, greetingText } from "../../protocol/messages/greeting.js";
import type { ChainView } from "../chain-port.js";
import type { Cancel, Clock } from "../clock.js";
import { addressText, type Endpoint } from "../endpoint.js";
import { isAcceptableVersion } from "../handshake.js";
import type { NetLogger } from "../log.js";
import { type Dice, isPublicAddress } from "./addresses.js";

/** Addresses waiting to be checked, and addresses found good (spec 07 §16.3.3). */
const MOST_UNVERIFIED = 250;
export const MOST_VERIFIED = 250;
/** Of a hundred new addresses, how many get a chance when the list is full. */
const CHANCES_WHEN_FULL = 10;
const WAIT_FOR_CONNECTION_MS = 60_000;
const RETRY_MS = 30 * 60_000;

export interface PeerCheckerOptions {
  readonly clock: Clock;
  readonly log: NetLogger;
  readonly dice: Dice;
  readonly view: ChainView;
  readonly version: string;
  readonly allowAllIPs: boolean;
  readonly isConnected: () => boolean;
  readonly singlePing: (endpoint: Endpoint) => Promise<Greeting>;
}

/** Checks addresses that others tell by a single ping, one at a time, before they count as known (spec 07 §16.3.3). */
export class PeerChecker {
  readonly #unverified = new Map<string, Endpoint>();
  readonly #verified = new Map<string, Endpoint>();
  #queue: { readonly endpoint: Endpoint; readonly force: boolean }[] = [];
  #busy = false;
  #timers = new Set<Cancel>();
  #stopped = false;

  constructor(readonly options: PeerCheckerOptions) {}

  /** Peers found to be of our network. */
  known(): Endpoint[] {
    return Array.from(this.#verified.values());
  }

  get unverified(): number {
    return this.#unverified.size;
  }

  /** A peer told of an address. `force`: check it even before anybody is connected. */
  add(endpoint: Endpoint, force = false): void {
    const { dice, allowAllIPs } = this.options;
    const address = addressText(endpoint);
    if (!force && !isPublicAddress(endpoint, allowAllIPs)) return;
    if (this.#unverified.has(address) || this.#verified.has(address) || this.#unverified.size >= MOST_UNVERIFIED) return;
    if (!force && this.#verified.size >= MOST_VERIFIED && dice.number(100) >= CHANCES_WHEN_FULL) return;
    this.#unverified.set(address, endpoint);
    this.#check(endpoint, force);
  }

  /** A known peer does not answer any more: it gets another chance later. */
  remove(endpoint: Endpoint): void {
    const address = addressText(endpoint);
    if (!this.#verified.delete(address)) return;
    this.#unverified.set(address, endpoint);
    this.#later(RETRY_MS, endpoint);
  }

  /** Checks all that are known again: those that fail are forgotten. */
  recheck(): void {
    for (const endpoint of this.#verified.values()) this.#queue.push({ endpoint, force: true });
    this.#next();
  }

  stop(): void {
    this.#stopped = true;
    this.#queue = [];
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  #check(endpoint: Endpoint, force: boolean): void {
    this.#queue.push({ endpoint, force });
    this.#next();
  }

  #next(): void {
    if (this.#busy || this.#stopped) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    if (!next.force && !this.options.isConnected()) {
      this.#later(WAIT_FOR_CONNECTION_MS, next.endpoint);
      this.#next();
      return;
    }
    this.#busy = true;
    this.options
      .singlePing(next.endpoint)
      .then(
        (pong) => this.#isGood(pong),
        () => false,
      )
      .then((good) => {
        this.#busy = false;
        if (this.#stopped) return;
        this.options.log.debug("peer checked", { peer: addressText(next.endpoint), good });
        if (good) this.#found(next.endpoint);
        else this.#forget(next.endpoint);
        this.#next();
      });
  }

  #forget(endpoint: Endpoint): void {
    const address = addressText(endpoint);
    this.#unverified.delete(address);
    this.#verified.delete(address);
  }

  #later(delayMs: number, endpoint: Endpoint): void {
    const cancel = this.options.clock.setTimeout(delayMs, () => {
      this.#timers.delete(cancel);
      this.#check(endpoint, false);
    });
    this.#timers.add(cancel);
  }

  #found(endpoint: Endpoint): void {
    const address = addressText(endpoint);
    this.#unverified.delete(address);
    if (this.#verified.size >= MOST_VERIFIED && !this.#verified.has(address)) {
      const victim = this.options.dice.pick(Array.from(this.#verified.keys()));
      if (victim !== undefined) this.#verified.delete(victim);
    }
    this.#verified.set(address, endpoint);
  }

  /** Of our version and, as far as we can tell, of our chain. */
  #isGood(pong: Greeting): boolean {
    const { view, version } = this.options;
    if (!isAcceptableVersion(pong.version, version)) return false;
    const [number, hash] = [greetingText(pong, "50block"), greetingText(pong, "50hash")];
    if (number === undefined || hash === undefined) return false;
    const tip = view.tip();
    const height = Number(number);
    if (tip === null || tip.number < height) return true;
    const own = view.mainAt(height);
    return own !== undefined && equalBytes(own.id, parseHex(hash));
  }
}
