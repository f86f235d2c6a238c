import type { RSAKeyPair } from "../protocol/encryption.js";

/** A peer we dialled once, and our key there (spec 08 §1). */
export interface HostRow {
  /** `host:port`. */
  readonly address: string;
  readonly keys: RSAKeyPair;
  /** Unix milliseconds. */
  readonly lastSeen: number;
}

/** Where a Maxima identity is kept. Everything is durable when a call returns, and what is removed is overwritten. */
export interface MaximaStore {
  identity(name: IdentityName): RSAKeyPair | undefined;
  addIdentity(name: IdentityName, keys: RSAKeyPair): void;
  hosts(): readonly HostRow[];
  putHost(row: HostRow): void;
  seeHost(address: string, lastSeen: number): void;
  removeHost(address: string): void;
  /** Single values by name: the own name, the location service in use ... */
  text(name: string): string | undefined;
  setText(name: string, text: string): void;
  removeText(name: string): void;
}

export type IdentityName = "maxima" | "mls";
