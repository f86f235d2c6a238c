import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { NetworkParams } from "../chain/params.js";
import type { WorkerPool } from "../core/pool.js";
import { WalletDatabase } from "../store/wallet-db.js";
import { rememberedNodes } from "../wallet/node-memory.js";
import { cleanPhrase } from "../wallet/seedphrase.js";
import type { NodeMaker } from "../wallet/treekey.js";
import { Wallet } from "../wallet/wallet.js";
import type { NodeConfig } from "./config.js";
import { WALLET_FILE } from "./data-files.js";
import type { Logger } from "./logger.js";
import { placeOf } from "./place.js";

const KEY_LENGTH = 32;
const WALLET_CACHE_KIB = 256;

/** Makes the one-time keys of key-tree nodes on workers. */
export function workerNodeMaker(workers: WorkerPool): NodeMaker {
  return async (seed, keys) => {
    const made = await workers.treeKeys({ seed, first: 0, count: keys });
    return Array.from({ length: keys }, (_, i) => made.subarray(i * KEY_LENGTH, (i + 1) * KEY_LENGTH));
  };
}

/** Opens the wallet of a data folder, or makes one. Throws `StoreError` and `WalletError`. */
export async function openWallet(
  config: Pick<NodeConfig, "dataDir" | "phrase">,
  params: NetworkParams,
  workers: WorkerPool,
  log: Logger,
): Promise<Wallet> {
  const path = join(config.dataDir, WALLET_FILE);
  const store = new WalletDatabase({ path, cacheKiB: WALLET_CACHE_KIB });
  try {
    return await Wallet.open({
      store,
      params,
      ...(config.phrase === undefined ? {} : { phrase: cleanPhrase(config.phrase) }),
      randomBytes: (length) => randomBytes(length),
      makeNode: rememberedNodes(workerNodeMaker(workers), store),
      place: placeOf(path),
      now: Date.now,
      onProgress: (made, wanted) => log.info("wallet key made", { keys: `${made}/${wanted}` }),
    });
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Throws `StoreError` when another process uses the wallet of a data folder. */
export function checkWalletUnused(dataDir: string): void {
  const path = join(dataDir, WALLET_FILE);
  if (existsSync(path)) new WalletDatabase({ path, cacheKiB: WALLET_CACHE_KIB }).close();
}
