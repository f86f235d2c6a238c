import { toHex0x } from "../../../host/protocol/bytes.js";
import type { JsonValue } from "../../../host/protocol/json.js";
import { isJsonArray } from "../../../host/protocol/json.js";
import type { Wallet } from "../../../host/wallet/wallet.js";
import { answersTo, at, type Recording } from "./recording.js";

const OUTPUT_LISTS = [
  ["response", "body", "txn", "outputs"],
  ["response", "body", "burntxn", "outputs"],
  ["response", "txpow", "body", "txn", "outputs"],
  ["response", "txpow", "body", "burntxn", "outputs"],
  ["response", "transaction", "outputs"],
] as const;

/** The coins that the transactions in an answer make. */
export function outputsIn(answer: JsonValue): JsonValue[] {
  return OUTPUT_LISTS.flatMap((path) => {
    const list = at(answer, ...path);
    return isJsonArray(list) ? list : [];
  });
}

/**
 * Lets a wallet take the default addresses the recorded node took where it chose one at random, so that the same coins are made
 * and selected.
 */
export class AddressChoice {
  readonly #defaults: ReadonlySet<string>;
  #next: string[] = [];

  constructor(wallet: Wallet, recording: Recording) {
    const rows = answersTo(recording, "scripts").flatMap((answer) => {
      const list = at(answer, "response");
      return isJsonArray(list) ? list : [];
    });
    this.#defaults = new Set(rows.filter((row) => at(row, "default") === true).map((row) => String(at(row, "address"))));
    const choose = wallet.getAddress.bind(wallet);
    wallet.getAddress = () => {
      const address = this.#next.length > 1 ? this.#next.shift() : this.#next[0];
      const row = address === undefined ? undefined : wallet.scripts().find((known) => toHex0x(known.address) === address);
      return row ?? choose();
    };
  }

  /** Takes the choices that show in a recorded answer; the last one stays for all that come after. */
  follow(request: string, answer: JsonValue): void {
    const addresses = [at(answer, "response"), ...outputsIn(answer)].map((item) => at(item, "address"));
    const chosen = addresses.filter(
      (text): text is string => typeof text === "string" && this.#defaults.has(text) && !request.includes(text),
    );
    this.#next = chosen.filter((text, i) => text !== chosen[i - 1]);
  }
}
