import type { Clock } from "../clock.js";
import type { Peer } from "../peer.js";
import type { P2PMessage } from "./messages.js";

/** A message that comes before its sender's P2P greeting waits this long (spec 07 §16). */
const EARLY_WAIT_MS = 10_000;
const MOST_EARLY = 16;
/** Messages a peer may send in a minute; honest ones send a few. */
const MESSAGES_PER_MINUTE = 120;
const MINUTE_MS = 60_000;

interface Behaviour {
  greeted: boolean;
  early: number;
  minuteStart: number;
  messages: number;
}

/** How peers behave on the overlay: how much they say, and whether they greet first. */
export class Conduct {
  readonly #behaviours = new WeakMap<Peer, Behaviour>();

  constructor(readonly clock: Clock) {}

  /** Counts a message, before it is read. False when its sender has said too much lately. */
  isWithinRate(peer: Peer): boolean {
    const behaviour = this.#of(peer);
    const now = this.clock.now();
    if (now - behaviour.minuteStart >= MINUTE_MS) {
      behaviour.minuteStart = now;
      behaviour.messages = 0;
    }
    return ++behaviour.messages <= MESSAGES_PER_MINUTE;
  }

  /** Has a message processed, now or after a while if its sender's greeting is still to come. */
  inOrder(peer: Peer, message: P2PMessage, process: () => void): void {
    const behaviour = this.#of(peer);
    if (message.greeting === undefined && !behaviour.greeted) {
      if (behaviour.early++ >= MOST_EARLY) return;
      this.clock.setTimeout(EARLY_WAIT_MS, () => {
        if (!peer.gone) process();
      });
      return;
    }
    if (message.greeting !== undefined) behaviour.greeted = true;
    process();
  }

  #of(peer: Peer): Behaviour {
    const known = this.#behaviours.get(peer);
    if (known !== undefined) return known;
    const behaviour = { greeted: false, early: 0, minuteStart: this.clock.now(), messages: 0 };
    this.#behaviours.set(peer, behaviour);
    return behaviour;
  }
}
