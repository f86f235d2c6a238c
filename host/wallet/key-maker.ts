import type { Bytes } from "../protocol/bytes.js";
import type { AddressBook } from "./address-book.js";
import type { Caution } from "./caution.js";
import type { Keyring } from "./keyring.js";
import { type ScriptRow, simpleRow } from "./scripts.js";
import { keyModifier } from "./seedphrase.js";
import { DEFAULT_SHAPE, type NodeMaker, type TreeShape, treePublicKey } from "./treekey.js";

export interface KeyMakerOptions {
  readonly keyring: Keyring;
  readonly book: AddressBook;
  readonly caution: Caution;
  readonly makeNode: NodeMaker;
  /** How many default addresses there shall be. */
  readonly wanted: number;
  /** Called after every default key that was made. */
  readonly onProgress?: ((made: number, wanted: number) => void) | undefined;
}

/** Makes the wallet's keys, one after the other, and fills the pool of default addresses in the background (spec 04 §8). */
export class KeyMaker {
  readonly #options: KeyMakerOptions;
  /** Settles when the last key asked for is made. */
  #making: Promise<unknown> = Promise.resolve();
  #filling: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: KeyMakerOptions) {
    this.#options = options;
  }

  /** How many default addresses there are, and how many there will be. */
  get progress(): { readonly made: number; readonly wanted: number } {
    return { made: this.#options.book.defaults().length, wanted: this.#options.wanted };
  }

  /** Whether all default addresses are there. */
  get isFilled(): boolean {
    const { made, wanted } = this.progress;
    return made >= wanted;
  }

  /** Settles when all default addresses are there, or the wallet is locked or closed. Throws what stopped the making. */
  get whenFilled(): Promise<void> {
    return this.#filling;
  }

  /** Makes the first default address, if there is none, and begins with the others. */
  async begin(): Promise<void> {
    if (this.progress.made === 0) await this.#makeDefault();
    this.fill();
  }

  /** Makes the default addresses that are missing, in the background. */
  fill(): void {
    this.#filling = this.#filling.catch(() => undefined).then(() => this.#makeMissing());
    this.#filling.catch(() => undefined);
  }

  /** Makes a key and its address. Throws `locked`. */
  make(isDefault: boolean): Promise<ScriptRow> {
    const { keyring, book, caution } = this.#options;
    const made = this.#making.then(async () => {
      const index = keyring.rows.length;
      const draft = { index, modifier: keyModifier(index), shape: DEFAULT_SHAPE };
      const row = { ...draft, publicKey: await this.publicKeyOf(keyring.seedOf(index), DEFAULT_SHAPE) };
      const script = simpleRow(row.publicKey, isDefault);
      caution.prepare(row);
      book.addKey(row, script);
      keyring.add(row);
      return script;
    });
    this.#making = made.catch(() => undefined);
    return made;
  }

  /** The public key of a seed, which is wiped. */
  async publicKeyOf(seed: Bytes, shape: TreeShape): Promise<Bytes> {
    try {
      return await treePublicKey(seed, shape.keys, this.#options.makeNode);
    } finally {
      seed.fill(0);
    }
  }

  /** Waits for what is under way and begins nothing more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#filling.catch(() => undefined);
    await this.#making;
  }

  async #makeMissing(): Promise<void> {
    while (!this.isFilled && !this.#stopped && !this.#options.keyring.isLocked) await this.#makeDefault();
  }

  async #makeDefault(): Promise<void> {
    await this.make(true);
    const { made, wanted } = this.progress;
    this.#options.onProgress?.(made, wanted);
  }
}
