import { jsonObject } from "../../protocol/json.js";
import { maximaMessageToJSON } from "../../protocol/json-views/maxima-json.js";
import type { SettingsFile } from "../../store/settings.js";
import type { EventBus } from "../events.js";
import { localZone } from "../local-zone.js";
import type { Logger } from "../logger.js";
import { ChainEvents, type ChainEventsOptions } from "./chain-events.js";
import { CoinWatch } from "./coin-watch.js";
import type { Notifications } from "./notifications.js";
import { WebHooks } from "./webhooks.js";

export interface NodeNotificationsOptions extends Omit<ChainEventsOptions, "notifications" | "watch"> {
  readonly hub: Notifications;
  readonly events: EventBus;
  readonly settings: SettingsFile;
  /** Not one that tells what it logs. */
  readonly log: Logger;
}

const TIMERS = [
  ["MDS_TIMER_10SECONDS", 10_000],
  ["MDS_TIMER_60SECONDS", 60_000],
  ["MDS_TIMER_1HOUR", 3_600_000],
] as const;

/** Everything that tells the outside about a node (spec 09 §16). */
export class NodeNotifications {
  readonly hub: Notifications;
  readonly watch = new CoinWatch();
  readonly webhooks: WebHooks;
  readonly #timers: readonly NodeJS.Timeout[];

  constructor(options: NodeNotificationsOptions) {
    const { hub, events, settings, log } = options;
    this.hub = hub;
    this.webhooks = new WebHooks({ notifications: hub, settings, log });
    const chainEvents = new ChainEvents({ ...options, notifications: hub, watch: this.watch });
    events.on("effect", (effect) => chainEvents.effect(effect));
    events.on("mining", ({ txpow, mining }) => chainEvents.mining(txpow, mining));
    events.on("txpow", (txpow) => chainEvents.txpow(txpow));
    events.on("maxima", ({ message }) => hub.post("MAXIMA", () => maximaMessageToJSON(message, localZone())));
    events.on("maximahosts", ({ address, connected }) =>
      hub.post("MAXIMAHOSTS", () => jsonObject(["host", address], ["connected", connected])),
    );
    events.on("maximacontacts", () => hub.post("MAXIMACONTACTS", () => jsonObject()));
    this.#timers = TIMERS.map(([event, periodMs]) =>
      setInterval(() => hub.post(event, () => jsonObject(["timemilli", String(Date.now())])), periodMs).unref(),
    );
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.hub.post("MDS_SHUTDOWN", () => jsonObject());
    this.webhooks.close();
  }
}
