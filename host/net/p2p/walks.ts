import { toHex0x } from "../../protocol/bytes.js";
import type { Clock } from "../clock.js";
import { addressText, type Endpoint } from "../endpoint.js";
import type { Peer } from "../peer.js";
import type { Dice } from "./addresses.js";
import type { Link, Links } from "./links.js";
import type { P2PMessage, Walk } from "./messages.js";

/** Hops of a walk before it turns back. */
const LONGEST_PATH = 9;
/** Longer paths are not genuine. */
const MOST_HOPS = 16;
const SECRET_BYTES = 8;
/** How long the return of a walk is awaited, and how many at a time. */
const WALK_LIFE_MS = 60_000;
const MOST_WALKS = 64;

export interface WalksOptions {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly random: (length: number) => Uint8Array;
  readonly links: Links;
  readonly own: () => Endpoint | undefined;
  readonly maxLinks: () => number;
  readonly maxClients: number;
  readonly send: (peer: Peer, message: P2PMessage) => void;
  /** Starts to connect; false when that is not possible. */
  readonly connect: (endpoint: Endpoint) => boolean;
}

/** Random walks, by which nodes find others that have room (spec 07 §16.3.4-5). */
export class Walks {
  /** Walks of our own that have not come back: secret and when they set out. */
  readonly #underWay = new Map<string, number>();
  #fruitless = false;

  constructor(readonly options: WalksOptions) {}

  /** Whether the last walk of our own that came back led to nobody new, or none comes back. */
  get fruitless(): boolean {
    return this.#fruitless || this.#underWay.size > 2;
  }

  /** Looks for a node to connect to. False when there is no way to start. */
  join(): boolean {
    return this.#setOut({ alongInLinks: true, joining: true, forClients: false }, this.options.dice.pick(this.options.links.of("out")));
  }

  /** Looks for a node that connects to us. */
  invite(): void {
    this.#setOut({ alongInLinks: false, joining: false, forClients: false }, this.options.dice.pick(this.options.links.of("out")));
  }

  /** Looks for a node that takes some of our clients, if there are too many. */
  balance(): void {
    const { links, maxClients, maxLinks, dice } = this.options;
    if (links.count("client") <= maxClients) return;
    const walks = Math.floor(links.count("in") / maxLinks());
    for (let i = 0; i < walks; i++) this.#setOut({ alongInLinks: true, joining: false, forClients: true }, dice.pick(links.of("in")));
  }

  receive(peer: Peer, walk: Walk): void {
    const own = this.options.own();
    if (own === undefined || walk.path.length > MOST_HOPS) return;
    if (!walk.returning) this.#onTheWay(peer, walk, own);
    else if (walk.path[0] !== undefined && isSame(walk.path[0], own)) this.#returned(walk, own);
    else this.#passBack(walk, own);
  }

  #setOut(kind: Pick<Walk, "alongInLinks" | "joining" | "forClients">, first: Link | undefined): boolean {
    if (first === undefined || this.options.own() === undefined) return false;
    const secret = toHex0x(this.options.random(SECRET_BYTES));
    if (kind.alongInLinks) this.#remember(secret);
    this.options.send(first.peer, { walk: { ...kind, secret, clientSlots: 0, returning: false, path: [] } });
    return true;
  }

  #remember(secret: string): void {
    const now = this.options.clock.now();
    this.#underWay.set(secret, now);
    for (const [old, since] of this.#underWay) {
      if (now - since > WALK_LIFE_MS || this.#underWay.size > MOST_WALKS) this.#underWay.delete(old);
    }
  }

  #onTheWay(peer: Peer, arrived: Walk, own: Endpoint): void {
    const { links, dice, maxLinks, maxClients, send, random } = this.options;
    const sender = links.get(peer)?.address;
    if (sender === undefined) return;
    const walk = { ...arrived, secret: arrived.secret ?? toHex0x(random(SECRET_BYTES)) };
    const path = [...walk.path, sender];
    const ways = links.of(walk.alongInLinks ? "in" : "out").filter((link) => !path.some((hop) => isSame(hop, link.address)));
    const next = dice.pick(ways);
    if (path.length < LONGEST_PATH && next !== undefined) {
      send(next.peer, { walk: { ...walk, path } });
    } else if (walk.alongInLinks) {
      const clientSlots = walk.forClients ? maxClients - links.count("client") : walk.clientSlots;
      this.#passBack({ ...walk, path: [...path, own], returning: true, clientSlots }, own);
    } else if (links.count("in") > maxLinks()) {
      const [chosen, target] = [dice.pick(links.of("in")), path[0]];
      if (chosen === undefined || target === undefined) return;
      send(chosen.peer, { swap: { secret: walk.secret, target } });
    }
  }

  /** To the node before us on the path. */
  #passBack(walk: Walk, own: Endpoint): void {
    const at = walk.path.findIndex((hop) => isSame(hop, own));
    const before = at > 0 ? walk.path[at - 1] : undefined;
    const link = before === undefined ? undefined : this.options.links.to(before);
    if (link !== undefined) this.options.send(link.peer, { walk });
  }

  /** A walk of our own is back. One that we did not start would make us dial whom somebody likes. */
  #returned(walk: Walk, own: Endpoint): void {
    const { links, maxLinks, connect } = this.options;
    if (walk.secret === undefined || !this.#underWay.delete(walk.secret)) return;
    if (walk.forClients) {
      this.#sendClientsTo(walk, own);
      return;
    }
    this.#fruitless = links.count("out") < maxLinks() && !walk.path.slice(1).reverse().some(connect);
  }

  #sendClientsTo(walk: Walk, own: Endpoint): void {
    const { links, maxClients, send, random } = this.options;
    const target = walk.path.at(-1);
    const clients = links.of("client");
    if (target === undefined || isSame(target, own) || clients.length <= maxClients) return;
    const moved = Math.max(0, Math.min(walk.clientSlots, Math.floor(maxClients / 2)));
    for (const { peer } of clients.slice(0, moved)) send(peer, { swap: { secret: toHex0x(random(SECRET_BYTES)), target } });
  }
}

const isSame = (a: Endpoint, b: Endpoint): boolean => addressText(a) === addressText(b);
