/** What the way between two hosts is like at this moment; undefined: there is none. */
export interface Way {
  readonly latencyMs: number;
  readonly bytesPerSecond: number;
}

/** Tells how a message of this length from one host to another fares. */
export type Ways = (from: string, to: string) => Way | undefined;
