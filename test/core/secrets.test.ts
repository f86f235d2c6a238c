import { beforeEach, expect, test, vi } from "vitest";
import { sha3OfSecret } from "../../host/core/hash.js";
import { treeKeys, treeSeed } from "../../host/core/tree-key.js";
import { winternitzPublicKey, winternitzSign } from "../../host/core/winternitz.js";
import { coreOf, hex, KINDS, peerSha3 } from "./cores.js";

/** The memories of all instances made, in order. */
const memories = vi.hoisted(() => [] as { readonly buffer: ArrayBuffer }[]);

vi.mock("@assemblyscript/loader", async (importOriginal) => {
  const loader = await importOriginal<typeof import("@assemblyscript/loader")>();
  return {
    ...loader,
    instantiateSync: (...args: Parameters<typeof loader.instantiateSync>) => {
      const made = loader.instantiateSync(...args);
      memories.push(made.exports.memory as WebAssembly.Memory);
      return made;
    },
  };
});

const seed = peerSha3(new Uint8Array([7]));
const digest = peerSha3(seed);
/** The first secret value. */
const secret = peerSha3(seed);

function contents(): Buffer[] {
  return memories.map(({ buffer }) => Buffer.from(buffer.slice(0)));
}

let before: Buffer[] = [];

beforeEach(() => {
  before = contents();
});

test.each(KINDS)("nothing of a seed stays in the core's memory, %s", (kind) => {
  const core = coreOf(kind);
  const fresh = contents().at(-1);
  core.publicKey(seed);
  core.sign(seed, digest);
  core.treeSeed(seed, 1);
  core.treeKeys(seed, 1, 2);
  expect(
    contents()
      .at(-1)
      ?.equals(fresh ?? Buffer.alloc(0)),
  ).toBe(true);
});

test.each(KINDS)("nor when the call was refused, %s", (kind) => {
  const core = coreOf(kind);
  const fresh = contents().at(-1);
  expect(() => core.sign(seed, digest.subarray(1))).toThrow(RangeError);
  expect(() => core.treeKeys(seed, 0, 1000)).toThrow(RangeError);
  expect(
    contents()
      .at(-1)
      ?.equals(fresh ?? Buffer.alloc(0)),
  ).toBe(true);
});

test("the host's calls leave no secret in any instance", () => {
  expect(before.length).toBeGreaterThan(1);
  winternitzPublicKey(seed);
  treeKeys(seed, 0, 1);
  treeSeed(seed, 0);
  expect(hex(sha3OfSecret(seed))).toBe(hex(peerSha3(seed)));
  const signature = winternitzSign(seed, seed.subarray(0, 3));
  for (const memory of contents()) {
    for (const trace of [seed, secret, signature.subarray(0, 32)]) expect(memory.includes(Buffer.from(trace))).toBe(false);
  }
});

test("errors do not show what they are about", () => {
  for (const length of [31, 33]) {
    const wrong = Buffer.concat([seed, seed]).subarray(0, length);
    try {
      coreOf("scalar").publicKey(wrong);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      expect(String(error)).not.toContain(hex(seed).slice(0, 8));
    }
  }
});
