import { isJsonArray, isJsonObject, type JsonValue, parseJson } from "../../../host/protocol/json.js";
import { outputsIn } from "./address-choice.js";
import { at, isWait, type Recording } from "./recording.js";

/** In which blocks the transactions of a recording went, from where their coins show later. */
export class BlockOfCoins {
  readonly #created = new Map<string, number>();

  constructor(recording: Recording) {
    for (const entry of recording) if (!isWait(entry) && entry.response !== "") this.#take(parseJson(entry.response));
  }

  #take(value: JsonValue): void {
    if (isJsonArray(value)) for (const item of value) this.#take(item);
    if (!isJsonObject(value)) return;
    const coinid = value.get("coinid");
    const created = Number(value.get("created"));
    if (typeof coinid === "string" && created > 0) this.#created.set(coinid, created);
    for (const item of value.values()) this.#take(item);
  }

  /** The block of the transaction in an answer; 0 if it does not show. */
  blockOf(answer: JsonValue): number {
    for (const coin of outputsIn(answer)) {
      const created = this.#created.get(String(at(coin, "coinid")));
      if (created !== undefined) return created;
    }
    return 0;
  }
}
