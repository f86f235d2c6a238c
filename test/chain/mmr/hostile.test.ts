import { describe, expect, test, vi } from "vitest";
import { isCoinProofValid, provesCoin } from "../../../host/chain/mmr/coin-proof.js";
import { readMegaMMR } from "../../../host/chain/mmr/mega.js";
import { MMR } from "../../../host/chain/mmr/mmr.js";
import { readMMRSet } from "../../../host/chain/mmr/mmr-set.js";
import { runSteps } from "../../../host/chain/steps.js";
import { applyTxBlock, makeTxBlock } from "../../../host/chain/txblock.js";
import type { Coin } from "../../../host/protocol/coin.js";
import { type EntryNumber, entryNumber, writeEntryNumber } from "../../../host/protocol/entry-number.js";
import { ProtocolError } from "../../../host/protocol/errors.js";
import { dataLeaf } from "../../../host/protocol/mmr-node.js";
import { type MMREntry, type MMRProof, readMMRProof, writeMMREntry } from "../../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import { decode } from "../../../host/protocol/reader.js";
import type { TxBlock } from "../../../host/protocol/txblock.js";
import { Writer } from "../../../host/protocol/writer.js";
import { sampleBody, sampleCoin, sampleTxPoW, sampleWitness } from "../../protocol/samples.js";
import { firstBlock, proveAt } from "./coin-chain.js";

const node = dataLeaf(Uint8Array.of(1));
const huge: EntryNumber = { scale: 0, unscaled: 1n << 250n };
const peak = (row: number, entry: EntryNumber = entryNumber(0)): MMREntry => ({ row, entry, data: node });
const chunks = (count: number): MMRProof["chunks"] => new Array(count).fill({ left: 0, data: node });

/** None of this may hang. */
vi.setConfig({ testTimeout: 30_000 });

function refused(action: () => unknown): void {
  expect(action).toThrow(ProtocolError);
}

const parent = firstBlock([5, 6, 7, 8, 9]);
const good = proveAt(parent, 2);

const block = (changes: Partial<TxBlock>): TxBlock => ({
  txpow: sampleTxPoW(null, { block: MiniNumber.ONE }),
  previousPeaks: parent.mmr.peaks(),
  spentCoins: [],
  newCoins: [],
  ...changes,
});
const apply = (changes: Partial<TxBlock>): unknown => runSteps(applyTxBlock(block(changes), null));
const at = (mmrentry: EntryNumber): Coin => ({ ...good.coin, mmrentry });

describe("a hostile TxBlock is refused", () => {
  test("the honest one is not", () => {
    expect(() => apply({ spentCoins: [good] })).not.toThrow();
  });

  test.each<[string, readonly MMREntry[]]>([
    ["a negative row", [peak(-1)]],
    ["a row beyond 255", [peak(256)]],
    ["rows that rise", [peak(1), peak(2)]],
    ["a row twice", [peak(3), peak(3)]],
    ["a negative position", [peak(1, entryNumber(-2))]],
    ["a position with a scale", [peak(1, { scale: -2147483648, unscaled: 2n })]],
    ["no peaks at all for a spend", []],
    ["peaks at odd positions", [peak(2, entryNumber(1)), peak(0, entryNumber(5))]],
    ["a peak far off", [peak(255, huge), peak(2, huge)]],
    ["every row, none of it at home", Array.from({ length: 256 }, (_, i) => peak(255 - i, huge))],
  ])("with peaks in bad places: %s", (_, previousPeaks) => {
    refused(() => apply({ previousPeaks, spentCoins: [{ ...good, proof: { ...good.proof, chunks: [] } }] }));
  });

  test.each<[string, EntryNumber]>([
    ["the next entry", entryNumber(5)],
    ["beyond 2^53", { scale: 0, unscaled: 1n << 60n }],
    ["beyond 2^256", { scale: 0, unscaled: 1n << 300n }],
    ["negative", entryNumber(-1)],
    ["a fraction", { scale: 1, unscaled: 25n }],
    ["with a scale that must not be expanded", { scale: -2147483648, unscaled: 1n }],
    ["with a scale of many decimals", { scale: 2147483647, unscaled: 1n }],
  ])("that spends an entry that is not there: %s", (_, mmrentry) => {
    refused(() => apply({ spentCoins: [{ coin: at(mmrentry), proof: { ...good.proof, chunks: chunks(300) } }] }));
  });

  test("whose proof lacks a chunk", () => {
    refused(() => apply({ spentCoins: [{ ...good, proof: { ...good.proof, chunks: good.proof.chunks.slice(0, -1) } }] }));
  });

  test("whose sum is beyond 2^64 - 1", () => {
    const rich = { ...node, value: MiniNumber.MAX };
    refused(() => apply({ previousPeaks: [{ ...peak(0), data: rich }], newCoins: [sampleCoin()] }));
    refused(() => apply({ spentCoins: [{ ...good, proof: { ...good.proof, chunks: [{ left: 0, data: rich }, ...chunks(1)] } }] }));
  });

  test("that grows an MMR without room", () => {
    const previousPeaks = Array.from({ length: 256 }, (_, i) => peak(255 - i, entryNumber((2n << BigInt(i)) - 2n)));
    refused(() => apply({ previousPeaks, newCoins: [sampleCoin()] }));
  });
});

