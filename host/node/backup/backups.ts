import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Chain } from "../../chain/chain.js";
import type { NetworkParams } from "../../chain/params.js";
import { fillMaxima, maximaRecord, parseMaximaRecord } from "../../maxima/maxima-record.js";
import { ChainStore } from "../../store/chain-store.js";
import { MaximaDatabase } from "../../store/maxima-db.js";
import { type Settings, SettingsFile } from "../../store/settings.js";
import { WalletDatabase } from "../../store/wallet-db.js";
import { copyUse } from "../../wallet/restored-use.js";
import type { Wallet } from "../../wallet/wallet.js";
import { fillPhrase, fillRestoredPhrase, fillWallet, parseWalletRecord, type WalletRecord } from "../../wallet/wallet-record.js";
import type { KeyRow } from "../../wallet/wallet-store.js";
import { CHAIN_FILE, MAXIMA_FILE, REPLACED_BY_RESTORE, SETTINGS_FILE, WALLET_FILE } from "../data-files.js";
import type { Logger } from "../logger.js";
import { BackupError, newSealingKey, parseSealingKey, printSealingKey, type SealingKey } from "./container.js";
import { abandonRestore, beginRestore, commitRestore } from "./pending.js";
import { isOwnBackup, readBackup, referenceContent } from "./read-backup.js";
import { RECORD } from "./records.js";
import { readReferenceWallet } from "./reference-wallet.js";
import { type WrittenBackup, writeBackup } from "./write-backup.js";

export interface BackupsOptions {
  readonly dataDir: string;
  readonly params: NetworkParams;
  readonly wallet: Wallet;
  readonly maxima: MaximaDatabase;
  readonly chain: Pick<Chain, "tip">;
  /** Whether there is a network that has the chain, too. */
  readonly fetchesChain: boolean;
  readonly store: ChainStore;
  readonly settings: SettingsFile;
  readonly log: Logger;
}

/** The password the reference takes when none is given: it protects nothing. */
export const DEFAULT_PASSWORD = "minima";
const AUTO_PREFIX = "minima-autobackup-";
/** Automatic backups kept. */
const AUTO_KEPT = 7;
const FIRST_AUTO_MS = 5 * 60 * 1000;
const AUTO_EVERY_MS = 24 * 3600 * 1000;
const HISTORY = 100;
const CACHE_KIB = 512;

export interface HowToRestore {
  /** Whether the chain is taken from the backup, too; if not, it comes from the network. */
  readonly withChain: boolean;
  /** The peer to fetch it from, `host:port`. */
  readonly syncFrom?: string | null;
}

/** Backups of a node, and their way back (spec 09 §17). */
export class Backups {
  readonly #options: BackupsOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  #isBusy = false;

  constructor(options: BackupsOptions) {
    this.#options = options;
    const { autobackup, autobackupPassword } = options.settings.current;
    if (autobackupPassword !== undefined)
      this.makeDaily(autobackup, autobackupPassword ?? undefined).catch(() => options.log.warn("the settings cannot be written"));
    this.#timers.push(setTimeout(() => void this.writeDaily(), FIRST_AUTO_MS).unref());
    this.#timers.push(setInterval(() => void this.writeDaily(), AUTO_EVERY_MS).unref());
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Writes a backup. Throws `BackupError`. */
  async write(path: string, password: string, history = HISTORY): Promise<WrittenBackup> {
    return this.#write(path, await newSealingKey(password, randomBytes), history);
  }

  /** Begins to write a backup every day, or ends it. Without a password they are under the well-known one. Only a key made of it is kept. */
  async makeDaily(on: boolean, password: string | undefined): Promise<void> {
    const key = on && password !== undefined ? printSealingKey(await newSealingKey(password, randomBytes)) : null;
    this.#options.settings.update({ autobackup: on, autobackupKey: key, autobackupPassword: undefined });
  }

  #write(path: string, key: SealingKey, history = HISTORY): Promise<WrittenBackup> {
    const { params, wallet, maxima, chain, store, settings } = this.#options;
    return this.alone(() =>
      writeBackup(path, key, {
        network: params.name,
        block: chain.tip?.number ?? -1,
        wallet: wallet.record(),
        maxima: maximaRecord(maxima, maxima.contacts),
        settings: settings.current,
        store,
        history,
        now: Date.now(),
      }),
    );
  }

