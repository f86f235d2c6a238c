import { randomBytes } from "node:crypto";
import type { NetworkParams } from "../../chain/params.js";
import type { TxPoW } from "../../protocol/txpow.js";
import type { NodeConfig } from "../config.js";
import type { Logger } from "../logger.js";
import { type BoardState, readBoard } from "./board-sensors.js";
import { MiningGuard } from "./mining-guard.js";
import { MiningSchedule } from "./mining-schedule.js";
import { TemplateMiner } from "./template-miner.js";

/** Where Linux tells about the machine. */
const BOARD_FOLDER = "/sys/class";

export interface MiningOptions {
  readonly config: Pick<NodeConfig, "mine" | "miningMaxTemp" | "miningOnBattery">;
  readonly params: NetworkParams;
  readonly log: Logger;
  /** Whether this node mines what its host has built, in the place of what it built itself. */
  readonly minesTemplates: boolean;
  readonly hasChain: () => boolean;
  /** Builds a TxPoW without a transaction on the tip. */
  readonly build: () => Promise<TxPoW>;
  /** Fails with `CancelledError` when the signal says so. */
  readonly mine: (template: TxPoW, signal: AbortSignal) => Promise<TxPoW>;
  /** Takes in what was mined. */
  readonly submit: (txpow: TxPoW) => Promise<void>;
  /** Offers others something to mine. */
  readonly offerTemplate: (template: TxPoW) => void;
  /** How hot the machine is and what it runs on; from Linux if not given. */
  readonly readBoard?: () => Promise<BoardState>;
}

/** A node's share in building the chain: what is mined without being paid for by a transaction, and when (spec 06b §12, 07 §12). */
export class Mining {
  readonly #options: MiningOptions;
  readonly #guard: MiningGuard;
  readonly #schedule: MiningSchedule;
  readonly #templates: TemplateMiner;

  constructor(options: MiningOptions) {
    this.#options = options;
    const { params, config, log, mine, submit } = options;
    const onError = (error: unknown): void => log.warn("mining failed", { reason: error instanceof Error ? error.message : String(error) });
    this.#guard = new MiningGuard({
      read: options.readBoard ?? (() => readBoard(BOARD_FOLDER)),
      maxTemperature: config.miningMaxTemp,
      onBattery: config.miningOnBattery,
      log,
      changed: (paused) => {
        if (paused) this.tipChanged();
      },
    });
    this.#schedule = new MiningSchedule({
      interval: params.blockInterval,
      hasChain: options.hasChain,
      mayMine: () => this.pausedBy === undefined,
      minePulse: async (signal) => mine(await options.build(), signal),
      submit,
      offerTemplate: async () => options.offerTemplate(await options.build()),
      onError,
    });
    this.#templates = new TemplateMiner({
      interval: params.blockInterval,
      monotonic: () => performance.now(),
      randomBytes,
      mine,
      submit,
      onError,
    });
  }

  /** Why mining rests, if it does although it is switched on. */
  get pausedBy(): string | undefined {
    return this.#guard.reason;
  }

  start(): void {
    if (!this.#options.config.mine) return;
    void this.#guard.start();
    if (!this.#options.minesTemplates) void this.#schedule.run();
  }

  /** Somebody whose blocks this node follows offers something to mine. */
  offer(template: TxPoW): void {
    const { config, minesTemplates } = this.#options;
    if (config.mine && minesTemplates && this.pausedBy === undefined) this.#templates.offer(template);
  }

  /** What is being mined would build on the past. */
  tipChanged(): void {
    this.#schedule.again();
    this.#templates.cancel();
  }

  stop(): void {
    this.#guard.stop();
    this.#schedule.stop();
    this.#templates.cancel();
  }
}
