import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Chain } from "../chain/chain.js";
import type { CoinImport } from "../chain/coin-import.js";
import type { NetworkParams } from "../chain/params.js";
import type { Arrival, Effect, PeerId } from "../chain/types.js";
import type { TransactionVerdict } from "../chain/validation/verdict.js";
import { WorkerPool } from "../core/pool.js";
import type { Maxima } from "../maxima/maxima.js";
import type { MaximaServices } from "../maxima/services.js";
import { parseAddress } from "../net/endpoint.js";
import type { NetworkService } from "../net/service.js";
import type { Token } from "../protocol/token.js";
import type { Transaction } from "../protocol/transaction.js";
import type { TxPoW } from "../protocol/txpow.js";
import type { CoinProof, Witness } from "../protocol/witness.js";
import type { ChainStore } from "../store/chain-store.js";
import { SettingsFile } from "../store/settings.js";
import type { Wallet } from "../wallet/wallet.js";
import type { Backups } from "./backup/backups.js";
import { ChainHost, type TxPoWRequest } from "./chain-host.js";
import { tellNews } from "./chain-news.js";
import { nodeChainPort } from "./chain-port.js";
import { ClockWatch } from "./clock-watch.js";
import type { NodeConfig } from "./config.js";
import { CustomTransactions } from "./custom-transactions.js";
import { type DiskUsage, diskUsage, SETTINGS_FILE } from "./data-files.js";
import { EventBus } from "./events.js";
import { LogTopics } from "./log-topics.js";
import type { Logger } from "./logger.js";
import { masterOf } from "./master.js";
import { createMaximaServices } from "./maxima-services.js";
import { createMaxima } from "./maxima-setup.js";
import { MegaKeeper } from "./mega/mega-keeper.js";
import { proveCoins } from "./mega/mega-search.js";
import { Miner } from "./mining/miner.js";
import { Mining } from "./mining/mining.js";
import { networkParams } from "./network-params.js";
import { createNetwork, findFirstPeers } from "./network-setup.js";
import { notifyingLogger } from "./notify/log-events.js";
import type { NodeNotifications } from "./notify/node-notifications.js";
import { Notifications } from "./notify/notifications.js";
import { closeParts, type OpenParts, openParts } from "./open-parts.js";
import { createBackups, createNotifications, createResync } from "./owner-setup.js";
import { Payments } from "./payments.js";
import type { Resync } from "./resync/resync.js";
import { RetryQueue } from "./retries.js";
import type { RpcControl } from "./rpc-control.js";
import { Turns } from "./turns.js";
import { startUpkeep } from "./upkeep.js";

/** A running node: the parts, put together. */
export class MinimoteNode {
  readonly config: NodeConfig;
  readonly params: NetworkParams;
  readonly log: Logger;
  /** Switches for logging more. */
  readonly topics: LogTopics;
  readonly chain: Chain;
  readonly store: ChainStore;
  readonly wallet: Wallet;
  readonly network: NetworkService;
  readonly miner: Miner;
  readonly maxima: Maxima;
  /** Contacts and location services. */
  readonly maximaServices: MaximaServices;
  readonly events = new EventBus();
  /** For work that takes long. */
  readonly turns = new Turns(() => performance.now());
  readonly payments: Payments;
  /** Tokens made known by their owners, by id. */
  readonly importedTokens = new Map<string, Token>();
  readonly transactions: CustomTransactions;
  /** Payments that wait for coins. */
  readonly retries = new RetryQueue();
  readonly settings: SettingsFile;
  readonly notify: NodeNotifications;
  readonly backups: Backups;
  /** The RPC server, where there is one. */
  rpc: RpcControl | null = null;
  readonly resync: Resync;
  /** Where one is kept: the MMR and the coins of all that is below the tree. */
  readonly mega: MegaKeeper | undefined;
  /** The only host this node takes blocks from, as TxBlocks; undefined on nodes that check all themselves (spec 07 §12). */
  readonly master: string | undefined;
  /** Unix milliseconds. */
  readonly startedAt = Date.now();
  readonly clockWatch: ClockWatch;
  readonly #chainHost: ChainHost;
  readonly #scheduled: Mining;
  readonly #mining = new AbortController();
  #endUpkeep: () => void = () => {};
  readonly #parts: OpenParts;

