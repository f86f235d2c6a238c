import { type IdKey, idKey } from "../chain/id-key.js";
import { type Bytes, equalBytes } from "../protocol/bytes.js";
import type { Signature } from "../protocol/signature.js";
import { verifySignature } from "../protocol/verify-signature.js";
import { WalletError } from "./errors.js";
import { SigningJournal } from "./journal.js";
import { keySeed } from "./seedphrase.js";
import { maxUses, type NodeMaker, TreeKey } from "./treekey.js";
import type { KeyRow, KeyUseStore } from "./wallet-store.js";

/** Tree keys kept open, with the nodes they used last. */
const OPEN_KEYS = 16;

/** A key that signs, and how far it is used up. */
export interface KeySigner {
  readonly publicKey: Bytes;
  /** The index of the next use. */
  readonly uses: number;
  readonly maxUses: number;
  sign(data: Bytes): Promise<Signature>;
}

/** The wallet's keys as signers: opens tree keys when they are needed and signs through the journal. */
export class Keyring {
  readonly #journal: SigningJournal;
  readonly #makeNode: NodeMaker;
  readonly #keys = new Map<IdKey, KeyRow>();
  /** The key used last comes last. */
  readonly #open = new Map<IdKey, Promise<TreeKey>>();
  #baseSeed: Bytes | undefined;

  constructor(store: KeyUseStore, makeNode: NodeMaker) {
    this.#journal = new SigningJournal(store);
    this.#makeNode = makeNode;
  }

  get isLocked(): boolean {
    return this.#baseSeed === undefined;
  }

  /** The seed of a key. Throws `locked`. */
  seedOf(index: number): Bytes {
    if (this.#baseSeed === undefined) throw new WalletError("locked", "the wallet is locked: its private keys are not here");
    return keySeed(this.#baseSeed, index);
  }

  unlock(baseSeed: Bytes): void {
    this.#baseSeed = baseSeed;
  }

  /** Forgets everything secret. */
  lock(): void {
    this.#baseSeed?.fill(0);
    this.#baseSeed = undefined;
    for (const opening of this.#open.values())
      opening.then(
        (key) => key.wipe(),
        () => undefined,
      );
    this.#open.clear();
  }

  add(row: KeyRow): void {
    this.#keys.set(idKey(row.publicKey), row);
  }

  /** The key with this public key, if it is one of the wallet's. */
  row(publicKey: Bytes): KeyRow | undefined {
    return this.#keys.get(idKey(publicKey));
  }

  get rows(): readonly KeyRow[] {
    return Array.from(this.#keys.values());
  }

  uses(publicKey: Bytes): number {
    return this.#journal.nextUse(publicKey);
  }

  raiseUse(publicKey: Bytes, use: number): void {
    this.#journal.raiseUse(publicKey, use);
  }

  /** The signer of a key. Throws `unknown-key`. */
  signerFor(publicKey: Bytes): KeySigner {
    const row = this.#keys.get(idKey(publicKey));
    if (row === undefined) throw new WalletError("unknown-key", "this public key is none of the wallet's");
    const journal = this.#journal;
    return {
      publicKey,
      get uses() {
        return journal.nextUse(publicKey);
      },
      maxUses: maxUses(row.shape),
      sign: (data) => this.#sign(row, data),
    };
  }

  /**
   * What a key signs, it also stands for: whoever holds a key whose public key was signed can sign instead of it (spec 04 §4). So
   * the keys of this wallet and of the nodes in use are never signed.
   */
  async #sign(row: KeyRow, data: Bytes): Promise<Signature> {
    if (this.#keys.has(idKey(data)))
      throw new WalletError("refused", "this data is a public key of the wallet: signing it would hand over a key");
    const signature = await this.#journal.sign(row.publicKey, data, {
      maxUses: maxUses(row.shape),
      sign: async (use) => {
        const key = await this.#treeKey(row);
        if (key.holdsNodeKey(data)) throw new WalletError("refused", "this data is part of the key: signing it would hand the key over");
        return this.#checked(row, data, await key.sign(use, data));
      },
    });
    return signature;
  }

  /** A signature that does not hold shows that the machine miscounted: it must not get out, where it could give secrets away. */
  #checked(row: KeyRow, data: Bytes, signature: Signature): Signature {
    if (verifySignature(row.publicKey, data, signature)) return signature;
    this.#open.delete(idKey(row.publicKey));
    throw new WalletError("refused", "a signature came out wrong and was not used");
  }

  #treeKey(row: KeyRow): Promise<TreeKey> {
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
    if (this.isLocked) {
      key.wipe();
      throw new WalletError("locked", "the wallet was locked");
    }
    return key;
  }

  /** Waits for the signatures under way and closes the journal. */
  async close(): Promise<void> {
    await this.#journal.close();
    this.lock();
  }
}
