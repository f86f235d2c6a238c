import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Cascade,
  cascadeOf,
  EMPTY_CASCADE,
  extendCascade,
  isConsistentCascade,
  isWellFormedChain,
  readCascade,
  writeCascade,
} from "../../host/chain/cascade.js";
import { txpowKey } from "../../host/chain/id-key.js";
import { weightText } from "../../host/chain/weight.js";
import { writeCascadeNodes } from "../../host/protocol/cascade.js";
import { decode } from "../../host/protocol/reader.js";
import { superLevel, type TxPoW } from "../../host/protocol/txpow.js";
import { encode } from "../../host/protocol/writer.js";
import { mineHeader } from "./headers.js";

const NODES = 4;

const chain: TxPoW[] = [];
for (let i = 0; i < 160; i++) chain.push(mineHeader({}, chain.at(-1) ?? null, i));

function extendInBatches(sizes: readonly number[]): Cascade {
  let cascade = EMPTY_CASCADE;
  let at = 0;
  for (const size of sizes) {
    cascade = extendCascade(cascade, chain.slice(at, at + size), NODES);
    at += size;
  }
  return extendCascade(cascade, chain.slice(at), NODES);
}

const view = (cascade: Cascade): unknown => [cascade.nodes.map(({ key, level }) => [key, level]), weightText(cascade.weight)];

describe("the cascade", () => {
  const whole = extendInBatches([]);

  test("does not depend on the batches in which it grew", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 12 }), (sizes) => {
        expect(view(extendInBatches(sizes))).toEqual(view(whole));
      }),
      { numRuns: 50 },
    );
  });

  test("is consistent at every length of a chain known from its start", () => {
    for (let length = 1; length <= chain.length; length++)
      expect(isConsistentCascade(extendCascade(EMPTY_CASCADE, chain.slice(0, length), NODES))).toBe(true);
  });

  test("stays the same when cascaded again", () => {
    expect(view(cascadeOf(whole.nodes, NODES))).toEqual(view(whole));
  });

  test("must be followed by the next block", () => {
    const cascade = extendCascade(EMPTY_CASCADE, chain.slice(0, 100), NODES);
    expect(isWellFormedChain(cascade, chain[100])).toBe(true);
    expect(isWellFormedChain(cascade, chain[101])).toBe(false);
    expect(isWellFormedChain(cascade, undefined)).toBe(false);
    expect(isWellFormedChain(EMPTY_CASCADE, chain[5])).toBe(true);
  });

  test("refuses a tip level that has no weight", () => {
    const [tip] = whole.nodes;
    if (tip === undefined) throw new Error("empty cascade");
    for (const level of [-1, 32, 2 ** 31 - 1]) expect(() => cascadeOf([{ txpow: tip.txpow, level }], NODES)).toThrow("cascade level");
  });

  test("is written without decoding, as its nodes are, and read back", () => {
    const bytes = encode(writeCascade, whole);
    expect(bytes).toEqual(encode(writeCascadeNodes, whole.nodes));
    const read = decode((reader) => readCascade(reader, NODES), bytes);
    expect(view(read)).toEqual(view(whole));
    expect(read.weight).toEqual(whole.weight);
    for (const { key, superLevel: level, txpow } of read.nodes) {
      expect(key).toBe(txpowKey(txpow));
      expect(level).toBe(superLevel(txpow));
    }
  });
});
