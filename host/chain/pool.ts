import type { Bytes } from "../protocol/bytes.js";
import { carriesTransaction, isBlock, type TxPoW, txpowSize } from "../protocol/txpow.js";
import { type IdKey, idKey, parentKey, txpowKey } from "./id-key.js";

/** Why a block in memory is not in the tree, as far as is known. */
export type BlockStatus =
  /** Its parent is not in the tree. */
  | "orphan"
  /** A TxPoW it lists has not arrived. */
  | "waiting"
  /** Its scripts cost so much that it waits for the network to build on it. */
  | "costly"
  /** It failed the block check. */
  | "invalid";

interface Entry {
  readonly txpow: TxPoW;
  lastAccess: number;
  status: BlockStatus | undefined;
  rejections: number;
  stored: boolean;
}

export interface PoolOptions {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Beyond this many bytes of encoded TxPoWs the oldest leave. */
  readonly maxBytes: number;
}

/**
 * Recently received TxPoWs: what the mempool is made of, and blocks on their way into the tree. Those that went into the cascade
 * are taken out; everything else leaves when nobody asked for it for a while (spec 06b §10, §16).
 */
export class TxPoWPool {
  /** In the order of arrival. */
  readonly #entries = new Map<IdKey, Entry>();
  readonly #children = new Map<IdKey, Set<IdKey>>();
  /** How many entries that carry a transaction prove a coin, by coin id. */
  readonly #coins = new Map<IdKey, number>();
  readonly #options: PoolOptions;
  #bytes = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: IdKey): boolean {
    return this.#entries.has(key);
  }

  /** Does not count as an access. */
  peek(key: IdKey): TxPoW | undefined {
    return this.#entries.get(key)?.txpow;
  }

  /** Counts as an access. */
  get(key: IdKey): TxPoW | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.lastAccess = this.#options.now();
    return entry.txpow;
  }

  /** `stored`: the host has it, or was told to store it. */
  add(txpow: TxPoW, stored: boolean): void {
    const key = txpowKey(txpow);
    if (this.#entries.has(key)) return;
    this.#entries.set(key, { txpow, lastAccess: this.#options.now(), status: undefined, rejections: 0, stored });
    this.#bytes += txpowSize(txpow);
    for (const coin of provenCoins(txpow)) this.#coins.set(coin, (this.#coins.get(coin) ?? 0) + 1);
    if (!isBlock(txpow)) return;
    const siblings = this.#children.get(parentKey(txpow));
    if (siblings === undefined) this.#children.set(parentKey(txpow), new Set([key]));
    else siblings.add(key);
  }

  /** Makes room. Called between events, so that nothing leaves while it is worked on. */
  trim(): void {
    for (const key of this.#entries.keys()) {
      if (this.#bytes <= this.#options.maxBytes) return;
      this.remove(key);
    }
  }

  remove(key: IdKey): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= txpowSize(entry.txpow);
    for (const coin of provenCoins(entry.txpow)) {
      const left = (this.#coins.get(coin) ?? 0) - 1;
      if (left > 0) this.#coins.set(coin, left);
      else this.#coins.delete(coin);
    }
    if (!isBlock(entry.txpow)) return;
    const siblings = this.#children.get(parentKey(entry.txpow));
    siblings?.delete(key);
    if (siblings?.size === 0) this.#children.delete(parentKey(entry.txpow));
  }

  /** Blocks with this parent, in the order of arrival. */
  childrenOf(parent: IdKey): readonly TxPoW[] {
    return Array.from(this.#children.get(parent) ?? []).flatMap((key) => this.#entries.get(key)?.txpow ?? []);
  }

  status(key: IdKey): BlockStatus | undefined {
    return this.#entries.get(key)?.status;
  }

  setStatus(key: IdKey, status: BlockStatus | undefined): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.status = status;
  }

  /** Whether the host has yet to store this TxPoW; from now on it counts as stored. */
  takeUnstored(key: IdKey): TxPoW | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.stored) return undefined;
    entry.stored = true;
    return entry.txpow;
  }

  /** Whether a TxPoW that carries a transaction proves this coin. */
  usesCoin(id: Bytes): boolean {
    return this.#coins.has(idKey(id));
  }

  /** Counts a refusal to put this TxPoW into a block, and gives the count. */
  reject(key: IdKey): number {
    const entry = this.#entries.get(key);
    return entry === undefined ? 0 : ++entry.rejections;
  }

  rejections(key: IdKey): number {
    return this.#entries.get(key)?.rejections ?? 0;
  }

  /** All, in the order of arrival. */
  txpows(): TxPoW[] {
    return Array.from(this.#entries.values(), ({ txpow }) => txpow);
  }

  /** All that are blocks, in the order of arrival. */
  blocks(): TxPoW[] {
    return this.txpows().filter(isBlock);
  }

  /** All that carry a transaction, in the order of arrival. */
  *transactions(): IterableIterator<TxPoW> {
    for (const { txpow } of this.#entries.values()) if (carriesTransaction(txpow)) yield txpow;
  }

  /** Drops entries that nobody asked for since a time. */
  expire(before: number): void {
    for (const [key, entry] of this.#entries) if (entry.lastAccess <= before) this.remove(key);
  }
}

function provenCoins(txpow: TxPoW): IdKey[] {
  if (txpow.body === null || !carriesTransaction(txpow)) return [];
  return [...txpow.body.witness.coinProofs, ...txpow.body.burnWitness.coinProofs].map(({ coin }) => idKey(coin.coinid));
}
