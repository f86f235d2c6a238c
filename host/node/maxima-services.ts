import { randomBytes } from "node:crypto";
import type { Chain } from "../chain/chain.js";
import type { NetworkParams } from "../chain/params.js";
import { parseMaximaAddress } from "../maxima/address.js";
import { NO_ADDRESS } from "../maxima/contact.js";
import type { ContactChain } from "../maxima/contacts.js";
import type { Maxima } from "../maxima/maxima.js";
import { MaximaServices } from "../maxima/services.js";
import { systemClock } from "../net/clock.js";
import { encodeMx } from "../protocol/mx.js";
import type { MaximaDatabase } from "../store/maxima-db.js";
import { WalletError } from "../wallet/errors.js";
import type { Wallet } from "../wallet/wallet.js";
import type { NodeConfig } from "./config.js";
import type { EventBus } from "./events.js";
import type { LogTopics } from "./log-topics.js";

/** What contacts and location services need of a node. */
export interface MaximaServicesNode {
  readonly config: NodeConfig;
  /** The only host blocks are taken from, if there is one. */
  readonly master: string | undefined;
  readonly params: NetworkParams;
  readonly topics: LogTopics;
  readonly chain: Pick<Chain, "tip" | "tree">;
  readonly wallet: Wallet;
  readonly events: EventBus;
  readonly maxima: Maxima;
}

/** How far below the tip contacts compare their chains (spec 08 §12). */
const CHECK_DEPTH = { main: 50, test: 16 } as const;
/** Addresses that lead to this machine itself. */
const OWN_MACHINE = /^(127\.|0\.|169\.254\.|localhost)/i;

/** Contacts and location services on a node. */
export function createMaximaServices(node: MaximaServicesNode, store: MaximaDatabase): MaximaServices {
  const { config, params, topics, chain, wallet, events, maxima } = node;
  return new MaximaServices({
    link: maxima,
    store,
    contacts: store.contacts,
    chain: contactChain(chain, CHECK_DEPTH[params.name]),
    minimaAddress: () => defaultAddress(wallet),
    mayReach: (address) => config.allowAllIPs || !OWN_MACHINE.test(parseMaximaAddress(address).endpoint.host),
    staysWithHost: node.master !== undefined,
    contactsChanged: () => void events.emit("maximacontacts"),
    clock: systemClock,
    random: (length) => randomBytes(length),
    log: topics.logger("maxima"),
  });
}

function contactChain(chain: Pick<Chain, "tip" | "tree">, depth: number): ContactChain {
  return {
    status: () => {
      const { tip, tree } = chain;
      if (tip === null || tree === null) return undefined;
      const check = tree.mainAt(tip.number - depth) ?? tree.root;
      return { topBlock: String(tip.number), checkBlock: String(check.number), checkHash: `0x${check.key}` };
    },
  };
}

/** Where the owner is paid; a wallet that has no address yet does not keep contacts from being told. */
function defaultAddress(wallet: Wallet): string {
  try {
    return encodeMx(wallet.getAddress().address);
  } catch (error) {
    if (error instanceof WalletError) return NO_ADDRESS;
    throw error;
  }
}
