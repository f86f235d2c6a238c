import type { WorkerPool } from "../../core/pool.js";
import { padLeft } from "../../protocol/bytes.js";
import type { TxPoW } from "../../protocol/txpow.js";
import { minedHeader, miningMessage } from "./mining-message.js";

export interface MinerOptions {
  /** A pool of its own: a search never waits for other work, nor other work for it. */
  readonly pool: WorkerPool;
  /** A steadily growing clock in milliseconds. */
  readonly monotonic: () => number;
}

const TARGET_BYTES = 32;
/** Assumed until the first search was timed: what a small board does. */
const FIRST_HASH_RATE = 200_000;
/** Searches shorter than this say little about the hash rate. */
const LEAST_TIMED_ATTEMPTS = 50_000;

/** Finds the nonces of TxPoWs (spec 06b §12). */
export class Miner {
  readonly #options: MinerOptions;
  #hashRate = FIRST_HASH_RATE;

  constructor(options: MinerOptions) {
    this.#options = options;
  }

  /** Hashes per second at full duty, as measured last. */
  get hashRate(): number {
    return this.#hashRate;
  }

  /**
   * Searches until the id is below the transaction target, with a share `duty` of the time, above 0 up to 1. Throws
   * `CancelledError` when the signal says so.
   */
  async mine(template: TxPoW, duty: number, signal?: AbortSignal): Promise<TxPoW> {
    if (template.body === null) throw new Error("a TxPoW without body cannot be mined");
    const search = miningMessage(template.header);
    const started = this.#options.monotonic();
    const { message, attempts } = await this.#options.pool.mine(
      { ...search, start: 0n, target: padLeft(template.body.txndiff, TARGET_BYTES), duty },
      signal === undefined ? {} : { signal },
    );
    if (attempts >= LEAST_TIMED_ATTEMPTS) this.#hashRate = (attempts / (this.#options.monotonic() - started) / duty) * 1000;
    return { header: minedHeader(message), body: template.body };
  }

  close(): Promise<void> {
    return this.#options.pool.close();
  }
}
