import { type IdKey, txpowKey } from "../../host/chain/id-key.js";
import { MemoryStore } from "../../host/chain/memory-store.js";
import { blockNumber } from "../../host/chain/tree-node.js";
import type { Effect } from "../../host/chain/types.js";
import type { ServedStore } from "../../host/node/chain-port.js";
import { memo } from "../../host/protocol/memo.js";
import { type TxBlock, writeTxBlock } from "../../host/protocol/txblock.js";
import { txpowBytes } from "../../host/protocol/txpow.js";
import { encode } from "../../host/protocol/writer.js";

const encoded = memo((block: TxBlock): Uint8Array => encode(writeTxBlock, block));

/** What a simulated node has instead of a disk. */
export class SimStore extends MemoryStore implements ServedStore {
  readonly #tree = new Map<IdKey, TxBlock>();
  /** The main branch below the tree, by number, and the numbers by id. */
  readonly #archived = new Map<number, TxBlock>();
  readonly #numbers = new Map<IdKey, number>();
  #low = Number.POSITIVE_INFINITY;

  readonly txpows = {
    bytes: (key: IdKey): Uint8Array | undefined => {
      const txpow = this.get(key);
      return txpow === undefined ? undefined : txpowBytes(txpow);
    },
  };

  readonly txblocks: ServedStore["txblocks"] = {
    bytes: (key) => {
      const block = this.#block(key);
      return block === undefined ? undefined : encoded(block);
    },
    size: (key) => this.txblocks.bytes(key)?.length ?? 0,
    archivedNumber: (key) => this.#numbers.get(key),
    archived: (from, to) => {
      const marks = [];
      for (let number = Math.max(from, this.#low); number < to; number++) {
        const block = this.#archived.get(number);
        if (block === undefined) break;
        marks.push({ key: txpowKey(block.txpow), number, size: encoded(block).length });
      }
      return marks;
    },
    archiveBounds: () => (this.#archived.size === 0 ? null : { low: this.#low }),
    oldestArchived: () => this.#archived.get(this.#low),
    addToArchive: (block, number) => {
      this.#archived.set(number, block);
      this.#numbers.set(txpowKey(block.txpow), number);
      this.#low = Math.min(this.#low, number);
    },
  };

  archiveCascade(): undefined {
    return undefined;
  }

  readonly prune = (): void => {};

  override apply(effects: readonly Effect[]): void {
    super.apply(effects);
    for (const effect of effects) {
      if (effect.type === "block-added") this.#tree.set(effect.node.key, effect.node.txblock);
      if (effect.type !== "cut") continue;
      for (const { key } of [...effect.removed, ...effect.dropped]) this.#tree.delete(key);
      for (const { txblock } of effect.removed) this.txblocks.addToArchive(txblock, blockNumber(txblock.txpow));
    }
  }

  #block(key: IdKey): TxBlock | undefined {
    const number = this.#numbers.get(key);
    return this.#tree.get(key) ?? (number === undefined ? undefined : this.#archived.get(number));
  }
}
