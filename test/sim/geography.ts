import type { Way, Ways } from "../net/memory/ways.js";
import type { Random } from "./random.js";

export interface GeographyOptions {
  /** The mean one-way latency between two hosts, in milliseconds. */
  readonly latencyMs: number;
  /** The mean bandwidth of a host. */
  readonly bytesPerSecond: number;
}

/** Where a host is: what it adds to each way that begins or ends there. */
interface Site {
  readonly latencyMs: number;
  readonly bytesPerSecond: number;
  side: boolean;
}

/** The simulated world between hosts: near and far ones, fast and slow ones, ways that break, and partitions. */
export class Geography {
  readonly #sites = new Map<string, Site>();
  readonly #broken = new Set<string>();
  #parted = false;

  constructor(
    readonly options: GeographyOptions,
    readonly random: Random,
  ) {}

  place(host: string): void {
    const { latencyMs, bytesPerSecond } = this.options;
    this.#sites.set(host, {
      latencyMs: (latencyMs / 2) * (0.25 + this.random.exponential(0.75)),
      bytesPerSecond: bytesPerSecond * this.random.between(0.25, 1.75),
      side: false,
    });
  }

  readonly ways: Ways = (from, to): Way | undefined => {
    const a = this.#sites.get(from);
    const b = this.#sites.get(to);
    if (a === undefined || b === undefined || (this.#parted && a.side !== b.side)) return undefined;
    if (this.#broken.size > 0 && this.#broken.has(wayKey(from, to))) return undefined;
    return { latencyMs: a.latencyMs + b.latencyMs, bytesPerSecond: Math.min(a.bytesPerSecond, b.bytesPerSecond) };
  };

  /** Cuts these hosts off from all others until `heal`. */
  part(hosts: readonly string[]): void {
    const apart = new Set(hosts);
    for (const [host, site] of this.#sites) site.side = apart.has(host);
    this.#parted = true;
  }

  heal(): void {
    this.#parted = false;
  }

  break(a: string, b: string): void {
    this.#broken.add(wayKey(a, b));
  }

  mend(a: string, b: string): void {
    this.#broken.delete(wayKey(a, b));
  }
}

const wayKey = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);
