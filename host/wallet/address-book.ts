import { type Bytes, toHex0x } from "../protocol/bytes.js";
import { WalletError } from "./errors.js";
import type { ScriptRow } from "./scripts.js";
import type { KeyRow, WalletStore } from "./wallet-store.js";

/** The addresses a wallet knows by their scripts, and the public keys it has (spec 09 §8.1). */
export class AddressBook {
  readonly #store: WalletStore;
  /** By address; in the order they were added. */
  readonly #scripts = new Map<string, ScriptRow>();
  readonly #addresses = new Set<string>();
  readonly #publicKeys = new Set<string>();

  constructor(store: WalletStore) {
    this.#store = store;
    for (const row of store.keys()) this.#publicKeys.add(toHex0x(row.publicKey));
    for (const row of store.scripts()) this.#note(row);
  }

  /** Addresses whose coins are the wallet's business, and public keys. The sets follow the book. */
  get watched(): { readonly addresses: ReadonlySet<string>; readonly publicKeys: ReadonlySet<string> } {
    return { addresses: this.#addresses, publicKeys: this.#publicKeys };
  }

  rows(): readonly ScriptRow[] {
    return Array.from(this.#scripts.values());
  }

  /** The addresses used for receiving and for change. */
  defaults(): readonly ScriptRow[] {
    return this.rows().filter((row) => row.default);
  }

  row(address: Bytes): ScriptRow | undefined {
    return this.#scripts.get(toHex0x(address));
  }

  /** Whether coins of an address are spent without being asked for (spec 09 §9.3). */
  isSimple(address: Bytes): boolean {
    return this.row(address)?.simple === true;
  }

  /** Adds a key of the wallet with its address. */
  addKey(key: KeyRow, script: ScriptRow): void {
    this.#store.addKey(key, script);
    this.#publicKeys.add(toHex0x(key.publicKey));
    this.#note(script);
  }

  /** Adds a script, in the place of another one with the same address; the wallet's own addresses stay as they are. */
  put(row: ScriptRow): void {
    if (this.isSimple(row.address)) return;
    this.#store.putScript(row);
    this.#note(row);
  }

  /** Forgets a script that no wallet key belongs to; gives whether there was one. */
  remove(address: Bytes): boolean {
    const key = toHex0x(address);
    const row = this.#scripts.get(key);
    if (row === undefined) return false;
    if (row.simple) throw new WalletError("refused", "this is an address of the wallet: without its script the coins could not be spent");
    this.#store.removeScript(address);
    this.#scripts.delete(key);
    this.#addresses.delete(key);
    return true;
  }

  #note(row: ScriptRow): void {
    const address = toHex0x(row.address);
    this.#scripts.set(address, row);
    if (row.track) this.#addresses.add(address);
    else this.#addresses.delete(address);
  }
}
