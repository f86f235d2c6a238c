import { ProtocolError } from "../../protocol/errors.js";
import { type JsonObject, jsonObject, printJson } from "../../protocol/json.js";

/** Somebody who is told about events (spec 09 §16). */
export interface Subscriber {
  wants(event: string): boolean;
  /** `json` is the whole event as text. */
  take(event: string, json: string): void;
}

/** Events that come by the clock: only for those who ask for them by name. */
const TIMER_EVENT = "MDS_TIMER_";

/** Whether an event passes a filter: its name contains it; an empty one lets pass what is not just the clock (spec 09 §16.2). */
export function passesFilter(event: string, filter: string): boolean {
  return filter === "" ? !event.startsWith(TIMER_EVENT) : event.includes(filter);
}

/** Brings the events of a node to those who want them (spec 09 §16.1). An event that nobody wants is never composed. */
export class Notifications {
  readonly #subscribers = new Set<Subscriber>();

  /** Gives what ends the subscription. */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  isWanted(event: string): boolean {
    return Array.from(this.#subscribers).some((subscriber) => subscriber.wants(event));
  }

  post(event: string, data: () => JsonObject): void {
    const takers = Array.from(this.#subscribers).filter((subscriber) => subscriber.wants(event));
    if (takers.length === 0) return;
    const json = composed(event, data);
    if (json !== undefined) for (const taker of takers) give(taker, event, json);
  }
}

/** Undefined for what cannot be printed, such as a token amount beyond all bounds (spec 02 Q11). */
function composed(event: string, data: () => JsonObject): string | undefined {
  try {
    return printJson(jsonObject(["event", event], ["data", data()]));
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** What goes wrong with a subscriber is its own business: not that of the chain, which is being worked on. */
function give(taker: Subscriber, event: string, json: string): void {
  try {
    taker.take(event, json);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
