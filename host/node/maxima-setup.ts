import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Chain } from "../chain/chain.js";
import { type Identity, openIdentity } from "../maxima/identity.js";
import { Maxima } from "../maxima/maxima.js";
import type { WorkPort } from "../maxima/work.js";
import { systemClock } from "../net/clock.js";
import type { NetworkService } from "../net/service.js";
import type { Bytes } from "../protocol/bytes.js";
import { newRSAKeyPair } from "../protocol/encryption.js";
import type { TxPoW } from "../protocol/txpow.js";
import { MaximaDatabase } from "../store/maxima-db.js";
import type { NodeConfig } from "./config.js";
import { MAXIMA_FILE } from "./data-files.js";
import type { EventBus } from "./events.js";
import type { LogTopics } from "./log-topics.js";
import type { Logger } from "./logger.js";
import type { Miner } from "./mining/miner.js";
import { localHost, reachedHost } from "./own-host.js";

/** What a node's Maxima is made of. */
export interface MaximaParts {
  readonly store: MaximaDatabase;
  readonly identity: Identity;
}

/** Opens the Maxima identity of a data folder, or makes one. Throws `StoreError`. */
export async function openMaxima(dataDir: string): Promise<MaximaParts> {
  const store = new MaximaDatabase(join(dataDir, MAXIMA_FILE));
  try {
    return { store, identity: await openIdentity(store) };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** What Maxima needs of a node. */
export interface MaximaNode {
  readonly config: NodeConfig;
  readonly log: Logger;
  readonly topics: LogTopics;
  readonly chain: Chain;
  readonly network: NetworkService;
  readonly miner: Miner;
  readonly events: EventBus;
  build(request: { readonly customhash: Bytes; readonly hashRate: number }): Promise<TxPoW>;
  submit(txpow: TxPoW, from: null): Promise<unknown>;
}

/** Maxima on a node: its network, its chain and its miner. */
export function createMaxima(node: MaximaNode, { store, identity }: MaximaParts): Maxima {
  const { config, network, events } = node;
  const port = (): number => network.listening?.port ?? config.port;
  const maxima = new Maxima({
    store,
    identity,
    clock: systemClock,
    random: (length) => randomBytes(length),
    newKeys: newRSAKeyPair,
    log: node.topics.logger("maxima"),
    work: workOf(node),
    deliver: (endpoint, message, isAnswer) => network.oneShot.maxima(endpoint, message, isAnswer),
    allowAllIPs: config.allowAllIPs,
    localEndpoint: () => ({ host: localHost(config), port: port() }),
    reachedEndpoint: () => ({ host: reachedHost(node), port: port() }),
    replace: (peer) => network.replace(peer.uid, "it carries no Maxima messages"),
    received: (incoming) => events.emit("maxima", incoming),
    hostChanged: (host) => events.emit("maximahosts", host),
  });
  network.serveMaxima(maxima);
  return maxima;
}

function workOf(node: MaximaNode): WorkPort {
  return {
    hasChain: () => node.chain.tip !== null,
    minimumWork: () => node.chain.tip?.txpow.header.magic.current.minTxPoWWork,
    build: (customhash) => node.build({ customhash, hashRate: 0 }),
    mine: (template, signal) => node.miner.mine(template, node.config.miningDuty, signal),
    submit: (block) => {
      node.submit(block, null).catch((error) => node.log.warn("a mined block could not be taken in", { reason: String(error) }));
    },
  };
}
