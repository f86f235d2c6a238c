import type { NetworkParams } from "../../chain/params.js";
import { WorkerPool } from "../../core/pool.js";
import { equalBytes } from "../../protocol/bytes.js";
import { WalletDatabase } from "../../store/wallet-db.js";
import { cleanPhrase } from "../../wallet/seedphrase.js";
import type { Wallet } from "../../wallet/wallet.js";
import { fillRestoredPhrase } from "../../wallet/wallet-record.js";
import type { Logger } from "../logger.js";
import { openWallet } from "../open-wallet.js";
import type { ResyncFolder } from "./folder.js";

const CACHE_KIB = 64;

/** The phrase of a wallet to be restored, and what its owner knows of it. */
export interface RestoredWallet {
  readonly phrase: string;
  /** Whether the phrase is taken as it is: it may be none of list words. */
  readonly anyPhrase: boolean;
  /** Keys that were in use, at least. */
  readonly keys: number;
  /** How often each was used, at most. */
  readonly keyUses: number;
}

/**
 * Makes the wallet of a phrase in the folder of a resync, with all its keys. It waits for the chain before it signs, like every restored
 * wallet; key uses never go back: a wallet that was here earlier goes on from where it was. Undefined when it is the one in use.
 */
export async function restoreWallet(
  folder: ResyncFolder,
  current: Wallet,
  restored: RestoredWallet,
  params: NetworkParams,
  log: Logger,
): Promise<Wallet | undefined> {
  const { keys, keyUses } = restored;
  const phrase = restored.anyPhrase ? restored.phrase : cleanPhrase(restored.phrase);
  const workers = new WorkerPool();
  const open = (): Promise<Wallet> => openWallet({ dataDir: folder.path, phrase: undefined }, params, workers, log);
  prepareStore(folder, phrase, keyUses);
  let wallet = await open();
  try {
    const firstKey = wallet.keys()[0]?.publicKey;
    const currentKey = current.keys()[0]?.publicKey;
    if (firstKey !== undefined && currentKey !== undefined && equalBytes(firstKey, currentKey)) {
      await wallet.close();
      folder.dropWallet();
      for (const { publicKey, maxUses } of current.keys()) current.raiseUse(publicKey, Math.min(keyUses, maxUses));
      return undefined;
    }
    if (firstKey !== undefined && folder.takeEarlierWallet(firstKey)) {
      await wallet.close();
      // It may have been used elsewhere since.
      prepareStore(folder, phrase, keyUses);
      wallet = await open();
      for (const { publicKey, uses, maxUses } of wallet.keys()) wallet.raiseUse(publicKey, Math.min(uses + keyUses, maxUses));
    }
    await wallet.whenFilled;
    while (wallet.keys().length < keys) await wallet.newAddress();
    return wallet;
  } catch (error) {
    await wallet.close();
    throw error;
  } finally {
    await workers.close();
  }
}

/** Writes down that the wallet has yet to see the chain, before it has any key. */
function prepareStore(folder: ResyncFolder, phrase: string, keyUses: number): void {
  const store = new WalletDatabase({ path: folder.walletPath, cacheKiB: CACHE_KIB });
  try {
    fillRestoredPhrase(store, phrase, keyUses);
  } finally {
    store.close();
  }
}
