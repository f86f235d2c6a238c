import type { TxBlock } from "../protocol/txblock.js";
import { isBlock, type TxPoW } from "../protocol/txpow.js";
import { type Cascade, EMPTY_CASCADE } from "./cascade.js";
import { type IdKey, parentKey, txpowKey } from "./id-key.js";
import type { CarriedPart, ImportedCoin, SavedChain, SavedRoot } from "./snapshot.js";
import type { Effect, TxPoWSource } from "./types.js";

/** What a store on disk does, in memory: for tests, simulations and replays. */
export class MemoryStore implements TxPoWSource {
  readonly #txpows = new Map<IdKey, TxPoW>();
  readonly #children = new Map<IdKey, TxPoW[]>();
  readonly #blocks = new Map<IdKey, TxBlock>();
  readonly #archive: TxBlock[] = [];
  #imported: ImportedCoin[] = [];
  #root: SavedRoot | null = null;
  /** For the next root. */
  #parts: CarriedPart[] = [];
  #cascade: Cascade = EMPTY_CASCADE;

  get(key: IdKey): TxPoW | undefined {
    return this.#txpows.get(key);
  }

  has(key: IdKey): boolean {
    return this.#txpows.has(key);
  }

  childrenOf(parent: IdKey): readonly TxPoW[] {
    return this.#children.get(parent) ?? [];
  }

  /** Blocks that left the tree, oldest first. */
  get archive(): readonly TxBlock[] {
    return this.#archive;
  }

  apply(effects: readonly Effect[]): void {
    for (const effect of effects) this.#applyOne(effect);
  }

  #applyOne(effect: Effect): void {
    switch (effect.type) {
      case "store":
        this.#put(effect.txpow);
        break;
      case "block-added":
        this.#blocks.set(effect.node.key, effect.node.txblock);
        break;
      case "carry":
        if (effect.part.part === 0) this.#parts = [];
        this.#parts.push(effect.part);
        break;
      case "cut":
        this.#root = {
          key: effect.root,
          mmr: this.#parts.flatMap(({ mmr }) => mmr),
          carried: this.#parts.flatMap(({ carried }) => carried),
        };
        this.#cascade = effect.cascade;
        for (const { key } of [...effect.removed, ...effect.dropped]) this.#blocks.delete(key);
        this.#archive.push(...effect.removed.map((node) => node.txblock));
        this.#imported = this.#imported.filter(({ block }) => block !== effect.root && this.#blocks.has(block));
        break;
      case "coin-imported":
        this.#imported.push(effect.imported);
        break;
      case "cascade-adopted":
        this.#cascade = effect.cascade;
        break;
    }
  }

  #put(txpow: TxPoW): void {
    const key = txpowKey(txpow);
    if (this.#txpows.has(key)) return;
    this.#txpows.set(key, txpow);
    if (!isBlock(txpow)) return;
    const siblings = this.#children.get(parentKey(txpow));
    if (siblings === undefined) this.#children.set(parentKey(txpow), [txpow]);
    else siblings.push(txpow);
  }

  /** What a chain restarts from. */
  saved(): SavedChain & { readonly blocks: readonly TxBlock[] } {
    return {
      cascade: this.#cascade,
      root: this.#root,
      blocks: [...this.#blocks.values()],
      recent: [...this.#txpows.values()],
      imported: [...this.#imported],
    };
  }
}
