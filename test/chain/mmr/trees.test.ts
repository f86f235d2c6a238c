import { describe, expect, test } from "vitest";
import { proofTree, scriptTree, splitValue, userLeaf } from "../../../host/chain/mmr/trees.js";
import { dataLeaf, foldProof, scriptProofAddress, textLeaf } from "../../../host/protocol/mmr-node.js";
import { MiniNumber } from "../../../host/protocol/number.js";

describe("trees without coins (spec 03 §13)", () => {
  test("every script of a tree leads to its address", () => {
    for (let count = 1; count <= 12; count++) {
      const { address, scripts } = scriptTree(Array.from({ length: count }, (_, i) => `RETURN ${i}`));
      expect(scripts.map(({ script }) => script)).toEqual(Array.from({ length: count }, (_, i) => `RETURN ${i}`));
      for (const script of scripts) expect(scriptProofAddress(script)).toEqual(address);
    }
  });

  test("a tree of one script is the address of the script", () => {
    expect(scriptTree(["RETURN TRUE"]).address).toEqual(textLeaf("RETURN TRUE").hash);
  });

  test("a tree needs a leaf", () => {
    expect(() => proofTree([])).toThrow(/leaf/);
  });

  test("the root of a sum tree has the sum", () => {
    const leaves = ["a:1", "b:2.5", "0x01:3", "c"].map((text) => userLeaf(splitValue(text)));
    const { root, proofs } = proofTree(leaves);
    expect(root.value.toString()).toBe("6.5");
    for (const [i, leaf] of leaves.entries()) expect(foldProof(leaf, proofs[i] as (typeof proofs)[0])).toEqual(root);
  });

  test("a user's leaf is data from 0x on, else a string; the value stands behind the first colon", () => {
    expect(userLeaf(splitValue("0x0102"))).toEqual(dataLeaf(Uint8Array.of(1, 2)));
    expect(userLeaf(splitValue("0102:2.50"))).toEqual(textLeaf("0102", MiniNumber.parse("2.50")));
    expect(splitValue("a")).toEqual({ text: "a", value: MiniNumber.ZERO });
    expect(() => splitValue("a:b:1")).toThrow(/number/);
    expect(() => userLeaf(splitValue("0xZZ"))).toThrow(/HEX/);
  });
});
