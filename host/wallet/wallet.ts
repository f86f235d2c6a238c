import { isRelevantCoin, type Tracked } from "../chain/coins.js";
import type { NetworkParams } from "../chain/params.js";
import type { Bytes } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import type { RandomBytes } from "../protocol/encryption.js";
import type { Signature } from "../protocol/signature.js";
import type { TxPoW } from "../protocol/txpow.js";
import { AddressBook } from "./address-book.js";
import { Caution } from "./caution.js";
import { CoinTracks } from "./coin-tracks.js";
import { WalletError } from "./errors.js";
import { KeyMaker } from "./key-maker.js";
import { Keyring, type KeySigner } from "./keyring.js";
import type { Signer } from "./payment.js";
import { PhraseLock } from "./phrase-lock.js";
import { randomBelow } from "./random.js";
import { isRelevantTxPoW } from "./relevance.js";
import { MULTISIG_ROW, type ScriptRow } from "./scripts.js";
import { keySeed, phraseSeed } from "./seedphrase.js";
import { DEFAULT_SHAPE, makeNodeHere, maxUses, type NodeMaker } from "./treekey.js";
import { type WalletRecord, walletRecord } from "./wallet-record.js";
import type { KeyRow, Place, WalletStore } from "./wallet-store.js";

/** Addresses of the default pool (spec 04 §8). */
const DEFAULT_KEYS = { main: 64, test: 8 } as const;
/** The share of its uses after which a key is not offered for receiving any more. */
const NEARLY_USED_UP = 0.95;

export interface WalletOptions {
  readonly store: WalletStore;
  readonly params: NetworkParams;
  /** The canonical phrase of a new wallet; a random one if not given. A wallet that has another one is not opened. */
  readonly phrase?: string;
  /** Cryptographically secure. */
  readonly randomBytes: RandomBytes;
  /** Who makes key nodes; this thread if not given. */
  readonly makeNode?: NodeMaker;
  /** Where the wallet's file lies and what the time is: with both, copies and long pauses are noticed. */
  readonly place?: Place;
  readonly now?: () => number;
  /** Called after every default key that was made. */
  readonly onProgress?: (made: number, wanted: number) => void;
}

/** A key and how far it is used (spec 09 §6). */
export interface KeyStatus extends KeyRow {
  readonly uses: number;
  readonly maxUses: number;
}

/** The owner's keys, addresses and scripts (spec 04 §8, 09 §8-§9). */
export class Wallet {
  readonly #options: WalletOptions;
  readonly #store: WalletStore;
  readonly #keyring: Keyring;
  readonly #book: AddressBook;
  readonly #maker: KeyMaker;
  readonly #phrase: PhraseLock;
  readonly #coinTracks: CoinTracks;
  readonly #caution: Caution;
  #closed = false;

  private constructor(options: WalletOptions) {
    const { store, params, randomBytes, makeNode = makeNodeHere, place, now, onProgress } = options;
    this.#options = options;
    this.#store = store;
    this.#coinTracks = new CoinTracks(store);
    this.#book = new AddressBook(store);
    const keyring = new Keyring(store, makeNode);
    for (const row of store.keys()) keyring.add(row);
    this.#keyring = keyring;
    this.#caution = new Caution({ store, keyring, randomBytes, place, now });
    const wanted = DEFAULT_KEYS[params.name];
    this.#maker = new KeyMaker({ keyring, book: this.#book, caution: this.#caution, makeNode, wanted, onProgress });
    this.#phrase = new PhraseLock({ store, keyring, maker: this.#maker, randomBytes });
  }

  /**
   * Opens a wallet, or makes a new one. At least one address is there when it returns; the others of the default pool are made in the
   * background. Throws `refused` for the phrase of another wallet.
   */
  static async open(options: WalletOptions): Promise<Wallet> {
    const wallet = new Wallet(options);
    wallet.#caution.start();
    await wallet.#phrase.open(options.phrase);
    if (wallet.scriptOf(MULTISIG_ROW.address) === undefined) wallet.putScript(MULTISIG_ROW);
    if (!wallet.isLocked) await wallet.#maker.begin();
    return wallet;
  }