  /**
   * Reads a backup, checks all of it, and makes it ready for the next start: until then nothing is changed. Its keys go on at uses
   * drawn by lot, beyond those that this node knows to be gone. Without the chain, it is fetched from the network again. Of a backup
   * of the reference only the wallet is taken. Gives the name of the folder where the replaced files will be.
   */
  restore(path: string, password: string, how: HowToRestore): Promise<string> {
    return this.alone(async () => {
      if (await isOwnBackup(path)) return this.#prepare((folder) => this.#fill(folder, path, password, how));
      if (!this.#options.fetchesChain)
        throw new BackupError("This is no backup of minimote, and on a private network its chain cannot be fetched again");
      const record = readReferenceWallet(await referenceContent(path, password));
      return this.#prepare(async (folder) => this.#fillWith(folder, record, how));
    });
  }

  /** Makes a wallet of another phrase ready for the next start; the chain comes from the network again. */
  reset(phrase: string, keyUses: number): Promise<string> {
    return this.alone(() =>
      this.#prepare(async (folder) => {
        const store = newWallet(folder);
        try {
          fillRestoredPhrase(store, phrase, keyUses);
        } finally {
          store.close();
        }
      }),
    );
  }

  /** Lets the chain be fetched from the network again at the next start; the wallet stays as it is. */
  resyncChain(): Promise<string> {
    return this.alone(() => this.#prepare((folder) => this.#keepWallet(folder)));
  }

  async #keepWallet(folder: string): Promise<void> {
    this.#fillWith(folder, this.#options.wallet.record(), {});
  }

  /** A wallet without a chain, with the settings there are. */
  #fillWith(folder: string, record: WalletRecord, { syncFrom }: Pick<HowToRestore, "syncFrom">): void {
    const store = newWallet(folder);
    try {
      fill(store, record, this.#useToGoOn);
    } finally {
      store.close();
    }
    const { current } = this.#options.settings;
    new SettingsFile(join(folder, SETTINGS_FILE)).update({ ...current, syncFrom: syncFrom ?? current.syncFrom });
  }

  /** Where a key goes on that has been used so often, as far as its backup and this node know. */
  readonly #useToGoOn = (key: KeyRow, uses: number): number =>
    copyUse(Math.max(uses, this.#options.wallet.usesOf(key.publicKey)), key.shape, randomBytes);

  async #prepare(fill: (folder: string) => Promise<void>): Promise<string> {
    const { dataDir, wallet } = this.#options;
    // Uses that are gone are read now: from here on there must be no more of them.
    wallet.isReplaced = true;
    try {
      const folder = beginRestore(dataDir);
      await fill(folder);
      const hasMaxima = existsSync(join(folder, MAXIMA_FILE));
      return commitRestore(dataDir, Date.now(), hasMaxima ? { files: [...REPLACED_BY_RESTORE, MAXIMA_FILE] } : {});
    } catch (error) {
      abandonRestore(dataDir);
      wallet.isReplaced = false;
      throw error;
    }
  }

  async #fill(folder: string, path: string, password: string, { withChain, syncFrom }: HowToRestore): Promise<void> {
    const { params } = this.#options;
    const wallets = newWallet(folder);
    const chain = new ChainStore({
      path: join(folder, CHAIN_FILE),
      params,
      cacheKiB: CACHE_KIB,
      now: Date.now,
      isRelevant: () => true,
    });
    let isComplete = false;
    try {
      for await (const { type, bytes } of readBackup(path, password)) {
        switch (type) {
          case RECORD.about:
            checkNetwork(bytes, params.name);
            break;
          case RECORD.wallet:
            fill(wallets, parseWalletRecord(bytes), this.#useToGoOn);
            break;
          case RECORD.maxima:
            fillIdentity(folder, bytes);
            break;
          case RECORD.settings:
            new SettingsFile(join(folder, SETTINGS_FILE)).update({
              ...(JSON.parse(Buffer.from(bytes).toString("utf8")) as Partial<Settings>),
              syncFrom: syncFrom ?? null,
            });
            break;
          case RECORD.end:
            isComplete = true;
            break;
          default:
            if (withChain) chain.restoreRecord(RECORD_KINDS[type], bytes);
        }
        await nextTurn();
      }
    } finally {
      wallets.close();
      chain.close();
    }
    if (!isComplete) throw new BackupError("The backup is incomplete");
  }

  /** Writes the backup of the day, if they are wanted. */
  async writeDaily(): Promise<void> {
    const { dataDir, settings, log, wallet } = this.#options;
    const { autobackup, autobackupKey } = settings.current;
    if (!autobackup || !wallet.isFilled) return;
    try {
      const key = autobackupKey === null ? await newSealingKey(DEFAULT_PASSWORD, randomBytes) : parseSealingKey(autobackupKey);
      await this.#write(join(dataDir, `${AUTO_PREFIX}${Date.now()}.bak`), key);
      const files = (await readdir(dataDir)).filter((name) => name.startsWith(AUTO_PREFIX) && name.endsWith(".bak")).sort();
      for (const name of files.slice(0, -AUTO_KEPT)) await rm(join(dataDir, name));
      log.info("automatic backup written");
    } catch (error) {
      log.warn("automatic backup failed", { reason: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Runs work while no other backup or restore is under way. Throws `BackupError` when one is. */
  async alone<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isBusy) throw new BackupError("Another backup or restore is under way: wait for it");
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
    }
  }
}

const RECORD_KINDS = {
  [RECORD.cascade]: "cascade",
  [RECORD.root]: "root",
  [RECORD.treeBlock]: "tree",
  [RECORD.txpow]: "txpow",
} as const;

function newWallet(folder: string): WalletDatabase {
  return new WalletDatabase({ path: join(folder, WALLET_FILE), cacheKiB: CACHE_KIB });
}

/** The identity and the contacts of a backup that has them: those without leave what is there. */
function fillIdentity(folder: string, bytes: Uint8Array): void {
  const store = new MaximaDatabase(join(folder, MAXIMA_FILE));
  try {
    fillMaxima(store, store.contacts, parseMaximaRecord(bytes));
  } finally {
    store.close();
  }
}

function fill(store: WalletDatabase, record: WalletRecord, nextUse: (key: KeyRow, uses: number) => number): void {
  store.atOnce(() => fillWallet(store, record, nextUse));
  fillPhrase(store, record);
}

function checkNetwork(bytes: Uint8Array, expected: string): void {
  const { network } = JSON.parse(Buffer.from(bytes).toString("utf8")) as { readonly network?: unknown };
  if (network !== expected) throw new BackupError(`This is a backup of a ${String(network)} network, this node is on a ${expected} one`);
}
