import type { Effect } from "../chain/types.js";
import type { Traffic } from "../net/traffic.js";
import { toHex0x } from "../protocol/bytes.js";
import { MessageType } from "../protocol/messages/message.js";
import { isBlock, isTransaction, txpowId } from "../protocol/txpow.js";
import type { EventBus } from "./events.js";
import type { LogFields, Logger } from "./logger.js";

/** What can be logged in more detail (spec 09 §7.9, `logs`). */
export const LOG_TOPICS = ["scripts", "mining", "maxima", "blocks", "txpowdb", "networking", "ibd", "peerschecker"] as const;
export type LogTopic = (typeof LOG_TOPICS)[number];

const TYPE_NAMES = new Map<number, string>(Object.entries(MessageType).map(([name, type]) => [type, name]));

/** Switches that make a running node log more, topic by topic; all are off at its start. */
export class LogTopics {
  readonly #log: Logger;
  readonly #on = new Set<LogTopic>();
  #trace: { readonly filter: string } | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  isOn(topic: LogTopic): boolean {
    return this.#on.has(topic);
  }

  set(topic: LogTopic, on: boolean): void {
    if (on) this.#on.add(topic);
    else this.#on.delete(topic);
  }

  /** Logs every step of the chain whose name contains a text, until it is switched off with undefined. */
  trace(filter: string | undefined): void {
    this.#trace = filter === undefined ? undefined : { filter };
  }

  /** A logger whose details are for everybody to see while a topic is on. */
  logger(topic: LogTopic): Logger {
    const log = this.#log;
    const details = (event: string, fields?: LogFields): void => (this.isOn(topic) ? log.info(event, fields) : log.debug(event, fields));
    return { debug: details, info: log.info, warn: log.warn, error: log.error };
  }

  /** Tells what a node does, as far as a switch asks for it. */
  follow(events: EventBus): void {
    events.on("effect", (effect) => {
      if (this.#trace !== undefined && effect.type.includes(this.#trace.filter)) this.#log.info("trace", { step: effect.type });
      this.#tell(effect);
    });
    events.on("mining", ({ txpow, mining }) => {
      if (!this.isOn("mining")) return;
      const { transaction } = txpow.body ?? {};
      this.#log.info(mining ? "mining begins" : "mining ends", {
        id: toHex0x(txpowId(txpow)),
        inputs: transaction?.inputs.length ?? 0,
        outputs: transaction?.outputs.length ?? 0,
      });
    });
  }

  /** Logs every message that is sent or read, while `networking` is on. */
  watch(traffic: Traffic): void {
    traffic.watch((direction, type, bytes) => {
      if (this.isOn("networking")) this.#log.info(`message ${direction}`, { type: TYPE_NAMES.get(type) ?? type, bytes });
    });
  }

  #tell(effect: Effect): void {
    if (effect.type === "block-added" && this.isOn("blocks")) {
      const { number, txpow } = effect.node;
      this.#log.info("block added", { block: number, id: toHex0x(txpowId(txpow)), txns: txpow.body?.txnlist.length ?? 0 });
    }
    if (effect.type === "store" && this.isOn("txpowdb")) {
      const { txpow } = effect;
      this.#log.info("TxPoW stored", { id: toHex0x(txpowId(txpow)), block: isBlock(txpow), transaction: isTransaction(txpow) });
    }
    if (effect.type === "block-invalid" && this.isOn("scripts") && effect.rule.includes("script"))
      this.#log.info("a script said no", { block: effect.number, rule: effect.rule });
  }
}
