import { setImmediate as nextTurn } from "node:timers/promises";
import { type Bytes, toHex } from "../protocol/bytes.js";
import type { RandomBytes } from "../protocol/encryption.js";
import { signatureRootKey } from "../protocol/mmr-node.js";
import type { Signature } from "../protocol/signature.js";
import type { TxPoW } from "../protocol/txpow.js";
import { WalletError } from "./errors.js";
import type { Keyring } from "./keyring.js";
import { copyUse, ForeignUses, freshUse, pauseUse, useBeyond, useOf } from "./restored-use.js";
import { DEFAULT_SHAPE } from "./treekey.js";
import type { KeyRow, Place, WalletStore } from "./wallet-store.js";

export interface CautionOptions {
  readonly store: WalletStore;
  readonly keyring: Keyring;
  readonly randomBytes: RandomBytes;
  /** Where the wallet's file lies now; a copy is noticed by it. */
  readonly place?: Place | undefined;
  /** Unix milliseconds. */
  readonly now?: (() => number) | undefined;
}

/** A wallet that did not run for so long may be an old copy put back, with a newer one lost: six hours. */
const LONG_PAUSE_MS = 6 * 3600 * 1000;
/** The clock of a board without battery starts in the past: a wallet must not seem to come from the future by more than this. */
const CLOCK_SLACK_MS = 10 * 60 * 1000;

const differ = (a: string, b: string): boolean => a !== "" && b !== "" && a !== b;

/** Whether a file that was on one machine is on another one now: both may run. */
export function isOtherMachine(before: Place, now: Place): boolean {
  return differ(before.machine, now.machine) || differ(before.board, now.board);
}

/** Whether a file is another one than before: a copy, of which the old one may have gone on meanwhile. */
export function isOtherFile(before: Place, now: Place): boolean {
  return differ(before.inode, now.inode) && differ(before.born, now.born);
}

/**
 * Keeps the wallet from making a second signature with a one-time key where it cannot know all its first ones: after a restore from
 * the phrase or a backup, when the file was copied, and after a long pause (spec 04 §10). It then signs only when it has seen the
 * chain up to the present, and goes on with uses that nobody else will have come to.
 */
export class Caution {
  readonly #options: CautionOptions;
  readonly #foreignUses = new ForeignUses();
  /** Keys that went on because of a spend whose signature was not to be seen; once is enough for a run. */
  readonly #wentOn = new Set<string>();
  /** Whether the wallet waits because of a long pause, and whether it did so in this run. */
  #isAfterPause = false;
  #wasAfterPause = false;
  #isReplaced = false;

  constructor(options: CautionOptions) {
    this.#options = options;
  }

  /** To be called when the keys are there, before anything is signed. Everything it decides is durable when it returns. */
  start(): void {
    const { store, place, now, randomBytes } = this.#options;
    if (place === undefined || now === undefined) return;
    const life = store.life();
    if (life !== undefined && isOtherMachine(life.place, place)) {
      this.#raiseAll((use, row) => copyUse(use, row.shape, randomBytes));
      store.setRestoration("catching-up");
    } else if (life !== undefined && isOtherFile(life.place, place)) {
      // By much less: there are machines that copy all their data at every start, and no key must get used up by that.
      this.#raiseAll((use, row) => useBeyond(use, row.shape, randomBytes));
      store.setRestoration("catching-up");
    } else if (life !== undefined && (now() - life.seen > LONG_PAUSE_MS || now() < life.seen - CLOCK_SLACK_MS)) {
      this.#raiseAll((use, row) => pauseUse(use, row.shape, randomBytes));
      this.#isAfterPause = true;
      this.#wasAfterPause = true;
      return;
    }
    store.setLife({ place, seen: now() });
  }

  /** Whether the wallet waits to see the chain. */
  get isWaiting(): boolean {
    return this.#isAfterPause || this.#options.store.restoration() === "catching-up";
  }

