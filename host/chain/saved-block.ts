import type { MMRData } from "../protocol/mmr-objects.js";
import { type PackedBytes, unpackBytes } from "../protocol/packed-bytes.js";
import { decodeShared } from "../protocol/reader.js";
import type { TxBlock } from "../protocol/txblock.js";
import type { TxPoW } from "../protocol/txpow.js";
import type { IdKey } from "./id-key.js";
import { hasKey, keyCount } from "./mmr/key-set.js";
import type { SealedMMR } from "./mmr/mmr.js";
import type { FixedNodes } from "./mmr/node-store.js";
import type { PackedNodes } from "./mmr/packed-nodes.js";
import { type BlockCoins, readBlockCoins, type SettledBlock } from "./settled-block.js";

/** What is on disk only of a settled block once it is saved. */
export interface SettledBody {
  readonly block: SettledBlock;
  readonly peaks: readonly number[];
  readonly root: MMRData | null;
  readonly nodes: PackedNodes;
}

/** Where settled blocks are saved. */
export interface SettledSource {
  /** Throws when it cannot be read: no `ProtocolError`, for it is the fault of no block. */
  body(key: IdKey): SettledBody;
}

/** What is kept in memory beside the facts of a block. */
export interface KeptPart {
  /** Leaves of its MMR. */
  readonly next: bigint;
  /** What its overlay holds. */
  readonly keys: PackedBytes;
  /** Its coins, which every look at the wallet goes through; undefined for many. */
  readonly coins: PackedBytes | undefined;
}

/** A settled block that is saved: about a tenth of it is in memory, the rest is read when somebody asks. */
export class SavedBlock {
  readonly #key: IdKey;
  readonly #source: SettledSource;
  readonly #kept: KeptPart;
  readonly mmr: SealedMMR;
  #coins: WeakRef<BlockCoins> | undefined;

  constructor(key: IdKey, source: SettledSource, kept: KeptPart) {
    this.#key = key;
    this.#source = source;
    this.#kept = kept;
    this.mmr = new SavedMMR(this, kept);
  }

  /** Read from where it is saved. */
  get body(): SettledBody {
    return this.#source.body(this.#key);
  }

  get txpow(): TxPoW {
    return this.body.block.txpow;
  }

  /** Without proofs. */
  get txblock(): TxBlock {
    return this.body.block.txblock;
  }

  get coins(): BlockCoins {
    const known = this.#coins?.deref();
    if (known !== undefined) return known;
    const { coins } = this.#kept;
    const decoded = coins === undefined ? this.body.block.coins : decodeShared(readBlockCoins, unpackBytes(coins));
    this.#coins = new WeakRef(decoded);
    return decoded;
  }
}

/** The MMR of a saved block: of its nodes, only where they are is in memory. */
class SavedMMR implements SealedMMR, FixedNodes {
  readonly #block: SavedBlock;
  readonly #kept: KeptPart;

  constructor(block: SavedBlock, kept: KeptPart) {
    this.#block = block;
    this.#kept = kept;
  }

  get next(): bigint {
    return this.#kept.next;
  }

  get peaks(): readonly number[] {
    return this.#block.body.peaks;
  }

  get root(): MMRData | null {
    return this.#block.body.root;
  }

  get nodes(): FixedNodes {
    return this;
  }

  get size(): number {
    return keyCount(this.#kept.keys);
  }

  get(key: number): MMRData | undefined {
    return hasKey(this.#kept.keys, key) ? this.#block.body.nodes.get(key) : undefined;
  }

  entries(): Iterable<readonly [number, MMRData]> {
    return this.#block.body.nodes.entries();
  }
}