  /** Whether the wallet may be a copy and waits to see the chain: until then it does not sign (spec 04 §10). */
  get isCatchingUp(): boolean {
    return this.#caution.isWaiting;
  }

  /** The chain is known up to the present: the wallet may sign again. */
  caughtUp(): void {
    this.#caution.caughtUp();
  }

  /** The owner says that no other copy of this wallet signs: it goes on far ahead with every key, at once. */
  proceed(): Promise<void> {
    return this.#caution.proceed();
  }

  /** Whether another wallet is being made ready for the next start: this one then signs no more. */
  set isReplaced(on: boolean) {
    this.#caution.isReplaced = on;
  }

  /** To be called now and then while the wallet is in use. */
  noteAlive(): void {
    this.#caution.noteAlive();
  }

  /** Goes on well beyond the uses of own keys that show in the signatures of a TxPoW and were made elsewhere (spec 04 §10). */
  noteUses(txpow: TxPoW): void {
    this.#caution.noteUses(txpow);
  }

  /** A coin at an address was spent by a transaction that is not at hand: if the key is the wallet's, it goes on well beyond. */
  noteUnseenSpend(address: Bytes): void {
    const row = this.scriptOf(address);
    if (row?.simple === true) this.#caution.noteUnseenUse(row.publicKey);
  }

  /** Whether the phrase and with it the private keys are away (spec 09 §8.3). */
  get isLocked(): boolean {
    return this.#keyring.isLocked;
  }

