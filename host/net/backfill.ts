import { blockNumber } from "../chain/tree-node.js";
import { equalBytes } from "../protocol/bytes.js";
import { MessageType, writeMessage } from "../protocol/messages/message.js";
import { parentId, type TxPoW, txpowId } from "../protocol/txpow.js";
import type { Archive, IncomingIBD } from "./chain-port.js";
import type { Clock } from "./clock.js";
import type { NetworkConfig } from "./config.js";
import type { NetLogger } from "./log.js";
import type { Peer } from "./peer.js";
import type { Turns } from "./turns.js";

/** How old the archive shall reach back: 50 days (spec 07 §7). */
const ARCHIVE_MS = 50 * 24 * 3600 * 1000;
/** A peer that has not answered for this long does not keep others from being asked. */
const PATIENCE_MS = 120_000;

export interface BackfillOptions {
  readonly clock: Clock;
  readonly config: NetworkConfig;
  readonly log: NetLogger;
  readonly archive: Archive;
  readonly turns: Turns;
}

/** Fetches the blocks below the tree, so that this node can serve peers that come back after long (spec 07 §7). */
export class Backfill {
  /** Who was asked, for what, and when. */
  #asked: { readonly peer: Peer; readonly last: TxPoW; readonly since: number } | undefined;

  constructor(readonly options: BackfillOptions) {}

  /** Whether a peer owes us an answer. */
  expects(peer: Peer): boolean {
    return this.#asked?.peer === peer;
  }

  /** Asks a peer for the blocks below our oldest, unless somebody else was asked already. */
  request(peer: Peer): void {
    const { clock, config, archive, log } = this.options;
    const busy = this.#asked !== undefined && !this.#asked.peer.gone && clock.now() - this.#asked.since < PATIENCE_MS;
    if (busy || peer.gone || !config.archiveSync || config.txBlockNode) return;
    const last = archive.oldestTxPoW();
    if (last === null || blockNumber(last) <= 1 || (!config.archiveNode && this.#isOldEnough(last))) return;
    this.#asked = { peer, last, since: clock.now() };
    log.debug("older blocks requested", { peer: peer.address, below: blockNumber(last) });
    peer.send(writeMessage({ type: MessageType.IBD_REQ, payload: last }));
  }

  /** Takes the answer in; goes on asking as long as that brings blocks. */
  received(peer: Peer, ibd: IncomingIBD): Promise<void> {
    const asked = this.#asked;
    if (asked === undefined || asked.peer !== peer) return Promise.resolve();
    const progress = { stored: 0 };
    return new Promise((resolve) => {
      this.options.turns.walk(this.#take(asked.last, ibd, progress), (error) => {
        this.#asked = undefined;
        if (error !== undefined) this.options.log.debug("older blocks broke off", { peer: peer.address, reason: String(error) });
        if (progress.stored > 0) {
          this.options.archive.trim();
          if (error === undefined) this.request(peer);
        }
        resolve();
      });
    });
  }

  #isOldEnough(txpow: TxPoW): boolean {
    return txpow.header.time.toNumber() < this.options.clock.now() - ARCHIVE_MS;
  }

  /** Newest first. A block of another number is passed over but still counts as the last one; one of another chain ends it. */
  *#take(oldest: TxPoW, ibd: IncomingIBD, progress: { stored: number }): Generator<void, void, void> {
    let last = oldest;
    for (const block of ibd.blocks) {
      const number = blockNumber(block.txpow);
      if (number === blockNumber(last) - 1) {
        if (!equalBytes(txpowId(block.txpow), parentId(last))) return;
        this.options.archive.add(block, number);
        progress.stored++;
      }
      last = block.txpow;
      yield;
    }
  }
}
