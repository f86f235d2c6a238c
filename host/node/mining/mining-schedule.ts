import { setTimeout as sleep } from "node:timers/promises";
import { CancelledError } from "../../core/pool.js";
import type { TxPoW } from "../../protocol/txpow.js";

/** How long to wait for a chain to appear (spec 06b §12). */
const NO_CHAIN_WAIT_MS = 30_000;

export interface MiningScheduleOptions {
  /** Milliseconds between the end of one pulse and the beginning of the next. */
  readonly interval: number;
  readonly hasChain: () => boolean;
  /** False while mining is to rest; others are offered templates all the same. */
  readonly mayMine: () => boolean;
  /** Builds and mines a pulse; fails with `CancelledError` when the signal says so. */
  readonly minePulse: (signal: AbortSignal) => Promise<TxPoW>;
  /** Takes in what was mined. */
  readonly submit: (txpow: TxPoW) => Promise<void>;
  /** Told half an interval after a pulse, when it is time to offer others something to mine. */
  readonly offerTemplate: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Mines one pulse per block interval: a node's share in building the chain (spec 06b §12). */
export class MiningSchedule {
  readonly #options: MiningScheduleOptions;
  readonly #stopped = new AbortController();
  #pulse = new AbortController();

  constructor(options: MiningScheduleOptions) {
    this.#options = options;
  }

  /** Runs until `stop`. */
  async run(): Promise<void> {
    const { hasChain, interval, onError } = this.#options;
    while (!this.#stopped.signal.aborted) {
      try {
        await this.#wait(interval / 2);
        if (hasChain()) await this.#options.offerTemplate();
        await this.#wait(interval / 2);
        if (hasChain()) await this.#mineOne();
        else await this.#wait(NO_CHAIN_WAIT_MS);
      } catch (error) {
        if (this.#stopped.signal.aborted) return;
        onError(error);
        await this.#wait(interval).catch(() => {});
      }
    }
  }

  /** A pulse under way would build on the past, or is to rest: it starts again, if it may. */
  again(): void {
    this.#pulse.abort();
  }

  stop(): void {
    this.#stopped.abort();
    this.#pulse.abort();
  }

  async #mineOne(): Promise<void> {
    while (!this.#stopped.signal.aborted && this.#options.mayMine()) {
      this.#pulse = new AbortController();
      try {
        await this.#options.submit(await this.#options.minePulse(this.#pulse.signal));
        return;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
      }
    }
  }

  #wait(milliseconds: number): Promise<void> {
    return sleep(milliseconds, undefined, { signal: this.#stopped.signal, ref: false });
  }
}