  /** Another wallet takes the place of this one at the next start, and may have keys of it: this one signs no more. */
  set isReplaced(on: boolean) {
    this.#isReplaced = on;
  }

  /** Throws `refused` while the wallet waits. */
  checkMaySign(): void {
    if (this.#isReplaced) throw new WalletError("refused", "a restore is ready: start the node again");
    if (!this.isWaiting) return;
    const why = this.#isAfterPause
      ? "this wallet has not run for some time and may be an old copy"
      : "this wallet was restored from its phrase, or its data was copied";
    throw new WalletError(
      "refused",
      `${why}: it signs as soon as the node has caught up with the chain, or at once after: keys action:fresh`,
    );
  }

  /** The chain is known up to the present. */
  caughtUp(): void {
    if (this.#options.store.restoration() === "catching-up") this.#options.store.setRestoration("caught-up");
    this.#isAfterPause = false;
    this.noteAlive();
  }

  /** The owner says that no other copy of this wallet signs: all keys go on far ahead, without waiting for the chain. */
  async proceed(): Promise<void> {
    const { keyring, randomBytes } = this.#options;
    for (const row of keyring.rows) {
      keyring.raiseUse(row.publicKey, copyUse(keyring.uses(row.publicKey), row.shape, randomBytes));
      await nextTurn();
    }
    this.caughtUp();
  }

  /** Remembers that the wallet runs. */
  noteAlive(): void {
    const { store, place, now } = this.#options;
    if (place !== undefined && now !== undefined && !this.isWaiting) store.setLife({ place, seen: now() });
  }

  /** Whether keys may have been made and used elsewhere that are not here yet. */
  get #mayBeCopy(): boolean {
    return this.#wasAfterPause || this.#options.store.restoration() !== "none";
  }

  #raiseAll(next: (use: number, row: KeyRow) => number): void {
    const { keyring } = this.#options;
    for (const row of keyring.rows) keyring.raiseUse(row.publicKey, next(keyring.uses(row.publicKey), row));
  }

  /** Goes on well beyond the uses of own keys that show in the signatures of a TxPoW and were made elsewhere. */
  noteUses({ body }: TxPoW): void {
    for (const { signatures } of body === null ? [] : [body.witness, body.burnWitness])
      for (const signature of signatures) this.#noteUse(signature);
  }

  #noteUse(signature: Signature): void {
    const { keyring, randomBytes } = this.#options;
    const use = useOf(signature, DEFAULT_SHAPE);
    if (use === undefined) return;
    const publicKey = signatureRootKey(signature);
    if (keyring.row(publicKey) === undefined) {
      if (this.#mayBeCopy) this.#foreignUses.note(publicKey, use);
    } else if (use >= keyring.uses(publicKey)) {
      keyring.raiseUse(publicKey, useBeyond(use, DEFAULT_SHAPE, randomBytes));
    }
  }

  /** A coin of a key was spent in the chain, and nobody here has the signature: whoever made it may go on with the uses of this wallet. */
  noteUnseenUse(publicKey: Bytes): void {
    const { keyring, randomBytes } = this.#options;
    const row = keyring.row(publicKey);
    const key = toHex(publicKey);
    if (row === undefined || this.#wentOn.has(key)) return;
    this.#wentOn.add(key);
    keyring.raiseUse(publicKey, useBeyond(keyring.uses(publicKey), row.shape, randomBytes));
  }

  /**
   * Where a key that is being made starts. Before the key is there: a stop in between must not leave a key that starts from its first
   * use.
   */
  prepare({ publicKey, shape }: KeyRow): void {
    const { keyring, store, randomBytes } = this.#options;
    if (!this.#mayBeCopy) return;
    const seen = this.#foreignUses.highest(publicKey);
    const fresh = store.restoration() === "none" ? pauseUse(0, shape, randomBytes) : freshUse(shape, randomBytes);
    keyring.raiseUse(publicKey, Math.max(fresh, store.leastUse(), seen === undefined ? 0 : useBeyond(seen, shape, randomBytes)));
  }
}
