import { beforeAll, describe, expect, test } from "vitest";
import { winternitzRecover } from "../../host/core/winternitz.js";
import type { Signature } from "../../host/protocol/signature.js";
import { UpperLevels } from "../../host/protocol/upper-levels.js";
import { verifySignature } from "../../host/protocol/verify-signature.js";
import { TreeKey } from "../../host/wallet/treekey.js";

const message = (i: number): Uint8Array => new Uint8Array(32).fill(i);

describe("levels shared by the signatures of a key", () => {
  let publicKey: Uint8Array;
  let signatures: Signature[] = [];

  beforeAll(async () => {
    const key = await TreeKey.open(new Uint8Array(32).fill(1), { keys: 4, levels: 3 });
    publicKey = key.publicKey;
    signatures = [];
    // Uses 0 and 1 share both upper levels, use 4 shares the highest only.
    for (const use of [0, 1, 4]) signatures.push(await key.sign(use, message(use)));
  });

  /** Counts what was recovered anew, by asking for nothing twice. */
  function counted(levels: UpperLevels): { recovered: number; check(i: number, use: number): boolean } {
    const counter = {
      recovered: 0,
      check: (i: number, use: number): boolean =>
        verifySignature(publicKey, message(use), signatures[i] as Signature, (level, signed, isUpper) => {
          if (levels.find({ level, message: signed, isUpper }) === undefined) counter.recovered++;
          return levels.recover(level, signed, isUpper);
        }),
    };
    return counter;
  }

  test("are recovered once", () => {
    const counter = counted(new UpperLevels());
    expect(counter.check(0, 0)).toBe(true);
    expect(counter.recovered).toBe(3);
    expect(counter.check(1, 1)).toBe(true);
    expect(counter.recovered).toBe(4);
    expect(counter.check(2, 4)).toBe(true);
    expect(counter.recovered).toBe(6);
  });

  test("help no other message and no other signature", () => {
    const levels = new UpperLevels();
    expect(verifySignature(publicKey, message(0), signatures[0] as Signature, levels.recover)).toBe(true);
    expect(verifySignature(publicKey, message(1), signatures[0] as Signature, levels.recover)).toBe(false);
    for (let i = 0; i < 3; i++) {
      const broken = (signatures[0] as Signature).proofs.map((proof, at) =>
        at === i ? { ...proof, signature: proof.signature.map((byte, j) => (j === 100 ? byte ^ 1 : byte)) } : proof,
      );
      expect(verifySignature(publicKey, message(0), { proofs: broken }, levels.recover)).toBe(false);
    }
  });

  test("are remembered up to a number of them, and the last level never", () => {
    const levels = new UpperLevels(2);
    const [{ proofs } = { proofs: [] }] = signatures;
    const [level] = proofs;
    if (level === undefined) throw new Error("a signature has levels");
    for (const i of [1, 2, 3]) levels.add({ level, message: message(i), isUpper: true }, message(i));
    expect(levels.find({ level, message: message(1), isUpper: true })).toBeUndefined();
    expect(levels.find({ level, message: message(3), isUpper: true })).toEqual(message(3));
    const data = message(9);
    expect(levels.recover(level, data, false)).toEqual(winternitzRecover(data, level.signature));
    expect(levels.find({ level, message: data, isUpper: true })).toBeUndefined();
  });
});