  private constructor(config: NodeConfig, log: Logger, parts: OpenParts) {
    const { wallet, workers, maxima, store } = parts;
    this.config = config;
    const hub = new Notifications();
    this.log = notifyingLogger(log, hub);
    this.topics = new LogTopics(this.log);
    this.clockWatch = new ClockWatch(this.log, Date.now);
    this.wallet = wallet;
    this.params = networkParams(config);
    this.settings = new SettingsFile(join(config.dataDir, SETTINGS_FILE));
    this.#parts = parts;
    this.store = store;
    this.master = masterOf(config, store.values);
    this.#chainHost = new ChainHost({
      params: this.params,
      store,
      workers,
      log: this.log,
      scriptLog: this.topics.logger("scripts"),
      events: this.events,
      followsTxBlocks: this.master !== undefined,
      isRelevant: (coin) => wallet.isRelevantCoin(coin),
      publish: (effects) => this.#publish(effects),
    });
    this.chain = this.#chainHost.chain;
    this.mega = config.megaMMR
      ? new MegaKeeper({ store: this.store.openMega(), blocks: this.store.txblocks, chain: this.chain, log })
      : undefined;
    this.miner = new Miner({ pool: new WorkerPool({ size: 1, lowPriority: true }), monotonic: () => performance.now() });
    this.network = this.#makeNetwork();
    this.topics.follow(this.events);
    this.topics.watch(this.network.traffic);
    this.#scheduled = this.#makeMining();
    this.maxima = createMaxima(this, maxima);
    this.maximaServices = createMaximaServices(this, maxima.store);
    this.payments = new Payments(this);
    this.notify = createNotifications(this, hub, log);
    this.backups = createBackups(this, maxima.store, log);
    this.transactions = new CustomTransactions(this.store.txns);
    this.resync = createResync(this, this.backups, log);
  }

  /** Opens the data folder and starts everything. Throws `StoreError` when the folder cannot be used. */
  static async start(config: NodeConfig, log: Logger): Promise<MinimoteNode> {
    const parts = await openParts(config, log);
    let node: MinimoteNode | undefined;
    try {
      node = new MinimoteNode(config, log, parts);
      await node.#run();
      return node;
    } catch (error) {
      await (node === undefined ? closeParts(parts) : node.stop());
      throw error;
    }
  }

  #makeNetwork(): NetworkService {
    const { config, params, log, chain, store, mega } = this;
    return createNetwork({
      config,
      master: this.master,
      params,
      log,
      topics: this.topics,
      values: store.values,
      chain: nodeChainPort({
        chain,
        store,
        driver: this.#chainHost.driver,
        submitTxPoW: async (txpow, from) => {
          await this.submit(txpow, from);
        },
        mineFor: (template) => this.#scheduled.offer(template),
        megaMMR: mega === undefined ? undefined : (wallet) => proveCoins(chain, mega, params.proofAge, wallet),
      }),
    });
  }

  #makeMining(): Mining {
    return new Mining({
      config: this.config,
      params: this.params,
      log: this.log,
      minesTemplates: this.master !== undefined,
      hasChain: () => this.chain.tip !== null,
      build: () => this.build({}),
      mine: (template, signal) => this.mine(template, signal),
      submit: async (txpow) => {
        await this.submit(txpow, null);
      },
      offerTemplate: (template) => this.network.offerTemplate(template),
    });
  }

  async #run(): Promise<void> {
    await this.#chainHost.resume();
    if (this.chain.tip === null && this.config.network === "solo") await this.#chainHost.begin(this.wallet.getAddress().address);
    this.mega?.follow(this.events);
    const listening = await this.network.start();
    this.log.info("node started", {
      network: this.config.network,
      data: this.config.dataDir,
      listening: listening === undefined ? "no" : `${listening.host}:${listening.port}`,
      block: this.chain.tip?.number ?? "none yet",
    });
    if (this.chain.tip !== null) this.clockWatch.isBehind(this.chain.tip.time.toNumber());
    this.#fetchChainAgain();
    void findFirstPeers({ config: this.config, master: this.master, values: this.store.values, log: this.log }, this.network);
    this.#scheduled.start();
    this.maxima.start();
    this.maximaServices.start();
    this.#endUpkeep = startUpkeep({
      expire: () => this.chain.expire(),
      prune: this.store.prune,
      noteAlive: () => this.wallet.noteAlive(),
      saveSettled: (least) => this.store.saveSettled(this.chain.tree?.nodes() ?? [], "settled", least),
    });
    if (this.wallet.isCatchingUp) this.log.warn("the wallet does not sign until it has caught up with the chain: it may be a copy");
  }

  /** After a restore without the chain: from the peer that was asked for. */
  #fetchChainAgain(): void {
    const { syncFrom } = this.settings.current;
    const endpoint = syncFrom === null ? undefined : parseAddress(syncFrom);
    if (endpoint !== undefined) this.network.connect(endpoint);
    if (syncFrom !== null) this.settings.update({ syncFrom: null });
  }

  /** Builds a TxPoW on the tip (spec 06b §11). */
  build(request: Omit<TxPoWRequest, "hashRate"> & { readonly hashRate?: number }): Promise<TxPoW> {
    const { hashRate } = this.miner;
    return this.#chainHost.build({ hashRate, ...request });
  }

  /** Takes in a coin from below the tree that somebody else proves (spec 09 §7.11). Throws `ProtocolError` when there is no chain. */
  importCoin(coinProof: CoinProof): Promise<CoinImport> {
    return this.#chainHost.importCoin(coinProof);
  }

  /** Which checks a transaction would pass now. Throws `ProtocolError` when there is no chain. */
  judge(transaction: Transaction, witness: Witness): Promise<TransactionVerdict> {
    return this.#chainHost.judge(transaction, witness);
  }

  /** Mines a TxPoW with this node's share of a core (spec 06b §12). Throws `CancelledError` when the node stops. */
  async mine(template: TxPoW, signal?: AbortSignal): Promise<TxPoW> {
    this.events.emit("mining", { txpow: template, mining: true });
    let txpow = template;
    try {
      const stop = this.#mining.signal;
      txpow = await this.miner.mine(template, this.config.miningDuty, signal === undefined ? stop : AbortSignal.any([signal, stop]));
      return txpow;
    } finally {
      this.events.emit("mining", { txpow, mining: false });
    }
  }

  /** Takes in a TxPoW of a peer, or of this node (`from` null) (spec 06b §4). */
  submit(txpow: TxPoW, from: PeerId | null): Promise<Arrival> {
    return this.#chainHost.submit(txpow, from);
  }

  #publish(effects: readonly Effect[]): void {
    const { network, log, wallet, chain, clockWatch } = this;
    const isSolo = this.config.network === "solo";
    for (const effect of effects) {
      tellNews(effect, { network, log, wallet, chain, clockWatch, isSolo, tipChanged: () => this.#scheduled.tipChanged() });
      this.events.emit("effect", effect);
    }
  }

  /** Bytes on disk, with what SQLite has yet to merge. */
  diskUsage(): DiskUsage {
    return diskUsage(this.config.dataDir);
  }

  /** How much work waits in the parts of the node. */
  get backlog(): { readonly chain: number; readonly requests: number } {
    return { chain: this.#chainHost.driver.backlog, requests: this.network.metrics().requestsUnderWay };
  }

  /** Asks whoever runs the node to stop it, once what is being answered has been answered. */
  quit(options: { readonly compact: boolean }): void {
    setImmediate(() => this.events.emit("quit", options));
  }

  /** Asks whoever runs the node to stop it and start it again, once what is being answered has been answered. */
  restart(): void {
    setImmediate(() => this.events.emit("restart"));
  }

  /** Stops everything in order: nothing acknowledged is lost. With `compact`, gives unused disk space back. */
  async stop({ compact = false } = {}): Promise<void> {
    this.log.info("node stops");
    this.#endUpkeep();
    this.#scheduled.stop();
    this.maxima.stop();
    this.maximaServices.close();
    this.#mining.abort();
    await this.retries.close();
    await this.resync.close();
    await this.network.stop();
    await this.#chainHost.close();
    await this.mega?.close();
    this.notify.close();
    this.backups.close();
    await this.miner.close();
    while (this.store.saveSettled(this.chain.tree?.nodes() ?? [], "all")) await nextTurn();
    if (compact) this.store.compact();
    await closeParts(this.#parts);
  }
}
