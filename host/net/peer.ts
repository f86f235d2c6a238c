import type { PeerId } from "../chain/types.js";
import type { Clock } from "./clock.js";
import type { NetworkLimits } from "./config.js";
import { addressText, type Endpoint } from "./endpoint.js";
import type { Traffic } from "./traffic.js";
import { type Connection, messageType, type Outgoing } from "./transports/transport.js";

/** One connection and what is known of who is at its other end (spec 07 §3.1). */
export class Peer {
  /** When it connected. */
  readonly since: number;
  /** When its last complete message came. */
  lastMessage: number;
  /** Complete messages it sent. */
  messages = 0;
  /** Messages that did not decode or were too long. */
  badMessages = 0;
  /** Whether a greeting of its came, read or not. */
  greeted = false;
  /** Whether it delivered a greeting we accept: only then it gets broadcasts. */
  valid = false;
  sentGreeting = false;
  /** From its greeting. */
  version: string | undefined;
  topBlock: string | undefined;
  #host: string;
  #port: number | undefined;
  /** Requests that wait for it to take what it was sent. */
  #requests: (() => Outgoing | undefined)[] = [];
  #gone = false;

  constructor(
    readonly uid: PeerId,
    readonly connection: Connection,
    readonly clock: Clock,
    readonly limits: NetworkLimits,
    readonly traffic: Traffic,
    /** The peer breaks a rule that costs it the connection. */
    readonly drop: (peer: Peer, reason: string) => void,
  ) {
    this.since = clock.now();
    this.lastMessage = this.since;
    this.#host = connection.remote.host;
  }

  get incoming(): boolean {
    return this.connection.incoming;
  }

  /** Whether the connection has ended: nothing more is sent to it or done for it. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Where the peer says it listens; the socket address until it said so. */
  get endpoint(): Endpoint {
    return { host: this.#host, port: this.#port ?? this.connection.remote.port };
  }

  get address(): string {
    return addressText(this.endpoint);
  }

  /** The port it announced. */
  get announcedPort(): number | undefined {
    return this.#port;
  }

  /** What its greeting said of where it is reached (spec 07 §4.4). */
  announce(host: string | undefined, port: number | undefined): void {
    this.#host = host ?? this.#host;
    this.#port = port ?? this.#port;
  }

  send(message: Outgoing): void {
    if (this.#gone) return;
    this.traffic.countWritten(messageType(message), message.length);
    this.connection.send(message);
    if (this.connection.backlog > this.limits.backlogBytes) this.drop(this, "it does not read what it is sent");
  }

  /** Answers a request, at once or when the peer has taken most of what it asked for before. */
  answer(make: () => Outgoing | undefined): void {
    if (this.#gone) return;
    this.#requests.push(make);
    this.#answerNext();
    if (this.#requests.length > this.limits.waitingRequests) this.drop(this, "it asks faster than it reads");
  }

  /** The connection has sent everything. */
  drained(): void {
    this.#answerNext();
  }

  /** Ends the connection; only for who keeps the list of peers. */
  end(): void {
    this.#gone = true;
    this.#requests = [];
    this.connection.close();
  }

  #answerNext(): void {
    while (!this.#gone && !this.connection.streaming && this.connection.backlog <= this.limits.answerBytes) {
      const make = this.#requests.shift();
      if (make === undefined) return;
      const answer = make();
      if (answer !== undefined) this.send(answer);
    }
  }
}
