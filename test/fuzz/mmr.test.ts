import { describe, expect, test } from "vitest";
import { isCoinProofValid } from "../../host/chain/mmr/coin-proof.js";
import { readMegaMMR } from "../../host/chain/mmr/mega.js";
import { MMR } from "../../host/chain/mmr/mmr.js";
import { readMMRSet, writeMMRSet } from "../../host/chain/mmr/mmr-set.js";
import { runSteps } from "../../host/chain/steps.js";
import { blockNumber } from "../../host/chain/tree-node.js";
import { applyTxBlock } from "../../host/chain/txblock.js";
import { type Bytes, toHex } from "../../host/protocol/bytes.js";
import { entryNumber, entryPosition } from "../../host/protocol/entry-number.js";
import { ProtocolError } from "../../host/protocol/errors.js";
import { coinLeaf, spentCoinLeaf } from "../../host/protocol/mmr-node.js";
import { decode } from "../../host/protocol/reader.js";
import { recodedState } from "../../host/protocol/state-variable.js";
import { readTxBlock, type TxBlock } from "../../host/protocol/txblock.js";
import { encode } from "../../host/protocol/writer.js";
import { fromHex } from "../conformance/areas/base-bytes.js";
import { generator, mutate, orRefused, RUNS, vectors } from "./mutations.js";

/** What is decoded is also worked with, which takes longer than decoding. */
const USES = Math.ceil(RUNS / 20);
const MAX_SEED_BYTES = 4000;

const seedsOf = (hexes: readonly string[]): Bytes[] => hexes.map(fromHex).filter(({ length }) => length <= MAX_SEED_BYTES);

const { mmrs } = vectors("mmr/serialized") as { readonly mmrs: readonly { readonly enc: string }[] };
const { megaMMR } = vectors("mmr/prune") as { readonly megaMMR: readonly { readonly enc: string }[] };
const blocks = vectors("objects/txblock_chain") as readonly { readonly hex: string }[];

/** Everything one can ask of an MMR. */
function use(mmr: MMR): void {
  orRefused(() => mmr.finalise());
  orRefused(() => mmr.root());
  for (const { entry } of mmr.peaks()) {
    const proof = mmr.proofToPeak(entry.unscaled);
    orRefused(() => mmr.proofToRoot(entry.unscaled));
    orRefused(() => mmr.update(entry.unscaled, proof, { hash: new Uint8Array(32), value: proof.blocktime }));
  }
}

/** A TxBlock applied with each parent hashed when it is made (spec 03 §9). */
function appliedOneByOne({ txpow, previousPeaks, spentCoins, newCoins }: TxBlock): MMR {
  const mmr = MMR.fromPeaks(blockNumber(txpow), previousPeaks);
  for (const { coin, proof } of spentCoins) {
    const entry = entryPosition(coin.mmrentry);
    if (entry === undefined || BigInt(entry) >= mmr.next) throw new ProtocolError("range", "no such coin");
    mmr.update(BigInt(entry), proof, spentCoinLeaf(coin));
  }
  for (const coin of newCoins) {
    const placed = { mmrentry: entryNumber(mmr.next), created: txpow.header.block, spent: 0, state: recodedState(coin.state) };
    mmr.add(coinLeaf({ ...coin, ...placed }));
  }
  mmr.finalise();
  return mmr;
}

function fuzz(seeds: readonly Bytes[], seed: number, run: (input: Bytes) => boolean): void {
  expect(seeds.length).toBeGreaterThan(0);
  const random = generator(seed);
  let decoded = 0;
  for (let i = 0; i < USES; i++) if (run(mutate(seeds, random))) decoded++;
  expect(decoded).toBeGreaterThan(0);
}

describe(`${USES} broken inputs do no harm`, () => {
  test("as MMR sets", () => {
    fuzz(seedsOf(mmrs.map(({ enc }) => enc)), 1, (input) => {
      const mmr = orRefused(() => decode(readMMRSet, input));
      if (mmr === undefined) return false;
      use(mmr);
      expect(decode(readMMRSet, encode(writeMMRSet, mmr)).size).toBe(mmr.size);
      return true;
    });
  });

  test("as Mega MMR images", () => {
    fuzz(seedsOf(megaMMR.map(({ enc }) => enc)), 2, (input) => {
      const mega = orRefused(() => decode(readMegaMMR, input));
      if (mega === undefined) return false;
      for (const _ of mega.forgetUnspendable({ state: true, tokens: true }));
      use(mega.mmr);
      return true;
    });
  });

  test("as TxBlocks that are applied", () => {
    fuzz(seedsOf(blocks.map(({ hex }) => hex)), 3, (input) => {
      const block = orRefused(() => decode(readTxBlock, input));
      const applied = block && orRefused(() => runSteps(applyTxBlock(block, null)).result);
      const expected = block && orRefused(() => appliedOneByOne(block));
      const written = (mmr: MMR | undefined): string | undefined => mmr && toHex(encode(writeMMRSet, mmr));
      expect(written(applied?.mmr)).toBe(written(expected));
      expect(applied?.mmr.root()).toEqual(expected?.root());
      if (block === undefined || applied === undefined) return false;
      for (const spent of block.spentCoins) isCoinProofValid(applied.mmr, spent);
      use(applied.mmr);
      return true;
    });
  });
});
