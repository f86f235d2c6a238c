import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WINTERNITZ_SIGNATURE_LENGTH, winternitzPublicKey, winternitzRecover, winternitzSign } from "../../host/core/winternitz.js";
import { coreOf, hex, KINDS, peerSha3 } from "./cores.js";

const CHAINS = 34;
const LENGTH = 255;

/** Steps of each chain for a message (spec 04 §1.3). */
function digits(message: Uint8Array): number[] {
  const digest = [...peerSha3(message)];
  const checksum = 8192 - digest.reduce((sum, digit) => sum + digit, 0);
  return [...digest, checksum & 255, checksum >> 8];
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${hex(bytes.slice().reverse())}`);
}

/** The definition, step by step (spec 04 §1.1-§1.4): values after `steps` of each chain. */
function chainsAt(seed: Uint8Array, steps: readonly number[]): Uint8Array {
  let state = littleEndian(seed.subarray(0, 32));
  const values = steps.map((count) => {
    const bytes = Buffer.from(state.toString(16).padStart(64, "0"), "hex").reverse();
    let value = peerSha3(bytes);
    state = BigInt.asUintN(256, state + littleEndian(value) + 1n);
    for (let i = 0; i < count; i++) value = peerSha3(value);
    return value;
  });
  return Buffer.concat(values);
}

const publicKeyOf = (seed: Uint8Array): Uint8Array => peerSha3(chainsAt(seed, new Array<number>(CHAINS).fill(LENGTH)));

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
const messages = fc.uint8Array({ maxLength: 300 });

describe.each(KINDS)("one-time keys, %s", (kind) => {
  const core = coreOf(kind);

  test("anchors (spec 04 §1)", () => {
    const seed = new Uint8Array(32);
    const signature = core.sign(seed, core.sha3(new Uint8Array(0)));
    expect(hex(core.publicKey(seed)).toUpperCase()).toBe("F7F109B10C6DE41336140D7EBCF3067DF07954664F53DD3335E68FBA9E438023");
    expect(hex(signature.subarray(0, 32)).toUpperCase()).toBe("7F5BCCB9C7CDC850288F828B19D2BBF718B8C5C8AB0051C9E8A23C5AC40AD7CA");
    expect(hex(core.sha3(signature)).toUpperCase()).toBe("3F9D635C34E18AF46D950EF333463024DB95985AB75985BCCEF76FDBEB0724FB");
  });

  test("keys and signatures are those of the definition", () => {
    fc.assert(
      fc.property(seeds, messages, (seed, message) => {
        expect(hex(core.publicKey(seed))).toBe(hex(publicKeyOf(seed)));
        expect(hex(core.sign(seed, peerSha3(message)))).toBe(hex(chainsAt(seed, digits(message))));
      }),
      { numRuns: 10, examples: [[new Uint8Array(32).fill(255), new Uint8Array(0)]] },
    );
  });

  test("a signature leads back to the key, a damaged one to another", () => {
    fc.assert(
      fc.property(seeds, messages, fc.nat(WINTERNITZ_SIGNATURE_LENGTH * 8 - 1), (seed, message, bit) => {
        const digest = peerSha3(message);
        const key = hex(core.publicKey(seed));
        const signature = core.sign(seed, digest);
        expect(hex(core.recover(digest, signature))).toBe(key);
        const damaged = signature.slice();
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(hex(core.recover(digest, damaged))).not.toBe(key);
        expect(hex(core.recover(peerSha3(digest), signature))).not.toBe(key);
      }),
      { numRuns: 60 },
    );
  });

  // Chains of very different lengths, in every order, are where taking two at a time could go wrong.
  test.each([
    ["all digits 0", new Uint8Array(32)],
    ["all digits 255", new Uint8Array(32).fill(255)],
    ["one long chain first", new Uint8Array(32).fill(255, 0, 1)],
    ["one long chain last", new Uint8Array(32).fill(255, 31)],
    ["alternating", Uint8Array.from({ length: 32 }, (_, i) => (i % 2) * 255)],
    ["rising", Uint8Array.from({ length: 32 }, (_, i) => i * 8)],
    ["falling", Uint8Array.from({ length: 32 }, (_, i) => 255 - i * 8)],
  ])("%s", (_, digest) => {
    const seed = peerSha3(digest);
    const signature = core.sign(seed, digest);
    const sum = digest.reduce((total, digit) => total + digit, 0);
    expect(hex(signature)).toBe(hex(chainsAt(seed, [...digest, (8192 - sum) & 255, (8192 - sum) >> 8])));
    expect(hex(core.recover(digest, signature))).toBe(hex(core.publicKey(seed)));
  });

  test("lengths are checked", () => {
    const bytes = (length: number) => new Uint8Array(length);
    for (const length of [0, 31, 33]) {
      expect(() => core.publicKey(bytes(length))).toThrow(RangeError);
      expect(() => core.sign(bytes(length), bytes(32))).toThrow(RangeError);
      expect(() => core.sign(bytes(32), bytes(length))).toThrow(RangeError);
      expect(() => core.recover(bytes(length), bytes(1088))).toThrow(RangeError);
    }
    for (const length of [0, 1087, 1089, 200_000]) expect(() => core.recover(bytes(32), bytes(length))).toThrow(RangeError);
    expect(core.selftest()).toBe(0);
  });
});

describe("one-time keys, as the host calls them", () => {
  const seed = peerSha3(new Uint8Array([1]));
  const message = new Uint8Array([1, 2, 3]);

  test("messages are hashed first", () => {
    const signature = winternitzSign(seed, message);
    expect(hex(signature)).toBe(hex(chainsAt(seed, digits(message))));
    expect(hex(winternitzRecover(message, signature))).toBe(hex(winternitzPublicKey(seed)));
  });

  test("of a longer seed the first 32 bytes count; a shorter one is refused", () => {
    const longer = Buffer.concat([seed, message]);
    expect(hex(winternitzPublicKey(longer))).toBe(hex(winternitzPublicKey(seed)));
    expect(hex(winternitzSign(longer, message))).toBe(hex(winternitzSign(seed, message)));
    expect(() => winternitzPublicKey(seed.subarray(1))).toThrow(RangeError);
    expect(() => winternitzSign(seed.subarray(1), message)).toThrow(RangeError);
    expect(() => winternitzRecover(message, new Uint8Array(1087))).toThrow(RangeError);
  });
});
