/** Most addresses remembered: anybody can make one up. */
const MOST_ADDRESSES = 10_000;

/** A bounded set of `host:port` addresses, the oldest forgotten first. */
export class AddressSet {
  readonly #addresses = new Set<string>();

  has(address: string): boolean {
    return this.#addresses.has(address);
  }

  add(address: string): void {
    this.#addresses.add(address);
    for (const oldest of this.#addresses) {
      if (this.#addresses.size <= MOST_ADDRESSES) return;
      this.#addresses.delete(oldest);
    }
  }

  clear(): void {
    this.#addresses.clear();
  }
}

/** Addresses that are not connected with for a while (spec 07 §14). */
export type InvalidList = AddressSet;
