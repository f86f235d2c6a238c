import type { Endpoint } from "../endpoint.js";

const LOCAL_PREFIXES = ["127.", "localhost", "10.", "100.", "0.", "169.", "172.", "198.", "192."];

/** Whether an address is taken from strangers (spec 07 §16.3.3): no local networks, no IPv6, a real port. */
export function isPublicAddress({ host, port }: Endpoint, allowAllIPs: boolean): boolean {
  if (host === "" || host.includes(":") || /[\s/@]/.test(host) || port < 1 || port > 65_535) return false;
  return allowAllIPs || !LOCAL_PREFIXES.some((prefix) => host.startsWith(prefix));
}

/** Random choices from injected bytes. */
export class Dice {
  constructor(readonly random: (length: number) => Uint8Array) {}

  /** A whole number from 0 to `below` - 1. */
  number(below: number): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.random(4);
    return (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) % below;
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items.length === 0 ? undefined : items[this.number(items.length)];
  }

  shuffle<T>(items: readonly T[]): T[] {
    const list = [...items];
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.number(i + 1);
      [list[i], list[j]] = [list[j] as T, list[i] as T];
    }
    return list;
  }
}
