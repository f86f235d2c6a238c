import type { Chain } from "../chain/chain.js";
import type { NetworkParams } from "../chain/params.js";
import type { NetworkService } from "../net/service.js";
import type { ChainStore } from "../store/chain-store.js";
import type { MaximaDatabase } from "../store/maxima-db.js";
import type { SettingsFile } from "../store/settings.js";
import type { Wallet } from "../wallet/wallet.js";
import { Backups } from "./backup/backups.js";
import type { NodeConfig } from "./config.js";
import type { EventBus } from "./events.js";
import type { Logger } from "./logger.js";
import { NodeNotifications } from "./notify/node-notifications.js";
import type { Notifications } from "./notify/notifications.js";
import { Resync } from "./resync/resync.js";

/** What the parts that serve a node's owner need of it: what tells of it, and what saves it and makes it anew. */
export interface OwnedNode {
  readonly config: NodeConfig;
  readonly params: NetworkParams;
  readonly chain: Chain;
  readonly store: ChainStore;
  readonly wallet: Wallet;
  readonly network: NetworkService;
  readonly events: EventBus;
  readonly settings: SettingsFile;
}

/** What a node tells the outside; `log` is not one that tells what it logs. */
export function createNotifications(node: OwnedNode, hub: Notifications, log: Logger): NodeNotifications {
  const { config, params, chain, wallet, events, settings } = node;
  return new NodeNotifications({
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
}

/** Backups of a node, its Maxima included. */
export function createBackups(node: OwnedNode, maxima: MaximaDatabase, log: Logger): Backups {
  const { config, params, chain, store, wallet, settings } = node;
  const { dataDir, network } = config;
  return new Backups({ dataDir, params, wallet, maxima, chain, store, settings, fetchesChain: network !== "solo", log });
}

/** What makes the chain of a node anew, never during a backup. */
export function createResync(node: OwnedNode, backups: Backups, log: Logger): Resync {
  const { config, params, store, wallet, network } = node;
  return new Resync({
    config,
    params,
    log,
    wallet,
    values: store.values,
    oneShot: network.oneShot,
    alone: (work) => backups.alone(work),
  });
}
