import { type IdKey, idKey } from "../chain/id-key.js";
import { type Bytes, equalBytes } from "../protocol/bytes.js";
import { WalletError } from "./errors.js";
import { keySeed } from "./seedphrase.js";
import { type NodeMaker, TreeKey } from "./treekey.js";
import type { KeyRow } from "./wallet-store.js";

/** Tree keys kept open, with the nodes they used last. */
const OPEN_KEYS = 16;

/** The base seed of a wallet, and the tree keys made of it that are in use. */
export class OpenKeys {
  readonly #baseSeed: Bytes;
  readonly #makeNode: NodeMaker;
  /** The key used last comes last. */
  readonly #open = new Map<IdKey, Promise<TreeKey>>();
  #wiped = false;

  /** The seed is taken over: it is overwritten when the keys are wiped. */
  constructor(baseSeed: Bytes, makeNode: NodeMaker) {
    this.#baseSeed = baseSeed;
    this.#makeNode = makeNode;
  }

  /** The seed of a key. */
  seedOf(index: number): Bytes {
    return keySeed(this.#baseSeed, index);
  }

  treeKey(row: KeyRow): Promise<TreeKey> {
    const id = idKey(row.publicKey);
    const opening = this.#open.get(id) ?? this.#openKey(row);
    this.#open.delete(id);
    this.#open.set(id, opening);
    for (const old of this.#open.keys()) {
      if (this.#open.size <= OPEN_KEYS) break;
      this.#open.delete(old);
    }
    opening.catch(() => this.#open.delete(id));
    return opening;
  }

  async #openKey(row: KeyRow): Promise<TreeKey> {
    const seed = this.seedOf(row.index);
    const key = await TreeKey.open(seed, row.shape, this.#makeNode);
    seed.fill(0);
    if (!equalBytes(key.publicKey, row.publicKey)) throw new WalletError("refused", `key ${row.index} does not belong to this phrase`);
    if (this.#wiped) {
      key.wipe();
      throw new WalletError("locked", "the wallet was locked");
    }
    return key;
  }

  /** The key is made anew when it is needed again. */
  forget(publicKey: Bytes): void {
    this.#open.delete(idKey(publicKey));
  }

  /** Forgets everything secret. */
  wipe(): void {
    this.#wiped = true;
    this.#baseSeed.fill(0);
    for (const opening of this.#open.values())
      opening.then(
        (key) => key.wipe(),
        () => undefined,
      );
    this.#open.clear();
  }
}
