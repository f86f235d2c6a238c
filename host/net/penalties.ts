import type { Clock } from "./clock.js";
import type { Peer } from "./peer.js";

/** Bad blocks that are too many, and in what time one is forgiven. */
const TOO_MANY = 16;
const FORGIVEN_MS = 60_000;

interface Score {
  value: number;
  since: number;
}

/**
 * How many invalid blocks each peer has brought lately. Honest peers bring some: on this network a TxPoW is passed on before the block
 * check. So a few only mean that others are asked first.
 */
export class Penalties {
  readonly #scores = new WeakMap<Peer, Score>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes one more. True when it is one too many. */
  note(peer: Peer): boolean {
    const value = this.of(peer) + 1;
    this.#scores.set(peer, { value, since: this.#clock.now() });
    return value > TOO_MANY;
  }

  of(peer: Peer): number {
    const score = this.#scores.get(peer);
    return score === undefined ? 0 : Math.max(0, score.value - (this.#clock.now() - score.since) / FORGIVEN_MS);
  }
}
