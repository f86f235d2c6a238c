import { type IdKey, idKey } from "../chain/id-key.js";
import { sha3 } from "../core/hash.js";
import type { Bytes } from "../protocol/bytes.js";
import { decode } from "../protocol/reader.js";
import { readSignature, type Signature, writeSignature } from "../protocol/signature.js";
import { encode } from "../protocol/writer.js";
import { WalletError } from "./errors.js";
import type { KeyUseStore } from "./wallet-store.js";

/** How many uses are reserved at a time: an unclean stop wastes this many at most, and only one signature in as many waits for the disk. */
const RESERVED_AT_ONCE = 8;

/** What signs with one of the uses of a key. */
export interface UseSigner {
  /** Uses there are. */
  readonly maxUses: number;
  sign(use: number, data: Bytes): Promise<Signature>;
}

interface KeyState {
  readonly publicKey: Bytes;
  /** The next use; those below may have happened. */
  next: number;
  /** The first use that is not reserved on disk. */
  reserved: number;
  /** Settles when the signature before is done. */
  turn: Promise<unknown>;
}

function exhausted(): WalletError {
  return new WalletError("keys-exhausted", "this key has made all the signatures it can make");
}

/**
 * Hands out the uses of one-time keys, each at most once for ever (spec 04 §10): a use is reserved on disk before its secret is
 * touched, reservations are given back only by an orderly `close`, and the same data gets the signature it got before.
 */
export class SigningJournal {
  readonly #store: KeyUseStore;
  readonly #states = new Map<IdKey, KeyState>();
  #closed = false;

  constructor(store: KeyUseStore) {
    this.#store = store;
  }

  /** The next use of a key: as many may have happened. */
  nextUse(publicKey: Bytes): number {
    return this.#states.get(idKey(publicKey))?.next ?? this.#store.freeUse(publicKey);
  }

  /** Skips the uses of a key below `use`, for keys that may have been used elsewhere. Never lowers anything. */
  raiseUse(publicKey: Bytes, use: number): void {
    this.#checkOpen();
    if (!Number.isSafeInteger(use) || use < 0) throw new RangeError("a use index is a whole number from 0");
    const state = this.#state(publicKey);
    if (use > state.reserved) this.#reserve(state, use);
    state.next = Math.max(state.next, use);
  }

  /**
   * Signs data with the next use of a key, after the signatures of this key that were asked for before. Throws `keys-exhausted`,
   * `closed`. A failed attempt may cost a use.
   */
  sign(publicKey: Bytes, data: Bytes, signer: UseSigner): Promise<Signature> {
    this.#checkOpen();
    const state = this.#state(publicKey);
    const result = state.turn.then(() => this.#signNow(state, data, signer));
    state.turn = result.catch(() => undefined);
    return result;
  }

  /**
   * Signs data with a use of the caller's choice, for keys whose uses are counted elsewhere. Throws `refused` when that use, or a
   * later one, was made here before: for other data it would give the key away.
   */
  signAt(publicKey: Bytes, use: number, data: Bytes, signer: UseSigner): Promise<Signature> {
    this.#checkOpen();
    const state = this.#state(publicKey);
    const result = state.turn.then(async () => {
      const known = this.#known(state, sha3(data));
      if (known !== undefined) return known;
      if (!Number.isSafeInteger(use) || use < 0) throw new WalletError("refused", "a key use is a whole number from 0");
      if (use < state.next)
        throw new WalletError("refused", `use ${use} of this key was made before, never sign with it again: the next one is ${state.next}`);
      if (use >= signer.maxUses) throw exhausted();
      if (use >= state.reserved) this.#reserve(state, use + 1);
      state.next = use;
      return this.#signNext(state, data, signer);
    });
    state.turn = result.catch(() => undefined);
    return result;
  }

  async #signNow(state: KeyState, data: Bytes, signer: UseSigner): Promise<Signature> {
    const known = this.#known(state, sha3(data));
    if (known !== undefined) return known;
    if (state.next >= signer.maxUses) throw exhausted();
    if (state.next >= state.reserved) this.#reserve(state, Math.min(state.next + RESERVED_AT_ONCE, signer.maxUses));
    return this.#signNext(state, data, signer);
  }

  #known({ publicKey }: KeyState, digest: Bytes): Signature | undefined {
    const known = this.#store.signature(publicKey, digest);
    return known === undefined ? undefined : decode(readSignature, known);
  }

  /** The next use is reserved. */
  async #signNext(state: KeyState, data: Bytes, signer: UseSigner): Promise<Signature> {
    const use = state.next++;
    const signature = await signer.sign(use, data);
    this.#store.keepSignature(state.publicKey, sha3(data), encode(writeSignature, signature));
    return signature;
  }

  #reserve(state: KeyState, upTo: number): void {
    this.#store.moveFreeUse(state.publicKey, state.reserved, upTo);
    state.reserved = upTo;
  }

  #state(publicKey: Bytes): KeyState {
    const key = idKey(publicKey);
    let state = this.#states.get(key);
    if (state === undefined) {
      const free = this.#store.freeUse(publicKey);
      state = { publicKey, next: free, reserved: free, turn: Promise.resolve() };
      this.#states.set(key, state);
    }
    return state;
  }

  #checkOpen(): void {
    if (this.#closed) throw new WalletError("closed", "the wallet is closed");
  }

  /** Waits for the signatures under way, then gives back what was reserved and not used. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const state of this.#states.values()) {
      await state.turn;
      if (state.next < state.reserved) this.#store.moveFreeUse(state.publicKey, state.reserved, state.next);
    }
    this.#states.clear();
  }
}
