import { ProtocolError } from "../protocol/errors.js";
import { jsonObject } from "../protocol/json.js";
import { type Greeting, greetingText, hasGreetingExtra } from "../protocol/messages/greeting.js";
import { MessageType, writeMessage } from "../protocol/messages/message.js";
import { MiniNumber } from "../protocol/number.js";
import type { ChainView } from "./chain-port.js";
import type { Clock } from "./clock.js";
import type { NetworkConfig } from "./config.js";
import type { AddressSet, InvalidList } from "./invalid-list.js";
import { type NetLogger, printable } from "./log.js";
import type { Peer } from "./peer.js";
import type { Peers } from "./peers.js";

/** What all versions that understand each other begin with (spec 07 §4.2). */
const BASE_VERSION = "1.0";

export interface HandshakeOptions {
  readonly clock: Clock;
  readonly config: NetworkConfig;
  readonly log: NetLogger;
  readonly view: ChainView;
  readonly peers: Peers;
  readonly invalid: InvalidList;
  /** Addresses that got an IBD since the set was last emptied. */
  readonly servedIBD: AddressSet;
  /** The port this node listens on. */
  readonly listeningPort: () => number;
  /** A greeting was accepted; the peer's data are set. */
  readonly accepted: (peer: Peer) => void;
  /** The peer shall get an IBD. `addressBefore` is what it was known as when the greeting came. */
  readonly sendIBD: (peer: Peer, greeting: Greeting, addressBefore: string) => void;
}

/** Greetings, in both roles (spec 07 §4). */
export class Handshake {
  constructor(readonly options: HandshakeOptions) {}

  /** A connection is there: who dialled speaks first. */
  connected(peer: Peer): void {
    if (!peer.incoming) this.#greet(peer);
  }

  /** Throws `ProtocolError` when the message is to be dropped, the connection kept. */
  receive(peer: Peer, greeting: Greeting): void {
    const addressBefore = peer.address;
    if (!isAcceptableVersion(greeting.version, this.options.config.version)) {
      this.#refuse(peer, greeting.version);
      return;
    }
    peer.announce(greetingText(greeting, "host"), undefined);
    peer.announce(undefined, announcedPort(greeting));
    peer.version = printable(greeting.version);
    peer.topBlock = greeting.topBlock.toString();
    peer.valid = true;
    if (peer.incoming) this.#greet(peer);
    this.options.accepted(peer);
    if (peer.gone) return;
    if (this.options.servedIBD.has(peer.address)) return;
    this.options.servedIBD.add(peer.address);
    this.options.sendIBD(peer, greeting, addressBefore);
  }

  /** Sends our greeting, once per connection. */
  #greet(peer: Peer): void {
    if (peer.sentGreeting) return;
    peer.sentGreeting = true;
    peer.send(writeMessage({ type: MessageType.GREETING, payload: this.#greeting() }));
  }

  #greeting(): Greeting {
    const { config, view, listeningPort } = this.options;
    return {
      version: config.version,
      extra: jsonObject(["welcome", config.welcome], config.host === undefined ? undefined : ["host", config.host], [
        "port",
        String(config.port ?? listeningPort()),
      ]),
      topBlock: MiniNumber.of(view.tip()?.number ?? -1),
      chain: view.mainIds(),
    };
  }

  /** A dialler learns from our greeting why it is turned away, so the connection stays for a moment (spec 07 §4.2). */
  #refuse(peer: Peer, version: string): void {
    const { clock, config, invalid, log, peers } = this.options;
    log.info("peer of another network", { peer: peer.address, version: printable(version, 40) });
    invalid.add(peer.address);
    const reason = `its version is ${printable(version, 40)}`;
    if (!peer.incoming || peer.sentGreeting) {
      peers.drop(peer, reason);
      return;
    }
    this.#greet(peer);
    clock.setTimeout(config.timers.mismatchCloseMs, () => peers.drop(peer, reason));
  }
}

/** Whether a peer's version goes with ours (spec 07 §4.2). */
export function isAcceptableVersion(version: string, own: string): boolean {
  return version.startsWith(BASE_VERSION) && version.includes("TEST") === own.includes("TEST");
}

/** The port a greeting names: text of a 32-bit number, whatever port that may be (spec 07 §4.3). */
function announcedPort(greeting: Greeting): number | undefined {
  if (!hasGreetingExtra(greeting, "port")) return undefined;
  const text = greetingText(greeting, "port") ?? "";
  const port = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port >= -(2 ** 31) && port < 2 ** 31)) throw new ProtocolError("malformed", "the port of a greeting is no number");
  return port;
}
