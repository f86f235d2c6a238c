import { deepStrictEqual } from "node:assert";
import { DeferredParents } from "../../chain/mmr/deferred-parents.js";
import { MMR } from "../../chain/mmr/mmr.js";
import { sha3 } from "../../core/hash.js";
import type { MMRData, MMRProof } from "../../protocol/mmr-objects.js";
import { MiniNumber } from "../../protocol/number.js";
import { contender } from "./benny.js";
import type { Group, LaterGroup } from "./measure.js";
import { OURS } from "./peers.js";
import { warmUp } from "./race.js";

/** Coins there are before the block. */
const COINS = 10_000;
/** Far from one another, and no two the same: it has no factor in common with their number. */
const STRIDE = 7919;

interface Spend {
  readonly entry: bigint;
  readonly proof: MMRProof;
}

/** What blocks of some sizes do to the MMR: their parents hashed together as minimote does it, and one by one. */
export function blockGroups(): LaterGroup[] {
  return [
    [64, 64],
    [2, 3],
  ].map(([spends = 0, added = 0]) => ({
    name: `MMR of ${COINS} coins: a block of ${spends} spends and ${added} new coins`,
    make: (name) => blockGroup(name, spends, added),
  }));
}

export function blockGroup(name: string, spends: number, added: number, coins = COINS): Group {
  const mmr = MMR.of(Array.from({ length: coins }, (_, i) => leaf(i)));
  const spent = Array.from({ length: spends }, (_, i): Spend => {
    const entry = BigInt((i * STRIDE) % coins);
    return { entry, proof: mmr.proofToPeak(entry) };
  });
  const leaves = Array.from({ length: added }, (_, i) => leaf(coins + i));
  const apply = (deferred?: DeferredParents): MMRData | null => {
    const block = MMR.fromPeaks(1, mmr.peaks());
    for (const { entry, proof } of spent) block.update(entry, proof, SPENT, deferred?.join);
    for (const leaf of leaves) block.add(leaf, deferred?.join);
    if (deferred !== undefined) for (const _ of block.settle(deferred));
    return block.root();
  };
  const together = (): MMRData | null => apply(new DeferredParents());
  const oneByOne = (): MMRData | null => apply();
  deepStrictEqual(together(), oneByOne(), name);
  warmUp(together);
  warmUp(oneByOne);
  return { name, unit: "blocks", contenders: [contender(OURS, together), contender("one parent after the other", oneByOne)] };
}

const SPENT: MMRData = { hash: sha3(Uint8Array.of(0)), value: MiniNumber.ZERO };

function leaf(index: number): MMRData {
  return { hash: sha3(Uint8Array.of(index >> 8, index)), value: new MiniNumber(BigInt(index + 1), 2) };
}
