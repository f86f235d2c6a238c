import { type Bytes, equalBytes } from "../protocol/bytes.js";
import { decryptWithPassword, encryptWithPassword, type RandomBytes } from "../protocol/encryption.js";
import { decodeUtf8, encodeUtf8 } from "../protocol/text.js";
import { WalletError } from "./errors.js";
import type { KeyMaker } from "./key-maker.js";
import type { Keyring } from "./keyring.js";
import { keySeed, newPhrase, phraseSeed } from "./seedphrase.js";
import type { WalletStore } from "./wallet-store.js";

export interface PhraseLockOptions {
  readonly store: WalletStore;
  readonly keyring: Keyring;
  readonly maker: KeyMaker;
  readonly randomBytes: RandomBytes;
}

/** The wallet's phrase: there, away, or away under a password (spec 09 §8.3). The keyring is unlocked while it is there. */
export class PhraseLock {
  readonly #options: PhraseLockOptions;

  constructor(options: PhraseLockOptions) {
    this.#options = options;
  }

  /** Takes the phrase of a stored wallet, or gives a new wallet one: `given`, else a random one. Throws `refused` for another wallet's. */
  async open(given: string | undefined): Promise<void> {
    const { store, keyring, randomBytes } = this.#options;
    const isNew = keyring.rows.length === 0 && store.sealedPhrase() === undefined;
    const stored = store.phrase();
    if (stored !== undefined && given !== undefined && stored !== given)
      throw new WalletError("refused", "this wallet has another phrase: use another --data folder, or leave the phrase out");
    if (stored === undefined && given !== undefined && !isNew) {
      await this.unlock(given);
      return;
    }
    const phrase = stored ?? given ?? (isNew ? newPhrase(randomBytes) : undefined);
    if (phrase === undefined) return;
    if (isNew && given !== undefined) store.setRestoration("catching-up");
    if (stored === undefined) store.setPhrase(phrase);
    keyring.unlock(phraseSeed(phrase));
  }

  /** For the owner's eyes only: never log it. Throws `locked`. */
  reveal(): string {
    const phrase = this.#options.store.phrase();
    if (phrase === undefined) throw new WalletError("locked", "the wallet is locked: its phrase is not here");
    return phrase;
  }

  /** Takes the phrase and all private keys away; with a password they can come back without the phrase. */
  async lock(password?: string): Promise<void> {
    const { store, keyring, randomBytes } = this.#options;
    const phrase = this.reveal();
    const sealed = password === undefined ? undefined : await encryptWithPassword(password, encodeUtf8(phrase), randomBytes);
    store.removePhrase(sealed);
    keyring.lock();
  }

  /** Brings the private keys back. Throws `refused` when the phrase is not that of the wallet's keys. */
  async unlock(phrase: string): Promise<void> {
    const { store, keyring } = this.#options;
    if (!keyring.isLocked) throw new WalletError("refused", "the wallet is not locked");
    const baseSeed = phraseSeed(phrase);
    await this.#check(baseSeed);
    store.setPhrase(phrase);
    keyring.unlock(baseSeed);
  }

  /** As `unlock`, with the password of `lock`. Throws `refused` for a wrong password. */
  async unlockWithPassword(password: string): Promise<void> {
    await this.unlock(await this.#unsealed(password));
  }

  /** The seed of a wallet that is locked with a password. Throws `refused`. */
  async seedUnder(password: string): Promise<Bytes> {
    if (!this.#options.keyring.isLocked) throw new WalletError("refused", "WalletDB NOT Locked! Password Invalid");
    const baseSeed = phraseSeed(await this.#unsealed(password));
    await this.#check(baseSeed);
    return baseSeed;
  }

  async #unsealed(password: string): Promise<string> {
    const sealed = this.#options.store.sealedPhrase();
    if (sealed === undefined) throw new WalletError("refused", "the wallet is not locked with a password");
    const phrase = await decryptWithPassword(password, sealed).catch(() => {
      throw new WalletError("refused", "Incorrect password!");
    });
    return decodeUtf8(phrase);
  }

  async #check(baseSeed: Bytes): Promise<void> {
    const { keyring, maker } = this.#options;
    const first = keyring.rows[0];
    if (first !== undefined && !equalBytes(await maker.publicKeyOf(keySeed(baseSeed, first.index), first.shape), first.publicKey))
      throw new WalletError("refused", "this is not the phrase of this wallet");
  }
}
