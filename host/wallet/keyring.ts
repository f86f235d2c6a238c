import { type IdKey, idKey } from "../chain/id-key.js";
import type { Bytes } from "../protocol/bytes.js";
import type { Signature } from "../protocol/signature.js";
import { verifySignature } from "../protocol/verify-signature.js";
import { WalletError } from "./errors.js";
import { SigningJournal } from "./journal.js";
import { OpenKeys } from "./open-keys.js";
import type { Signer } from "./payment.js";
import { DEFAULT_SHAPE, maxUses, type NodeMaker, TreeKey } from "./treekey.js";
import type { KeyRow, KeyUseStore } from "./wallet-store.js";

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
  #open: OpenKeys | undefined;

  constructor(store: KeyUseStore, makeNode: NodeMaker) {
    this.#journal = new SigningJournal(store);
    this.#makeNode = makeNode;
  }

  get isLocked(): boolean {
    return this.#open === undefined;
  }

  /** The seed of a key. Throws `locked`. */
  seedOf(index: number): Bytes {
    return this.#unlocked().seedOf(index);
  }

  #unlocked(): OpenKeys {
    if (this.#open === undefined) throw new WalletError("locked", "the wallet is locked: its private keys are not here");
    return this.#open;
  }

  unlock(baseSeed: Bytes): void {
    this.#open = new OpenKeys(baseSeed, this.#makeNode);
  }

  /** Forgets everything secret. */
  lock(): void {
    this.#open?.wipe();
    this.#open = undefined;
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
    const row = this.#known(publicKey);
    const journal = this.#journal;
    return {
      publicKey,
      get uses() {
        return journal.nextUse(publicKey);
      },
      maxUses: maxUses(row.shape),
      sign: async (data) => this.#sign(row, data, () => this.#unlocked().treeKey(row)),
    };
  }

  /** Lets `work` sign with the keys of a seed, whether they are locked or not; afterwards the seed is gone. */
  async withSeed<T>(baseSeed: Bytes, work: (signer: Signer) => Promise<T>): Promise<T> {
    const keys = new OpenKeys(baseSeed, this.#makeNode);
    try {
      return await work({
        sign: async (publicKey, data) => {
          const row = this.#known(publicKey);
          return this.#sign(row, data, () => keys.treeKey(row));
        },
      });
    } finally {
      keys.wipe();
    }
  }

  #known(publicKey: Bytes): KeyRow {
    const row = this.#keys.get(idKey(publicKey));
    if (row === undefined) throw new WalletError("unknown-key", "this public key is none of the wallet's");
    return row;
  }

  /**
   * What a key signs, it also stands for: whoever holds a key whose public key was signed can sign instead of it (spec 04 §4). So
   * the keys of this wallet and of the nodes in use are never signed.
   */
  async #sign({ publicKey, shape }: KeyRow, data: Bytes, openKey: () => Promise<TreeKey>): Promise<Signature> {
    this.#refuseOwnKeys(data);
    return this.#journal.sign(publicKey, data, {
      maxUses: maxUses(shape),
      sign: async (use) => {
        const key = await openKey();
        return this.#checked(key, use, data, () => this.#open?.forget(publicKey));
      },
    });
  }

  /** Signs with a key that is kept elsewhere, whose owner counts its uses. Throws `refused` for a use that was made here before. */
  async signWith(privateSeed: Bytes, use: number, data: Bytes): Promise<Signature> {
    this.#refuseOwnKeys(data);
    const key = await TreeKey.open(privateSeed, DEFAULT_SHAPE, this.#makeNode);
    try {
      return await this.#journal.signAt(key.publicKey, use, data, {
        maxUses: key.maxUses,
        sign: async () => this.#checked(key, use, data, () => {}),
      });
    } finally {
      key.wipe();
    }
  }

  #refuseOwnKeys(data: Bytes): void {
    if (this.#keys.has(idKey(data)))
      throw new WalletError("refused", "this data is a public key of the wallet: signing it would hand over a key");
  }

  /** A signature that does not hold shows that the machine miscounted: it must not get out, where it could give secrets away. */
  async #checked(key: TreeKey, use: number, data: Bytes, onFailure: () => void): Promise<Signature> {
    if (key.holdsNodeKey(data)) throw new WalletError("refused", "this data is part of the key: signing it would hand the key over");
    const { publicKey } = key;
    const signature = await key.sign(use, data);
    if (verifySignature(publicKey, data, signature)) return signature;
    onFailure();
    throw new WalletError("refused", "a signature came out wrong and was not used");
  }

  /** Waits for the signatures under way and closes the journal. */
  async close(): Promise<void> {
    await this.#journal.close();
    this.lock();
  }
}
