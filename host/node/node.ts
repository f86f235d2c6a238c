import { randomBytes } from "node:crypto";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { BuildRequest } from "../chain/builder.js";
import { Chain } from "../chain/chain.js";
import type { CoinImport } from "../chain/coin-import.js";
import { isRelevantCoin } from "../chain/coins.js";
import { makeGenesis } from "../chain/genesis.js";
import { idKey } from "../chain/id-key.js";
import type { NetworkParams } from "../chain/params.js";
import type { Arrival, Effect, PeerId } from "../chain/types.js";
import { asTxPoW, type TransactionVerdict } from "../chain/validation/verdict.js";
import { WorkerPool } from "../core/pool.js";
import type { Maxima } from "../maxima/maxima.js";
import type { MaximaServices } from "../maxima/services.js";
import { parseAddress } from "../net/endpoint.js";
import type { NetworkService } from "../net/service.js";
import { toHex0x } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import { ProtocolError } from "../protocol/errors.js";
import type { Token } from "../protocol/token.js";
import type { Transaction } from "../protocol/transaction.js";
import { type TxPoW, txpowId } from "../protocol/txpow.js";
import type { CoinProof, Witness } from "../protocol/witness.js";
import { ChainStore } from "../store/chain-store.js";
import { SettingsFile } from "../store/settings.js";
import type { Wallet } from "../wallet/wallet.js";
import { announcingArrival } from "./arrival.js";
import { Backups } from "./backup/backups.js";
import { finishRestore } from "./backup/pending.js";
import { ChainDriver } from "./chain-driver.js";
import { tellNews } from "./chain-news.js";
import { nodeChainPort } from "./chain-port.js";
import type { NodeConfig } from "./config.js";
import { CustomTransactions } from "./custom-transactions.js";
import { CHAIN_FILE, REPLACED_BY_RESTORE, SETTINGS_FILE, WALLET_FILE } from "./data-files.js";
import { EventBus } from "./events.js";
import { LogTopics } from "./log-topics.js";
import type { Logger } from "./logger.js";
import { masterOf } from "./master.js";
import { createMaximaServices } from "./maxima-services.js";
import { createMaxima, type MaximaParts, openMaxima } from "./maxima-setup.js";
import { MegaKeeper } from "./mega-keeper.js";
import { proveCoins } from "./mega-search.js";
import { Miner } from "./miner.js";
import { Mining } from "./mining.js";
import { networkParams } from "./network-params.js";
import { createNetwork, findFirstPeers } from "./network-setup.js";
import { notifyingLogger } from "./notify/log-events.js";
import { NodeNotifications } from "./notify/node-notifications.js";
import { Notifications } from "./notify/notifications.js";
import { checkWalletUnused, openWallet } from "./open-wallet.js";
import { Payments } from "./payments.js";
import { Resync } from "./resync/resync.js";
import { RetryQueue } from "./retries.js";
import type { RpcControl } from "./rpc-control.js";
import { ScriptThreads, scriptLog } from "./script-threads.js";
import { SignatureVerifier } from "./signature-verifier.js";

const CHAIN_CACHE_KIB = 2048;
const EXPIRE_EVERY_MS = 30 * 60 * 1000;
const ALIVE_EVERY_MS = 10 * 60 * 1000;
const PRUNE_FIRST_MS = 10 * 60 * 1000;
const PRUNE_EVERY_MS = 12 * 3600 * 1000;

