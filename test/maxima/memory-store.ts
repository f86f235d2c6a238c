import type { HostRow, IdentityName, MaximaStore } from "../../host/maxima/store.js";
import type { RSAKeyPair } from "../../host/protocol/encryption.js";

/** A store that forgets everything with the test. */
export class MemoryStore implements MaximaStore {
  readonly #identities = new Map<IdentityName, RSAKeyPair>();
  readonly #hosts = new Map<string, HostRow>();
  readonly #texts = new Map<string, string>();

  identity(name: IdentityName): RSAKeyPair | undefined {
    return this.#identities.get(name);
  }

  addIdentity(name: IdentityName, keys: RSAKeyPair): void {
    this.#identities.set(name, keys);
  }

  hosts(): readonly HostRow[] {
    return Array.from(this.#hosts.values());
  }

  putHost(row: HostRow): void {
    this.#hosts.set(row.address, row);
  }

  seeHost(address: string, lastSeen: number): void {
    const row = this.#hosts.get(address);
    if (row !== undefined) this.#hosts.set(address, { ...row, lastSeen });
  }

  removeHost(address: string): void {
    this.#hosts.delete(address);
  }

  text(name: string): string | undefined {
    return this.#texts.get(name);
  }

  setText(name: string, text: string): void {
    this.#texts.set(name, text);
  }

  removeText(name: string): void {
    this.#texts.delete(name);
  }
}
