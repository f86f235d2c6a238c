import { CancelledError } from "../../core/pool.js";
import { bodyHash } from "../../protocol/txbody.js";
import type { TxPoW } from "../../protocol/txpow.js";

const PRNG_BYTES = 32;

export interface TemplateMinerOptions {
  /** Milliseconds between two templates that are taken. */
  readonly interval: number;
  /** A steadily growing clock in milliseconds. */
  readonly monotonic: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly mine: (template: TxPoW, signal: AbortSignal) => Promise<TxPoW>;
  /** Takes in what was mined. */
  readonly submit: (txpow: TxPoW) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Mines what the host of a TxBlock node has built: such a node does not know enough to build blocks itself (spec 07 §12). */
export class TemplateMiner {
  readonly #options: TemplateMinerOptions;
  #last = Number.NEGATIVE_INFINITY;
  #search = new AbortController();

  constructor(options: TemplateMinerOptions) {
    this.#options = options;
  }

  /** A template came. Each node searches with other random bytes. One that comes too soon is passed over, a search still under way ends. */
  offer({ header, body }: TxPoW): void {
    const { interval, monotonic, randomBytes } = this.#options;
    if (body === null || monotonic() - this.#last < interval) return;
    this.#last = monotonic();
    this.#search.abort();
    this.#search = new AbortController();
    const own = { ...body, prng: randomBytes(PRNG_BYTES) };
    void this.#mine({ header: { ...header, bodyhash: bodyHash(own) }, body: own }, this.#search.signal);
  }

  /** Ends a search under way. */
  cancel(): void {
    this.#search.abort();
  }

  async #mine(template: TxPoW, signal: AbortSignal): Promise<void> {
    const { mine, submit, onError } = this.#options;
    try {
      await submit(await mine(template, signal));
    } catch (error) {
      if (!(error instanceof CancelledError)) onError(error);
    }
  }
}
