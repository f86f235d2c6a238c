import { type Cancel, type Clock, every } from "./clock.js";
import type { NetworkConfig } from "./config.js";
import type { Peer } from "./peer.js";
import type { Peers } from "./peers.js";

export interface WatchdogOptions {
  readonly clock: Clock;
  readonly config: NetworkConfig;
  readonly peers: Peers;
}

/** Ends connections that are dead, or that only take up room (spec 07 §15, §19). */
export class Watchdog {
  #cancels: Cancel[] = [];

  constructor(readonly options: WatchdogOptions) {}

  start(): void {
    const { clock, config } = this.options;
    this.#cancels = [
      every(clock, config.timers.silenceCheckMs, () => this.#check((peer) => this.#silent(peer))),
      every(clock, config.timers.stallCheckMs, () => this.#check((peer) => this.#stalled(peer) ?? this.#mute(peer))),
    ];
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
  }

  #check(complaint: (peer: Peer) => string | undefined): void {
    for (const peer of Array.from(this.options.peers.all())) {
      // While we do not read we cannot hear.
      const reason = peer.connection.paused ? undefined : complaint(peer);
      if (reason !== undefined) this.options.peers.giveUp(peer, reason);
    }
  }

  /** No complete message for long, and none under way. */
  #silent(peer: Peer): string | undefined {
    const quiet = this.options.clock.now() - peer.lastMessage;
    return quiet > this.options.config.timers.silenceMs && peer.connection.partial === undefined ? "no message for too long" : undefined;
  }

  /** A message that comes too slowly: it would hold memory for ever. */
  #stalled(peer: Peer): string | undefined {
    const { clock, config } = this.options;
    const partial = peer.connection.partial;
    if (partial === undefined) return undefined;
    const elapsed = clock.now() - partial.since - config.limits.messageGraceMs;
    return elapsed * config.limits.bytesPerSecond > partial.received * 1000 ? "a message does not get ahead" : undefined;
  }

  /** Connected and never said anything. */
  #mute(peer: Peer): string | undefined {
    const { clock, config } = this.options;
    return peer.messages === 0 && peer.connection.partial === undefined && clock.now() - peer.since > config.timers.muteMs
      ? "it says nothing"
      : undefined;
  }
}