/** Bytes of the data folder's files. */
export interface DiskUsage {
  readonly chain: number;
  readonly wallet: number;
  readonly settings: number;
}

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
  readonly #driver: ChainDriver;
  readonly #verifier: SignatureVerifier;
  readonly #scripts: ScriptThreads;
  readonly #workers: WorkerPool;
  readonly #scheduled: Mining;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #mining = new AbortController();
  readonly #maximaParts: MaximaParts;

  private constructor(config: NodeConfig, log: Logger, wallet: Wallet, workers: WorkerPool, maxima: MaximaParts) {
    this.config = config;
    const hub = new Notifications();
    this.log = notifyingLogger(log, hub);
    this.topics = new LogTopics(this.log);
    this.wallet = wallet;
    this.params = networkParams(config);
    this.settings = new SettingsFile(join(config.dataDir, SETTINGS_FILE));
    this.#workers = workers;
    this.#verifier = new SignatureVerifier(workers);
    this.#scripts = new ScriptThreads({ observer: scriptLog(this.topics.logger("scripts")) });
    this.store = new ChainStore({
      path: join(config.dataDir, CHAIN_FILE),
      params: this.params,
      cacheKiB: CHAIN_CACHE_KIB,
      now: Date.now,
      isRelevant: (txpow) => wallet.isRelevantTxPoW(txpow),
      keepsAllBlocks: config.archive,
    });
    this.master = masterOf(config, this.store.values);
    this.chain = this.#openChain();
    this.mega = config.megaMMR
      ? new MegaKeeper({ store: this.store.openMega(), blocks: this.store.txblocks, chain: this.chain, log })
      : undefined;
    this.#driver = new ChainDriver({
      persist: (effects) => this.store.apply(effects),
      publish: (effects) => this.#publish(effects),
      monotonic: () => performance.now(),
    });
    this.miner = new Miner({ pool: new WorkerPool({ size: 1, lowPriority: true }), monotonic: () => performance.now() });
    this.network = this.#makeNetwork();
    this.topics.follow(this.events);
    this.topics.watch(this.network.traffic);
    this.#scheduled = this.#makeMining();
    this.#maximaParts = maxima;
    this.maxima = createMaxima(this, maxima);
    this.maximaServices = createMaximaServices(this, maxima.store);
    this.payments = new Payments(this);
    const { chain, params, settings, events } = this;
    this.notify = new NodeNotifications({
      hub,
      events,
      settings,
      log,
      chain,
      params,
      isRelevantCoin: (coin) => wallet.isRelevantCoin(coin),
      isRelevantTxPoW: (txpow) => wallet.isRelevantTxPoW(txpow),
      allTxPoWs: config.notifyAllTxPoW,
    });
    this.backups = new Backups({ dataDir: config.dataDir, params, wallet, chain, store: this.store, settings, log });
    this.transactions = new CustomTransactions(this.store.txns);
    this.resync = new Resync({
      config,
      params,
      log,
      wallet,
      values: this.store.values,
      oneShot: this.network.oneShot,
      alone: (work) => this.backups.alone(work),
    });
  }

  /** Opens the data folder and starts everything. Throws `StoreError` when the folder cannot be used. */
  static async start(config: NodeConfig, log: Logger): Promise<MinimoteNode> {
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
    const replaced = finishRestore(config.dataDir, REPLACED_BY_RESTORE, () => checkWalletUnused(config.dataDir));
    if (replaced !== undefined) log.info("restored; the files of before are kept", { folder: replaced });
    const workers = new WorkerPool();
    const wallet = await openWallet(config, networkParams(config), workers, log);
    let maxima: MaximaParts | undefined;
    try {
      maxima = await openMaxima(config.dataDir);
      const node = new MinimoteNode(config, log, wallet, workers, maxima);
      await node.#run();
      return node;
    } catch (error) {
      await workers.close();
      await wallet.close();
      maxima?.store.close();
      throw error;
    }
  }

  #openChain(): Chain {
    const deps = {
      source: this.store.txpows,
      now: Date.now,
      isRelevant: (coin: Coin) => isRelevantCoin(coin, this.wallet.tracked),
      hasValidSignatures: this.#verifier.hasValidSignatures,
      prepareSignatures: this.#verifier.prepareAhead,
      followsTxBlocks: this.master !== undefined,
      checkScripts: this.#scripts.check,
    };
    const saved = this.store.load();
    return saved === null ? new Chain(this.params, deps) : Chain.restore(this.params, deps, saved);
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
        driver: this.#driver,
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
    await this.#driver.run(() => this.chain.resume());
    if (this.chain.tip === null && this.config.network === "solo") await this.#makeGenesis();
    this.mega?.follow(this.events);
    const listening = await this.network.start();
    this.log.info("node started", {
      network: this.config.network,
      data: this.config.dataDir,
      listening: listening === undefined ? "no" : `${listening.host}:${listening.port}`,
      block: this.chain.tip?.number ?? "none yet",
    });
    this.#fetchChainAgain();
    void findFirstPeers({ config: this.config, master: this.master, values: this.store.values, log: this.log }, this.network);
    this.#scheduled.start();
    this.maxima.start();
    this.maximaServices.start();
    this.#every(EXPIRE_EVERY_MS, () => this.chain.expire());
    this.#timers.push(setTimeout(this.store.prune, PRUNE_FIRST_MS).unref());
    this.#every(PRUNE_EVERY_MS, this.store.prune);
    this.#every(ALIVE_EVERY_MS, () => this.wallet.noteAlive());
    if (this.wallet.isCatchingUp) this.log.warn("the wallet does not sign until it has caught up with the chain: it may be a copy");
  }

  /** After a restore without the chain: from the peer that was asked for. */
  #fetchChainAgain(): void {
    const { syncFrom } = this.settings.current;
    const endpoint = syncFrom === null ? undefined : parseAddress(syncFrom);
    if (endpoint !== undefined) this.network.connect(endpoint);
    if (syncFrom !== null) this.settings.update({ syncFrom: null });
  }

  #every(periodMs: number, work: () => void): void {
    this.#timers.push(setInterval(work, periodMs).unref());
  }

  async #makeGenesis(): Promise<void> {
    const { address } = this.wallet.getAddress();
    const { txpow } = makeGenesis({ address, prng: randomBytes(32), time: Date.now() });
    const begin = this.chain.begin(txpow);
    await this.#driver.run(function* () {
      yield begin;
    });
    this.log.info("genesis block made", { id: toHex0x(txpowId(txpow)) });
  }

  /** Builds a TxPoW on the tip (spec 06b §11). */
  build(request: Omit<BuildRequest, "prng" | "hashRate" | "now"> & { readonly hashRate?: number }): Promise<TxPoW> {
    const { hashRate } = this.miner;
    return this.#driver.run(() => this.chain.build({ hashRate, ...request, prng: randomBytes(32), now: Date.now() }));
  }

  /** Takes in a coin from below the tree that somebody else proves (spec 09 §7.11). Throws `ProtocolError` when there is no chain. */
  importCoin(coinProof: CoinProof): Promise<CoinImport> {
    return this.#driver.run(() => this.chain.importCoin(coinProof));
  }

  /** Which checks a transaction would pass now. Throws `ProtocolError` when there is no chain. */
  async judge(transaction: Transaction, witness: Witness): Promise<TransactionVerdict> {
    const { tip } = this.chain;
    if (tip === null) throw new ProtocolError("malformed", "there is no chain to check against");
    const txpow = asTxPoW(transaction, witness, tip.txpow.header);
    await this.#verifier.prepare(txpow);
    return this.#driver.run(() => this.chain.judge(txpow));
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
  async submit(txpow: TxPoW, from: PeerId | null): Promise<Arrival> {
    const key = idKey(txpowId(txpow));
    if (!this.chain.knows(key)) await this.#verifier.prepare(txpow);
    const arrival = await this.#driver.run(() =>
      announcingArrival(
        this.chain.receiveTxPoW(txpow, from),
        () => this.chain.knows(key),
        () => this.events.emit("txpow", txpow),
      ),
    );
    if (arrival.verdict === "dropped") this.log.debug("TxPoW dropped", { id: toHex0x(txpowId(txpow)), rule: arrival.rule });
    return arrival;
  }

  #publish(effects: readonly Effect[]): void {
    const { network, log, wallet, chain } = this;
    const isSolo = this.config.network === "solo";
    for (const effect of effects) {
      tellNews(effect, { network, log, wallet, chain, isSolo, tipChanged: () => this.#scheduled.tipChanged() });
      this.events.emit("effect", effect);
    }
  }

  /** Bytes on disk, with what SQLite has yet to merge. */
  diskUsage(): DiskUsage {
    const size = (file: string): number =>
      ["", "-wal"].reduce((sum, end) => sum + (statSync(join(this.config.dataDir, file + end), { throwIfNoEntry: false })?.size ?? 0), 0);
    return { chain: size(CHAIN_FILE), wallet: size(WALLET_FILE), settings: size(SETTINGS_FILE) };
  }

  /** How much work waits in the parts of the node. */
  get backlog(): { readonly chain: number; readonly requests: number } {
    return { chain: this.#driver.backlog, requests: this.network.metrics().requestsUnderWay };
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
    for (const timer of this.#timers) clearTimeout(timer);
    this.#scheduled.stop();
    this.maxima.stop();
    this.maximaServices.close();
    this.#mining.abort();
    await this.retries.close();
    await this.resync.close();
    await this.network.stop();
    const drained = this.#driver.close();
    // A check that takes long is not waited for: what it is about comes again, or is stored and taken up at the next start.
    await this.#scripts.close();
    await drained;
    await this.mega?.close();
    this.notify.close();
    this.backups.close();
    await Promise.all([this.miner.close(), this.#workers.close()]);
    if (compact) this.store.compact();
    this.store.close();
    await this.wallet.close();
    this.#maximaParts.store.close();
  }
}
