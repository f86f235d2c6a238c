import { randomBytes } from "node:crypto";
import type { BuildRequest } from "../chain/builder.js";
import { Chain } from "../chain/chain.js";
import type { CoinImport } from "../chain/coin-import.js";
import { makeGenesis } from "../chain/genesis.js";
import { idKey } from "../chain/id-key.js";
import type { NetworkParams } from "../chain/params.js";
import type { Arrival, Effect, PeerId } from "../chain/types.js";
import { asTxPoW, type TransactionVerdict } from "../chain/validation/verdict.js";
import type { WorkerPool } from "../core/pool.js";
import { type Bytes, toHex0x } from "../protocol/bytes.js";
import type { Coin } from "../protocol/coin.js";
import { ProtocolError } from "../protocol/errors.js";
import type { Transaction } from "../protocol/transaction.js";
import { type TxPoW, txpowId } from "../protocol/txpow.js";
import type { CoinProof, Witness } from "../protocol/witness.js";
import type { ChainStore } from "../store/chain-store.js";
import { announcingArrival } from "./arrival.js";
import { ChainDriver } from "./chain-driver.js";
import type { EventBus } from "./events.js";
import type { Logger } from "./logger.js";
import { ScriptThreads, scriptLog } from "./script-threads.js";
import { SignatureVerifier } from "./signature-verifier.js";

export interface ChainHostOptions {
  readonly params: NetworkParams;
  readonly store: ChainStore;
  /** For the verification of signatures. */
  readonly workers: WorkerPool;
  readonly log: Logger;
  readonly scriptLog: Logger;
  readonly events: EventBus;
  readonly followsTxBlocks: boolean;
  /** Whether a coin is the wallet's business. */
  readonly isRelevant: (coin: Coin) => boolean;
  /** Told about effects once they are durable. */
  readonly publish: (effects: readonly Effect[]) => void;
}

/** What a TxPoW to be built holds, and how fast this node mines. */
export type TxPoWRequest = Omit<BuildRequest, "prng" | "now">;

/** The node's chain with what it needs around it: its store, the queue of its work, and threads for what takes long. */
export class ChainHost {
  readonly chain: Chain;
  readonly driver: ChainDriver;
  readonly #options: ChainHostOptions;
  readonly #verifier: SignatureVerifier;
  readonly #scripts: ScriptThreads;

  constructor(options: ChainHostOptions) {
    const { store, workers, publish } = options;
    this.#options = options;
    this.#verifier = new SignatureVerifier(workers);
    this.#scripts = new ScriptThreads({ observer: scriptLog(options.scriptLog) });
    this.chain = this.#open();
    this.driver = new ChainDriver({
      persist: (effects) => store.apply(effects),
      publish,
      monotonic: () => performance.now(),
    });
  }

  #open(): Chain {
    const { params, store, isRelevant, followsTxBlocks } = this.#options;
    const deps = {
      source: store.txpows,
      now: Date.now,
      isRelevant,
      hasValidSignatures: this.#verifier.hasValidSignatures,
      prepareSignatures: this.#verifier.prepareAhead,
      followsTxBlocks,
      checkScripts: this.#scripts.check,
    };
    const saved = store.load();
    return saved === null ? new Chain(params, deps) : Chain.restore(params, deps, saved);
  }

  /** Takes up what was under way when the node stopped. */
  resume(): Promise<void> {
    return this.driver.run(() => this.chain.resume());
  }

  /** Makes the first block of a network of its own, with all coins at an address. */
  async begin(address: Bytes): Promise<void> {
    const { txpow } = makeGenesis({ address, prng: randomBytes(32), time: Date.now() });
    const begin = this.chain.begin(txpow);
    await this.driver.run(function* () {
      yield begin;
    });
    this.#options.log.info("genesis block made", { id: toHex0x(txpowId(txpow)) });
  }

  /** Builds a TxPoW on the tip (spec 06b §11). */
  build(request: TxPoWRequest): Promise<TxPoW> {
    return this.driver.run(() => this.chain.build({ ...request, prng: randomBytes(32), now: Date.now() }));
  }

  /** Takes in a coin from below the tree that somebody else proves (spec 09 §7.11). Throws `ProtocolError` when there is no chain. */
  importCoin(coinProof: CoinProof): Promise<CoinImport> {
    return this.driver.run(() => this.chain.importCoin(coinProof));
  }

  /** Which checks a transaction would pass now. Throws `ProtocolError` when there is no chain. */
  async judge(transaction: Transaction, witness: Witness): Promise<TransactionVerdict> {
    const { tip } = this.chain;
    if (tip === null) throw new ProtocolError("malformed", "there is no chain to check against");
    const txpow = asTxPoW(transaction, witness, tip.txpow.header);
    await this.#verifier.prepare(txpow);
    return this.driver.run(() => this.chain.judge(txpow));
  }

  /** Takes in a TxPoW of a peer, or of this node (`from` null) (spec 06b §4). */
  async submit(txpow: TxPoW, from: PeerId | null): Promise<Arrival> {
    const { events, log } = this.#options;
    const key = idKey(txpowId(txpow));
    if (!this.chain.knows(key)) await this.#verifier.prepare(txpow);
    const arrival = await this.driver.run(() =>
      announcingArrival(
        this.chain.receiveTxPoW(txpow, from),
        () => this.chain.knows(key),
        () => events.emit("txpow", txpow),
      ),
    );
    if (arrival.verdict === "dropped") log.debug("TxPoW dropped", { id: toHex0x(txpowId(txpow)), rule: arrival.rule });
    return arrival;
  }

  /** Lets the work under way finish; what is queued fails. */
  async close(): Promise<void> {
    const drained = this.driver.close();
    // A check that takes long is not waited for: what it is about comes again, or is stored and taken up at the next start.
    await this.#scripts.close();
    await drained;
  }
}