test("a transaction with a bad position or a short proof makes no block", () => {
  const short: MMRProof = { blocktime: MiniNumber.of(5), chunks: [] };
  for (const proven of [
    { ...good, coin: at(entryNumber(-1)) },
    { ...good, proof: short },
  ]) {
    const body = sampleBody({ witness: { ...sampleWitness([]), coinProofs: [proven] } });
    refused(() => runSteps(makeTxBlock(parent.mmr, sampleTxPoW(body), [])));
  }
});

describe("a hostile coin proof is invalid", () => {
  const valid = (proof: Partial<MMRProof>): boolean => isCoinProofValid(parent.mmr, { ...good, proof: { ...good.proof, ...proof } });

  test("however many chunks it has", () => {
    const untouched = { left: 0, data: node };
    Object.defineProperty(untouched, "data", { get: () => expect.fail("hashed all the same") });
    expect(valid({ chunks: new Array(500_000).fill(untouched) })).toBe(false);
    expect(valid({ chunks: [...good.proof.chunks, ...chunks(3)] })).toBe(false);
  });

  test("when its sum is beyond 2^64 - 1", () => {
    const chunks = [{ left: 0, data: { ...node, value: MiniNumber.MAX } }];
    expect(valid({ chunks })).toBe(false);
    expect(() => provesCoin(parent.mmr, { ...good, proof: { ...good.proof, chunks } })).toThrow(ProtocolError);
  });

  test("when it is of a time that no block has", () => {
    for (const blocktime of [MiniNumber.MAX, MiniNumber.of(-1), new MiniNumber(1n, 127), new MiniNumber(1n, -128)])
      expect(valid({ blocktime })).toBe(false);
  });
});

describe("a hostile encoding is refused before anything is allocated", () => {
  const written = (fill: (writer: Writer) => void): Uint8Array => {
    const writer = new Writer();
    fill(writer);
    return writer.toBytes();
  };

  test("a proof with more chunks than bytes", () => {
    const bytes = written((w) => {
      w.integer(0);
      w.integer(2_000_000_000);
    });
    refused(() => decode(readMMRProof, bytes));
  });

  const set = (next: EntryNumber, count: number, entries: readonly MMREntry[]): Uint8Array =>
    written((w) => {
      w.integer(1);
      writeEntryNumber(w, next);
      w.integer(count);
      for (const entry of entries) writeMMREntry(w, entry);
    });

  test.each<[string, Uint8Array]>([
    ["more entries than bytes", set(entryNumber(1), 2_000_000_000, [])],
    ["a row beyond 255", set(entryNumber(1), 1, [peak(256)])],
    ["a negative row", set(entryNumber(1), 1, [peak(-1)])],
    ["a negative position", set(entryNumber(1), 1, [peak(0, entryNumber(-1))])],
    ["a fraction of a position", set(entryNumber(1), 1, [peak(0, { scale: 3, unscaled: 1n })])],
    ["a position that must not be expanded", set(entryNumber(1), 1, [peak(0, { scale: -2147483648, unscaled: 1n })])],
    ["a size that must not be expanded", set({ scale: -2147483648, unscaled: 1n }, 0, [])],
  ])("an MMR set with %s", (_, bytes) => {
    refused(() => decode(readMMRSet, bytes));
    refused(() => decode(readMegaMMR, Buffer.concat([written((w) => w.integer(1)), bytes])));
  });

  test("positions far beyond any leaf are kept apart", () => {
    const entries = [peak(0, huge), peak(0, { scale: 0, unscaled: huge.unscaled + 1n }), peak(255, huge), peak(0), peak(255)];
    const mmr = decode(readMMRSet, set(entryNumber(1), 5, entries));
    expect(mmr.size).toBe(5);
    mmr.finalise();
    expect(mmr.size).toBe(5);
    for (const { row, entry } of entries) expect(mmr.get(row, entry.unscaled)).toEqual(node);
  });
});

test("an MMR that lacks its peaks takes no leaf", () => {
  const mmr = new MMR(0);
  mmr.next = 7n;
  refused(() => mmr.add(node));
});
