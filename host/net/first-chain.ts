import { MessageType } from "../protocol/messages/message.js";
import type { ChainView, MaybePromise } from "./chain-port.js";
import { type Cancel, type Clock, every } from "./clock.js";
import type { NetLogger } from "./log.js";
import type { Peer } from "./peer.js";
import type { Peers } from "./peers.js";
import type { Incoming } from "./transports/transport.js";

/** How long a stranger's chain waits for peers of our choice to bring theirs. */
export const STRANGER_WAIT_MS = 60_000;
/** How long at most while such a peer's chain is on its way. */
export const STRANGER_PATIENCE_MS = 300_000;
const LOOK_MS = 500;

export interface FirstChainOptions {
  readonly clock: Clock;
  readonly log: NetLogger;
  readonly view: ChainView;
  readonly peers: Peers;
  /** Whether this node is about to connect with peers of its choice. */
  readonly seeking: () => boolean;
  /** Whether a peer's answer to our greeting was taken in full. */
  readonly hasAnswered: (peer: Peer) => boolean;
  /** Whether it is being taken. */
  readonly isAnswering: (peer: Peer) => boolean;
}

interface Waiting {
  readonly peer: Peer;
  readonly since: number;
  /** What is done with the message in the end. */
  readonly goOn: () => void;
}

/**
 * Sees to it that a node without a chain rather takes its first one from a peer it dialled than from a stranger who dialled it: who
 * wants to show it a chain of his own making only has to be first otherwise. A matter of order only: strangers wait for a limited
 * time, and not at all when nobody else is in sight (docs/decisions/0010-stricter-network.md).
 */
export class FirstChain {
  readonly #waiting = new Set<Waiting>();
  #stop: Cancel | undefined;

  constructor(readonly options: FirstChainOptions) {}

  /** Processes a message, at once or when its time has come. Of a peer that went away meanwhile it is not processed. */
  take(peer: Peer, message: Incoming, process: () => MaybePromise<void>): MaybePromise<void> {
    const { clock, log } = this.options;
    const since = clock.now();
    if (message.body[0] !== MessageType.IBD || !this.#mustWait(peer, since)) return process();
    log.info("a stranger's initial download waits for peers of our choice", { peer: peer.address });
    return new Promise((resolve) => {
      const goOn = (): void => {
        if (peer.gone) message.release();
        resolve(peer.gone ? undefined : process());
      };
      this.#waiting.add({ peer, since, goOn });
      this.#stop ??= every(clock, LOOK_MS, () => this.#look());
    });
  }

  /** A connection ended: what of it waits gives its memory back at once. */
  gone(peer: Peer): void {
    for (const waiting of this.#waiting) if (waiting.peer === peer) this.#end(waiting);
  }

  #look(): void {
    for (const waiting of this.#waiting) if (!this.#mustWait(waiting.peer, waiting.since)) this.#end(waiting);
  }

  #end(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    if (this.#waiting.size === 0) {
      this.#stop?.();
      this.#stop = undefined;
    }
    waiting.goOn();
  }

  #mustWait(peer: Peer, since: number): boolean {
    const { clock, view, peers, seeking } = this.options;
    if (!peer.incoming || !peer.valid || view.tip() !== null) return false;
    const waited = clock.now() - since;
    const chosen = Array.from(peers.all()).filter((other) => !other.incoming);
    if (waited < STRANGER_WAIT_MS) return seeking() || chosen.some((other) => this.#mayBringChain(other));
    return waited < STRANGER_PATIENCE_MS && chosen.some((other) => this.#isBringingChain(other));
  }

  #mayBringChain(peer: Peer): boolean {
    return !peer.valid || (peer.topBlock !== NO_CHAIN && !this.options.hasAnswered(peer));
  }

  #isBringingChain(peer: Peer): boolean {
    return this.#mayBringChain(peer) && (this.options.isAnswering(peer) || peer.connection.partial !== undefined);
  }
}

/** The top block of a greeting whose sender has no chain (spec 07 §4.1). */
const NO_CHAIN = "-1";
