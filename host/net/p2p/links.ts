import { addressText, type Endpoint } from "../endpoint.js";
import type { Peer } from "../peer.js";

/** What a connection is in the overlay: links to nodes that accept connections by direction, clients, and those that did not say. */
export type Role = "in" | "out" | "client" | "none";

/** A connection and where its other end is reached. */
export interface Link {
  readonly peer: Peer;
  readonly role: Role;
  readonly address: Endpoint;
}

/** All links by their role (spec 07 §16.2). */
export class Links {
  readonly #links = new Map<Peer, Link>();

  set(peer: Peer, role: Role, address: Endpoint): void {
    this.#links.set(peer, { peer, role, address });
  }

  get(peer: Peer): Link | undefined {
    return this.#links.get(peer);
  }

  delete(peer: Peer): void {
    this.#links.delete(peer);
  }

  of(role: Role): Link[] {
    return Array.from(this.#links.values()).filter((link) => link.role === role);
  }

  count(role: Role): number {
    return this.of(role).length;
  }

  /** The link to a node, whatever its role. */
  to(address: Endpoint): Link | undefined {
    const text = addressText(address);
    return Array.from(this.#links.values()).find((link) => addressText(link.address) === text);
  }
}
