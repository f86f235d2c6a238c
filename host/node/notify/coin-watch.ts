import { toHex0x } from "../../protocol/bytes.js";

/** Addresses watched at a time, each some hundred bytes. */
const MAX_WATCHED = 10_000;

/** Addresses whose coins are told about, whoever owns them; until the node stops (spec 09 §7.11). */
export class CoinWatch {
  readonly #addresses = new Set<string>();

  /** Takes an address as `0x` text. Gives false when there are too many. */
  add(address: string): boolean {
    if (this.#addresses.size >= MAX_WATCHED && !this.#addresses.has(address)) return false;
    this.#addresses.add(address);
    return true;
  }

  /** Gives whether it was watched. */
  remove(address: string): boolean {
    return this.#addresses.delete(address);
  }

  has(address: string): boolean {
    return this.#addresses.has(address);
  }

  watches(address: Uint8Array): boolean {
    return this.#addresses.size > 0 && this.#addresses.has(toHex0x(address));
  }
}
