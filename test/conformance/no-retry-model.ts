import { type IdKey, listedKeys, parentKey, txpowKey } from "../../host/chain/id-key.js";
import { isBlock, type TxPoW } from "../../host/protocol/txpow.js";

/**
 * Which blocks of a recorded chain a node has in its tree that does nothing when a missing transaction arrives: such a block is
 * tried again only when a later block leads to it (spec 06b §8). Blocks count as valid if the recording ever had them in its tree.
 */
export class NoRetryModel {
  readonly #valid: ReadonlySet<IdKey>;
  readonly #stored = new Map<IdKey, TxPoW>();
  readonly #added = new Set<IdKey>();

  constructor(valid: Iterable<IdKey>, genesis: TxPoW) {
    this.#valid = new Set(valid);
    this.#stored.set(txpowKey(genesis), genesis);
    this.#added.add(txpowKey(genesis));
  }

  /** How many blocks were ever added. */
  get size(): number {
    return this.#added.size;
  }

  /** Whether all of them are among these. */
  isWithin(keys: ReadonlySet<IdKey>): boolean {
    return [...this.#added].every((key) => keys.has(key));
  }

  receive(txpow: TxPoW): void {
    if (this.#stored.has(txpowKey(txpow))) return;
    this.#stored.set(txpowKey(txpow), txpow);
    const stack = [txpow];
    for (let block = stack.pop(); block !== undefined; block = stack.pop()) {
      const key = txpowKey(block);
      if (!isBlock(block) || this.#added.has(key)) continue;
      if (!this.#added.has(parentKey(block))) {
        const parent = this.#stored.get(parentKey(block));
        if (parent !== undefined) stack.push(parent);
      } else if (this.#valid.has(key) && listedKeys(block).every((id) => this.#stored.has(id))) {
        this.#added.add(key);
        for (const other of this.#stored.values()) if (parentKey(other) === key) stack.push(other);
      }
    }
  }
}
