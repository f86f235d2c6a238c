import type { Logger } from "../logger.js";
import type { BoardState } from "./board-sensors.js";

/** Mining goes on once the board is so much cooler than the limit, in degrees. */
const COOLER = 10;
const LOOK_EVERY_MS = 15_000;

export interface MiningGuardOptions {
  readonly read: () => Promise<BoardState>;
  /** Degrees Celsius from which on mining pauses; undefined: never. */
  readonly maxTemperature: number | undefined;
  /** Whether to mine on a battery, too. */
  readonly onBattery: boolean;
  /** Milliseconds between two looks. */
  readonly lookEveryMs?: number;
  readonly log: Pick<Logger, "info" | "debug">;
  /** Told when mining has to end or may go on. */
  readonly changed: (paused: boolean) => void;
}

type Reason = "heat" | "battery";

/** Keeps mining from overheating a board or from running its battery down. */
export class MiningGuard {
  readonly #options: MiningGuardOptions;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #reason: Reason | undefined;

  constructor(options: MiningGuardOptions) {
    this.#options = options;
  }

  /** Why mining is to rest, if so. */
  get reason(): Reason | undefined {
    return this.#reason;
  }

  /** Looks for the first time, then now and then until `stop`. */
  async start(): Promise<void> {
    await this.look();
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.start(), this.#options.lookEveryMs ?? LOOK_EVERY_MS).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Looks now. */
  async look(): Promise<void> {
    const { read, log, changed } = this.#options;
    const board = await read();
    const reason = this.#judge(board);
    if (reason === this.#reason || this.#stopped) return;
    const wasPaused = this.#reason !== undefined;
    this.#reason = reason;
    const fields = { temperature: board.temperature, battery: board.onBattery };
    if (reason === undefined) log.info("mining goes on", fields);
    else log.info("mining pauses", { reason, ...fields });
    if (wasPaused !== (reason !== undefined)) changed(reason !== undefined);
  }

  #judge({ temperature, onBattery }: BoardState): Reason | undefined {
    const { maxTemperature } = this.#options;
    if (onBattery && !this.#options.onBattery) return "battery";
    if (maxTemperature === undefined || temperature === undefined) return undefined;
    const limit = this.#reason === "heat" ? maxTemperature - COOLER : maxTemperature;
    return temperature >= limit ? "heat" : undefined;
  }
}
