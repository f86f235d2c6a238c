import { describe, expect, test } from "vitest";
import { sha3 } from "../../host/core/hash.js";
import { checkScripts } from "../../host/kissvm/index.js";
import { type Bytes, parseHex, toHex0x } from "../../host/protocol/bytes.js";
import { foldProof, parentNode, textLeaf } from "../../host/protocol/mmr-node.js";
import { type MMRProof, writeMMRProof } from "../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../host/protocol/number.js";
import { encode } from "../../host/protocol/writer.js";
import { BLOCK, coin, signatureBy, transaction } from "../kissvm/fixtures.js";
import { contract, key, REFUSED, type Spend, spend, wallet } from "./spend.js";

describe("MAST", () => {
  /** Two ways to spend; only the one taken is ever shown. */
  const daily = `RETURN SIGNEDBY(${key("ann")})`;
  const rescue = `RETURN SIGNEDBY(${key("bob")}) AND @COINAGE GT 1000`;
  const leaves = [textLeaf(daily), textLeaf(rescue)] as const;
  const root = parentNode(...leaves);
  const tree = contract(`MAST ${toHex0x(root.hash)}`);
  const proofOf = (index: 0 | 1): MMRProof => ({ blocktime: MiniNumber.ZERO, chunks: [{ left: index, data: leaves[1 - index] ?? root }] });

  function take(script: string, proof: MMRProof, signers: readonly string[], created = 0): true | string {
    const spent = coin({ address: tree.address, created: MiniNumber.of(created) });
    const { failure } = checkScripts(
      transaction([spent], []),
      {
        signatures: signers.map(signatureBy),
        coinProofs: [{ coin: spent, proof: { blocktime: MiniNumber.ZERO, chunks: [] } }],
        scripts: [
          { script: tree.script, proof: { blocktime: MiniNumber.ZERO, chunks: [] } },
          { script, proof },
        ],
      },
      { ...BLOCK, number: MiniNumber.of(2000) },
    );
    return failure === null ? true : failure.reason;
  }

  test("is a tree whose root the contract names", () => expect(foldProof(leaves[0], proofOf(0)).hash).toEqual(root.hash));
  test("takes the first way", () => expect(take(daily, proofOf(0), ["ann"])).toBe(true));
  test("takes the second way", () => expect(take(rescue, proofOf(1), ["bob"])).toBe(true));
  test("keeps to the conditions of the way", () => {
    expect(take(daily, proofOf(0), ["bob"])).toBe(REFUSED);
    expect(take(rescue, proofOf(1), ["bob"], 1000)).toBe(REFUSED);
  });
  test("takes no other way", () => {
    expect(take("RETURN TRUE", proofOf(0), ["eve"])).toBe("no script of this address in the witness");
    expect(take(daily, proofOf(1), ["ann"])).toBe("no script of this address in the witness");
  });
});

describe("coin flip", () => {
  const hash = (secret: string): string => toHex0x(sha3(parseHex(secret)));
  const firstBit = (secret: string): number => (parseHex(secret)[0] ?? 0) & 1;
  /**
   * Ann and Bob each put in half and the hash of a secret: state 1 and 2 their keys, 3 and 4 the hashes. Whoever spends
   * reveals both secrets in 5 and 6: Ann wins if their first bits are equal. After 100 blocks without a result both halves go back.
   */
  const flip = contract(`
    LET ann=PREVSTATE(1) LET bob=PREVSTATE(2)
    IF @COINAGE GT 100 THEN
      LET half=@AMOUNT/2
      ASSERT VERIFYOUT(0 ADDRESS([RETURN SIGNEDBY(]+STRING(ann)+[)]) half @TOKENID)
      RETURN VERIFYOUT(1 ADDRESS([RETURN SIGNEDBY(]+STRING(bob)+[)]) half @TOKENID)
    ENDIF
    LET a=STATE(5) LET b=STATE(6)
    ASSERT SHA3(a) EQ PREVSTATE(3) AND SHA3(b) EQ PREVSTATE(4)
    IF BITGET(a 0) EQ BITGET(b 0) THEN RETURN SIGNEDBY(ann) ELSE RETURN SIGNEDBY(bob) ENDIF`);
  const [a, b] = ["0x51AA", "0x0CBB"] as const;
  const state = { 1: key("ann"), 2: key("bob"), 3: hash(a), 4: hash(b) };
  const finish = (changes: Partial<Spend>): true | string =>
    spend({
      inputs: [{ to: flip.address, amount: 20, state, created: 950 }],
      scripts: [flip],
      state: { 5: a, 6: b },
      block: 1000,
      ...changes,
    });

  test("is won by Bob with these secrets", () => {
    expect(firstBit(a)).not.toBe(firstBit(b));
    expect(finish({ signedBy: ["bob"], outputs: [{ to: wallet("bob"), amount: 20 }] })).toBe(true);
  });
  test("is lost by Ann", () => expect(finish({ signedBy: ["ann"] })).toBe(REFUSED));
  test("is won by Ann with others", () => {
    const other = "0x0D";
    const inputs = [{ to: flip.address, amount: 20, state: { ...state, 4: hash(other) }, created: 950 }];
    expect(finish({ inputs, state: { 5: a, 6: other }, signedBy: ["ann"] })).toBe(true);
    expect(finish({ inputs, state: { 5: a, 6: other }, signedBy: ["bob"] })).toBe(REFUSED);
  });
  test("takes no other secrets than those promised", () =>
    expect(finish({ state: { 5: "0x50AA", 6: b }, signedBy: ["ann"] })).toBe(REFUSED));
  test("waits for both secrets", () => expect(finish({ state: { 6: b }, signedBy: ["bob"] })).toBe("no state variable 5"));
  test("gives both halves back if nobody reveals", () => {
    const halves = (to: readonly Bytes[]): Partial<Spend> => ({
      state: {},
      block: 1051,
      outputs: to.map((address) => ({ to: address, amount: 10 })),
    });
    expect(finish(halves([wallet("ann"), wallet("bob")]))).toBe(true);
    expect(finish(halves([wallet("bob"), wallet("bob")]))).toBe(REFUSED);
    expect(finish({ ...halves([wallet("ann"), wallet("bob")]), block: 1050 })).toBe("no state variable 5");
  });
});

describe("allow list", () => {
  /** Who may spend is a leaf of a tree; the transaction shows the proof in port 2. */
  const members = ["ann", "bob"].map((name) => textLeaf(name)) as [ReturnType<typeof textLeaf>, ReturnType<typeof textLeaf>];
  const root = parentNode(...members);
  const list = contract(`RETURN PROOF(STATE(1) 0 ${toHex0x(root.hash)} 0 STATE(2))`);
  const proof = toHex0x(encode(writeMMRProof, { blocktime: MiniNumber.ZERO, chunks: [{ left: 1, data: members[0] }] }));
  const enter = (name: string): true | string =>
    spend({ inputs: [{ to: list.address, amount: 1 }], scripts: [list], state: { 1: `[${name}]`, 2: proof } });

  test("lets members in", () => expect(enter("bob")).toBe(true));
  test("keeps others out", () => {
    expect(enter("ann")).toBe(REFUSED);
    expect(enter("eve")).toBe(REFUSED);
  });
});
