import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { Bytes } from "../../host/protocol/bytes.js";
import { ProtocolError } from "../../host/protocol/errors.js";

/** How many broken inputs every decoder gets. */
export const RUNS = Number(process.env.FUZZ_RUNS ?? 100_000);

/** Random numbers that are the same in every run. */
export function generator(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** A vector file of the tests, by path without extension. */
export function vectors(path: string): unknown {
  const base = fileURLToPath(new URL(`../vectors/${path}`, import.meta.url));
  for (const [ending, open] of [
    [".json", (raw: Buffer) => raw],
    [".json.gz", gunzipSync],
  ] as const) {
    try {
      return JSON.parse(open(readFileSync(base + ending)).toString("utf8"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  throw new Error(`no vectors ${path}`);
}

const INTERESTING = [0, 1, 2, 4, 8, 0x20, 0x21, 0x7f, 0x80, 0xed, 0xf8, 0xff];

/** A broken copy of one of the seeds, now and then pure noise. */
export function mutate(seeds: readonly Bytes[], random: (below: number) => number): Bytes {
  const pick = (): Bytes => seeds[random(seeds.length)] as Bytes;
  if (random(64) === 0) return Uint8Array.from({ length: random(48) }, () => random(256));
  const bytes = pick().slice();
  if (bytes.length === 0) return bytes;
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const at = random(bytes.length);
    switch (random(6)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes[at] = (bytes[at] as number) ^ (1 << random(8));
        break;
      case 2:
        bytes[at] = INTERESTING[random(INTERESTING.length)] as number;
        break;
      case 3:
        bytes.fill(INTERESTING[random(INTERESTING.length)] as number, at, at + 1 + random(4));
        break;
      case 4:
        bytes.copyWithin(at, random(bytes.length), random(bytes.length));
        break;
      default:
        bytes.set(pick().subarray(0, bytes.length - at), at);
    }
  }
  return random(4) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

/** The result, or undefined after a ProtocolError. Anything else is thrown: that is what the tests look for. */
export function orRefused<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
