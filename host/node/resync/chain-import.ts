import { Chain } from "../../chain/chain.js";
import type { CoinImport } from "../../chain/coin-import.js";
import type { NetworkParams } from "../../chain/params.js";
import type { ReceivedIBD, SyncResult } from "../../chain/sync.js";
import type { Effect } from "../../chain/types.js";
import type { TxBlock } from "../../protocol/txblock.js";
import type { CoinProof } from "../../protocol/witness.js";
import { ChainStore } from "../../store/chain-store.js";
import type { Wallet } from "../../wallet/wallet.js";
import { ChainDriver } from "../chain-driver.js";
import { showUses } from "../wallet-watch.js";

const CACHE_KIB = 4096;
/** Whom the chain sees as the sender. */
const SOURCE = "resync";

export interface ChainImportOptions {
  readonly path: string;
  readonly params: NetworkParams;
  readonly keepsAllBlocks: boolean;
  /** Whose coins are kept and whose key uses are watched for. */
  readonly wallet: Wallet;
  /** Whether the wallet's keys may have been used elsewhere: spends without a signature to be seen count, too. */
  readonly isRestored: boolean;
}

/** A chain that is made from what one host sends, in a file of its own. Every block gets the checks of a sync block. */
export class ChainImport {
  readonly chain: Chain;
  readonly store: ChainStore;
  readonly #driver: ChainDriver;
  readonly #options: ChainImportOptions;

  /** Throws `StoreError`. */
  constructor(options: ChainImportOptions) {
    const { path, params, keepsAllBlocks, wallet } = options;
    this.#options = options;
    this.store = new ChainStore({
      path,
      params,
      cacheKiB: CACHE_KIB,
      now: Date.now,
      isRelevant: (txpow) => wallet.isRelevantTxPoW(txpow),
      keepsAllBlocks,
    });
    this.chain = new Chain(params, {
      source: this.store.txpows,
      now: Date.now,
      isRelevant: (coin) => wallet.isRelevantCoin(coin),
      followsTxBlocks: true,
    });
    this.#driver = new ChainDriver({
      persist: (effects) => this.store.apply(effects),
      publish: (effects) => this.#watch(effects),
      monotonic: () => performance.now(),
    });
  }

  get params(): NetworkParams {
    return this.#options.params;
  }

  /** The first of the chain: a cascade, if there is one, and blocks on it. */
  begin(ibd: ReceivedIBD): Promise<SyncResult> {
    return this.#driver.run(() => this.chain.receiveIBD(ibd, SOURCE));
  }

  /** The blocks that follow, oldest first. */
  add(blocks: Iterable<TxBlock>): Promise<SyncResult> {
    return this.#driver.run(() => this.chain.syncBlocks(blocks, null));
  }

  importCoin(coinProof: CoinProof): Promise<CoinImport> {
    return this.#driver.run(() => this.chain.importCoin(coinProof));
  }

  async close(): Promise<void> {
    await this.#driver.close();
    this.store.close();
  }

  #watch(effects: readonly Effect[]): void {
    const { wallet, isRestored } = this.#options;
    for (const effect of effects) {
      if (effect.type === "store") wallet.noteUses(effect.txpow);
      else if (effect.type === "block-added" && isRestored) showUses(effect.node, wallet, this.chain);
      else if (effect.type === "block-added") wallet.noteUses(effect.node.txpow);
    }
  }
}
