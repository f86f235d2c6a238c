import type { NetworkParams } from "../../chain/params.js";
import { floorWeight } from "../../chain/weight.js";
import { addressText, type Endpoint } from "../../net/endpoint.js";
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
import { importFromMegaFile } from "./mega-file-source.js";
import { importFromMega, type MegaImport } from "./mega-source.js";
import { type RestoredWallet, restoreWallet } from "./new-wallet.js";

/** Where a chain comes from: a node that keeps an archive, or one that keeps a MegaMMR, or a file with a MegaMMR. */
export type ResyncSource =
  | { readonly type: "archive" | "megammr"; readonly endpoint: Endpoint }
  | { readonly type: "file"; readonly path: string };

export interface ResyncRequest {
  readonly source: ResyncSource;
  /** A wallet to be restored; undefined: the one in use stays. */
  readonly wallet?: RestoredWallet | undefined;
  /** Only to see whether it would succeed. */
  readonly checkOnly?: boolean;
}

export interface ResyncResult {
  readonly root: number;
  readonly tip: number;
  /** The wallet's coins that came with proofs. */
  readonly coins: number;
  /** The weight of the cascade and the tree. */
  readonly weight: bigint;
  /** When the newest block below the tree was made, Unix milliseconds; the root's time if nothing is known of it. */
  readonly cascadeTime: number;
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

  async #run({ source, wallet: restored, checkOnly = false }: ResyncRequest): Promise<ResyncResult> {
    const { config, params, log, wallet, oneShot } = this.#host;
    if (source.type !== "file") await oneShot.archive(source.endpoint, -1);
    log.info("resync begins", { from: source.type === "file" ? source.path : addressText(source.endpoint) });
    const folder = new ResyncFolder(config.dataDir);
    let fresh: Wallet | undefined;
    let target: ChainImport | undefined;
    try {
      fresh = restored === undefined ? undefined : await restoreWallet(folder, wallet, restored, params, log);
      this.#stopped.signal.throwIfAborted();
      const owner = fresh ?? wallet;
      const isRestored = fresh !== undefined;
      target = new ChainImport({ path: folder.chainPath, params, keepsAllBlocks: config.archive, wallet: owner, isRestored });
      const { coins, peers } = await this.#fetch(source, owner, target);
      const { tree, cascade } = target.chain;
      if (tree === null) throw new ResyncError("there is no chain");
      const weight = floorWeight(tree.root.total) + floorWeight(cascade.weight);
      const cascadeTime = (cascade.nodes[0]?.txpow ?? tree.root.txpow).header.time.toNumber();
      const result = { root: tree.root.number, tip: tree.tip.number, coins, weight, cascadeTime };
      this.#takeOver(target.store.values, peers);
      await target.close();
      await fresh?.close();
      if (checkOnly) folder.discard();
      else folder.commit();
      log.info(checkOnly ? "all checked" : "resync done: the node is to be started again", { root: result.root, tip: result.tip, coins });
      return result;
    } catch (error) {
      await target?.close();
      await fresh?.close();
      folder.discard();
      throw error;
    }
  }

  async #fetch(source: ResyncSource, owner: Wallet, target: ChainImport): Promise<MegaImport> {
    const { log, oneShot } = this.#host;
    const { signal } = this.#stopped;
    switch (source.type) {
      case "archive":
        await importFromArchive({ oneShot, endpoint: source.endpoint, log, signal }, target);
        return { coins: 0, peers: "" };
      case "megammr":
        return importFromMega(oneShot, source.endpoint, owner, target, log, signal);
      case "file":
        return { coins: await importFromMegaFile(source.path, target, owner, log, signal), peers: "" };
    }
  }

  /** Settings that are kept with the chain. */
  #takeOver(values: TextStore, peers: string): void {
    const before = this.#host.values;
    const known = new Map([...new KnownPeers(before).load(), ...parsePeers(peers)].map((peer) => [addressText(peer), peer]));
    new KnownPeers(values).save([...known.values()]);
    saveMaster(values, savedMaster(before));
  }
}
