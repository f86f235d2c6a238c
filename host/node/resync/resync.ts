import type { NetworkParams } from "../../chain/params.js";
import type { Endpoint } from "../../net/endpoint.js";
import { type OneShotClient, OneShotError } from "../../net/one-shot.js";
import { ProtocolError } from "../../protocol/errors.js";
import type { Wallet } from "../../wallet/wallet.js";
import { BackupError } from "../backup/container.js";
import type { NodeConfig } from "../config.js";
import { KnownPeers, parsePeers, type TextStore } from "../known-peers.js";
import type { Logger } from "../logger.js";
import { savedMaster, saveMaster } from "../master.js";
import { importFromArchive } from "./archive-source.js";
import { ChainImport } from "./chain-import.js";
import { ResyncError } from "./errors.js";
import { ResyncFolder } from "./folder.js";
import { importFromMega } from "./mega-source.js";
import { type RestoredWallet, restoreWallet } from "./new-wallet.js";

export interface ResyncRequest {
  /** Where the chain comes from: a node that keeps an archive, or one that keeps a MegaMMR. */
  readonly source: "archive" | "megammr";
  readonly endpoint: Endpoint;
  /** A wallet to be restored; undefined: the one in use stays. */
  readonly wallet: RestoredWallet | undefined;
}

export interface ResyncResult {
  readonly root: number;
  readonly tip: number;
  /** Coins that came with proofs. */
  readonly coins: number;
}

/** What a resync needs of the node. */
export interface ResyncHost {
  readonly config: NodeConfig;
  readonly params: NetworkParams;
  readonly log: Logger;
  readonly wallet: Wallet;
  readonly values: TextStore;
  readonly oneShot: OneShotClient;
  /** Runs work while nothing else is made ready for the next start. */
  readonly alone: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/**
 * Makes the chain of a node anew from what one host sends, and its wallet from a phrase if that is wanted (spec 09 §17). All of it is
 * made beside what is there, which the node goes on with until it starts again.
 */
export class Resync {
  readonly #host: ResyncHost;
  readonly #stopped = new AbortController();
  #running: Promise<unknown> | undefined;

  constructor(host: ResyncHost) {
    this.#host = host;
  }

  /** Once it has succeeded the node is to be started again. Throws `ResyncError`: then nothing has changed. */
  async run(request: ResyncRequest): Promise<ResyncResult> {
    const work = this.#host.alone(() => this.#run(request));
    this.#running = Promise.allSettled([this.#running, work]);
    try {
      return await work;
    } catch (error) {
      if (error instanceof OneShotError || error instanceof ProtocolError || error instanceof BackupError)
        throw new ResyncError(error.message);
      if (this.#stopped.signal.aborted) throw new ResyncError("the node stops");
      throw error;
    }
  }

  /** Breaks off. */
  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run({ source, endpoint, wallet: restored }: ResyncRequest): Promise<ResyncResult> {
    const { config, params, log, wallet, oneShot } = this.#host;
    await oneShot.archive(endpoint, -1);
    log.info("resync begins", { source, host: `${endpoint.host}:${endpoint.port}` });
    const folder = new ResyncFolder(config.dataDir);
    let fresh: Wallet | undefined;
    let target: ChainImport | undefined;
    try {
      fresh = restored === undefined ? undefined : await restoreWallet(folder, wallet, restored, params, log);
      const { signal } = this.#stopped;
      signal.throwIfAborted();
      const owner = fresh ?? wallet;
      target = new ChainImport({
        path: folder.chainPath,
        params,
        keepsAllBlocks: config.archive,
        wallet: owner,
        isRestored: fresh !== undefined,
      });
      let coins = 0;
      let peers = "";
      if (source === "archive") await importFromArchive({ oneShot, endpoint, log, signal }, target);
      else ({ coins, peers } = await importFromMega(oneShot, endpoint, owner, target, log, signal));
      const { tree } = target.chain;
      if (tree === null) throw new ResyncError("the host has no chain");
      const result = { root: tree.root.number, tip: tree.tip.number, coins };
      this.#takeOver(target.store.values, peers);
      await target.close();
      await fresh?.close();
      folder.commit();
      log.info("resync done: the node is to be started again", { ...result });
      return result;
    } catch (error) {
      await target?.close();
      await fresh?.close();
      folder.discard();
      throw error;
    }
  }

  /** Settings that are kept with the chain. */
  #takeOver(values: TextStore, peers: string): void {
    const before = this.#host.values;
    const known = new Map([...new KnownPeers(before).load(), ...parsePeers(peers)].map((peer) => [`${peer.host}:${peer.port}`, peer]));
    new KnownPeers(values).save([...known.values()]);
    saveMaster(values, savedMaster(before));
  }
}
