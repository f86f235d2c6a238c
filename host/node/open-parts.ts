import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { WorkerPool } from "../core/pool.js";
import { ChainStore } from "../store/chain-store.js";
import type { Wallet } from "../wallet/wallet.js";
import { finishRestore } from "./backup/pending.js";
import type { NodeConfig } from "./config.js";
import { CHAIN_FILE, REPLACED_BY_RESTORE } from "./data-files.js";
import type { Logger } from "./logger.js";
import { type MaximaParts, openMaxima } from "./maxima-setup.js";
import { networkParams } from "./network-params.js";
import { checkWalletUnused, openWallet } from "./open-wallet.js";

/** What is not in it is mostly in the page cache of the system. */
const CHAIN_CACHE_KIB = 1024;

/** What a node holds open: the files of its data folder, locked against every other process, and the threads that work for it. */
export interface OpenParts {
  readonly workers: WorkerPool;
  readonly wallet: Wallet;
  readonly maxima: MaximaParts;
  readonly store: ChainStore;
}

/** Opens the data folder of a node, or makes it. When it throws, nothing stays open. Throws `StoreError` and `WalletError`. */
export async function openParts(config: NodeConfig, log: Logger): Promise<OpenParts> {
  const { dataDir, archive } = config;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const replaced = finishRestore(dataDir, REPLACED_BY_RESTORE, () => checkWalletUnused(dataDir));
  if (replaced !== undefined) log.info("restored; the files of before are kept", { folder: replaced });
  const params = networkParams(config);
  const workers = new WorkerPool();
  let wallet: Wallet | undefined;
  let maxima: MaximaParts | undefined;
  try {
    const opened = await openWallet(config, params, workers, log);
    wallet = opened;
    maxima = await openMaxima(dataDir);
    const store = new ChainStore({
      path: join(dataDir, CHAIN_FILE),
      params,
      cacheKiB: CHAIN_CACHE_KIB,
      now: Date.now,
      isRelevant: (txpow) => opened.isRelevantTxPoW(txpow),
      keepsAllBlocks: archive,
    });
    return { workers, wallet, maxima, store };
  } catch (error) {
    maxima?.store.close();
    await wallet?.close();
    await workers.close();
    throw error;
  }
}

/** Closes everything; the wallet last, which waits for signatures under way. */
export async function closeParts({ workers, wallet, maxima, store }: OpenParts): Promise<void> {
  await workers.close();
  store.close();
  await wallet.close();
  maxima.store.close();
}
