import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { equalBytes } from "../../protocol/bytes.js";
import { WalletDatabase } from "../../store/wallet-db.js";
import { abandonRestore, beginRestore, commitRestore, replacedFolders } from "../backup/pending.js";
import { CHAIN_FILE, WALLET_FILE } from "../data-files.js";

const CACHE_KIB = 64;

/** Where a new chain, and a new wallet if there is one, are made beside the ones in use. Until `commit` nothing of theirs is touched. */
export class ResyncFolder {
  readonly path: string;
  readonly #dataDir: string;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    this.path = beginRestore(dataDir);
  }

  get chainPath(): string {
    return join(this.path, CHAIN_FILE);
  }

  get walletPath(): string {
    return join(this.path, WALLET_FILE);
  }

  /** Takes a copy of the wallet with this first key that was replaced last, in the place of the one made here. False when there is none. */
  takeEarlierWallet(firstKey: Uint8Array): boolean {
    const earlier = replacedFolders(this.#dataDir)
      .map((folder) => join(folder, WALLET_FILE))
      .find((path) => existsSync(path) && hasFirstKey(path, firstKey));
    if (earlier === undefined) return false;
    this.dropWallet();
    copyFileSync(earlier, this.walletPath);
    return true;
  }

  /** Forgets the wallet that was made here. */
  dropWallet(): void {
    for (const end of ["", "-wal", "-shm"]) rmSync(this.walletPath + end, { force: true });
  }

  /** From the next start on the node has what was made here. The wallet there was is kept. */
  commit(): void {
    const files = existsSync(this.walletPath) ? [WALLET_FILE, CHAIN_FILE] : [CHAIN_FILE];
    commitRestore(this.#dataDir, Date.now(), { files, dropped: [CHAIN_FILE] });
  }

  discard(): void {
    abandonRestore(this.#dataDir);
  }
}

/** Opening it brings what a crash may have left beside the file into it. */
function hasFirstKey(path: string, firstKey: Uint8Array): boolean {
  const store = new WalletDatabase({ path, cacheKiB: CACHE_KIB });
  try {
    const [first] = store.keys();
    return first !== undefined && equalBytes(first.publicKey, firstKey);
  } finally {
    store.close();
  }
}