  /** What the wallet watches for. The sets follow the wallet. */
  get tracked(): Tracked {
    return { ...this.#book.watched, coins: this.#coinTracks.byCoin };
  }

  /** Watches a coin, or no more, whatever its address and state say (spec 09 §7.11). */
  trackCoin(coin: Coin, track: boolean): void {
    this.#coinTracks.set(coin, track, this.#book.watched);
  }

  /** Coins were spent for good. */
  forgetCoins(coins: Iterable<Coin>): void {
    this.#coinTracks.forget(coins);
  }

  /** In the order of making. */
  keys(): readonly KeyStatus[] {
    return this.#keyring.rows.map((row) => ({ ...row, uses: this.#keyring.uses(row.publicKey), maxUses: maxUses(row.shape) }));
  }

  /** The index of a key's next use; 0 for a key of another wallet. */
  usesOf(publicKey: Bytes): number {
    return this.#keyring.uses(publicKey);
  }

  /** All that a backup has to hold: it has the phrase in it, if the wallet is not locked. */
  record(): WalletRecord {
    return walletRecord(this.#store, (publicKey) => this.usesOf(publicKey));
  }

  /** The public keys that a phrase gives, in the order of their making; nothing is kept. */
  async previewKeys(phrase: string, count: number): Promise<Bytes[]> {
    const baseSeed = phraseSeed(phrase);
    const keys: Bytes[] = [];
    for (let i = 0; i < count; i++) keys.push(await this.#maker.publicKeyOf(keySeed(baseSeed, i), DEFAULT_SHAPE));
    return keys;
  }

  scripts(): readonly ScriptRow[] {
    return this.#book.rows();
  }

  scriptOf(address: Bytes): ScriptRow | undefined {
    return this.#book.row(address);
  }

  /** Whether coins of an address are spent without being asked for (spec 09 §9.3). */
  isSimple(address: Bytes): boolean {
    return this.#book.isSimple(address);
  }

  /** Adds a script, in the place of another one with the same address; the wallet's own addresses stay as they are. */
  putScript(row: ScriptRow): void {
    this.#book.put(row);
  }

  /** Forgets a script that no wallet key belongs to; gives whether there was one. */
  removeScript(address: Bytes): boolean {
    return this.#book.remove(address);
  }

  /** One of the default addresses, at random: for receiving and for change (spec 04 §8). Throws `refused` when there is none. */
  getAddress(): ScriptRow {
    const pool = this.#book.defaults();
    const fresh = pool.filter(({ publicKey }) => this.#keyring.uses(publicKey) < maxUses(DEFAULT_SHAPE) * NEARLY_USED_UP);
    const choice = fresh.length > 0 ? fresh : pool;
    const row = choice[choice.length === 0 ? 0 : randomBelow(choice.length, this.#options.randomBytes)];
    if (row === undefined) throw new WalletError("refused", "the wallet has no address yet");
    return row;
  }

  /** An address of a new key; it is never given by `getAddress` (spec 09 §8.1). Throws `locked`. */
  newAddress(): Promise<ScriptRow> {
    return this.#maker.make(false);
  }

  /** Settles when all default addresses are there, or the wallet is locked or closed. Throws what stopped the making. */
  get whenFilled(): Promise<void> {
    return this.#maker.whenFilled;
  }

  /** How many default addresses there are, and how many there will be. */
  get filling(): { readonly made: number; readonly wanted: number } {
    return this.#maker.progress;
  }

  /** Whether all default addresses are there. */
  get isFilled(): boolean {
    return this.#maker.isFilled;
  }

  /** The signer of a key. Throws `unknown-key`, and `refused` while a restored wallet has not seen the chain. */
  signerFor(publicKey: Bytes): KeySigner {
    this.#caution.checkMaySign();
    return this.#keyring.signerFor(publicKey);
  }

  /** Signs with a key. Throws `unknown-key`, `locked`, `keys-exhausted`, and `refused` for data that would hand a key over. */
  async sign(publicKey: Bytes, data: Bytes): Promise<Signature> {
    return this.signerFor(publicKey).sign(data);
  }

  /**
   * Signs with a key of the default shape that is not the wallet's, by a use that its owner has counted. Throws `refused` when this
   * wallet knows that the use, or a later one, was made.
   */
  signWith(privateSeed: Bytes, use: number, data: Bytes): Promise<Signature> {
    return this.#keyring.signWith(privateSeed, use, data);
  }

  /**
   * Lets `work` sign although the wallet is locked with a password; for everybody else it stays locked, and nothing is written.
   * Throws `refused` for a wrong password, and when the wallet is not locked.
   */
  async withUnlocked<T>(password: string, work: (signer: Signer) => Promise<T>): Promise<T> {
    const baseSeed = await this.#phrase.seedUnder(password);
    return this.#keyring.withSeed(baseSeed, (signer) => {
      this.#caution.checkMaySign();
      return work(signer);
    });
  }

  /** Skips the uses of a key below an index: after restores, when the key may have been used elsewhere (spec 04 §10). */
  raiseUse(publicKey: Bytes, use: number): void {
    this.#keyring.raiseUse(publicKey, use);
  }

  /** Whether a coin is the wallet's business (spec 09 §9.1). */
  isRelevantCoin(coin: Coin): boolean {
    return isRelevantCoin(coin, this.tracked);
  }

  /** Whether a TxPoW is the wallet's business (spec 09 §9.2). */
  isRelevantTxPoW(txpow: TxPoW): boolean {
    return isRelevantTxPoW(txpow, this.tracked);
  }

  /** The phrase, for the owner's eyes only: never log it. Throws `locked`. */
  revealPhrase(): string {
    return this.#phrase.reveal();
  }

  /** Takes the phrase and all private keys away; with a password they can come back without the phrase (spec 09 §8.3). */
  lock(password?: string): Promise<void> {
    return this.#phrase.lock(password);
  }

  /** Brings the private keys back. Throws `refused` when the phrase is not that of the wallet's keys. */
  async unlock(phrase: string): Promise<void> {
    await this.#phrase.unlock(phrase);
    this.#maker.fill();
  }

  /** As `unlock`, with the password of `lock`. Throws `refused` for a wrong password. */
  async unlockWithPassword(password: string): Promise<void> {
    await this.#phrase.unlockWithPassword(password);
    this.#maker.fill();
  }

  /** Waits for work under way, then closes the store. Uses that were reserved are given back. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#maker.stop();
    this.noteAlive();
    await this.#keyring.close();
    this.#store.close();
  }
}
