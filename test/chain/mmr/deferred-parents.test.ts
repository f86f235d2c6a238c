import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DeferredParents } from "../../../host/chain/mmr/deferred-parents.js";
import { MMR } from "../../../host/chain/mmr/mmr.js";
import { toHex } from "../../../host/protocol/bytes.js";
import { ProtocolError } from "../../../host/protocol/errors.js";
import { type MMRData, type MMREntry, type MMRProof, writeMMRData } from "../../../host/protocol/mmr-objects.js";
import { MiniNumber } from "../../../host/protocol/number.js";
import { encode } from "../../../host/protocol/writer.js";
import { wireNumbers } from "../../protocol/arbitraries.js";

/** What is done to an MMR: a leaf is added, or one is replaced with a proof made at some block. */
type Action =
  | { readonly kind: "add"; readonly leaf: MMRData }
  | {
      readonly kind: "update";
      readonly leaf: MMRData;
      readonly pick: number;
      /** The block the proof was made at, counted from the newest; how many chunks it lost. */
      readonly age: number;
      readonly lost: number;
      /** What the proof says of its block in place of the truth. */
      readonly claim: MiniNumber | null;
      /** A chunk of the proof that was forged. */
      readonly forged: { readonly at: number; readonly data: MMRData } | null;
    };

const amounts: fc.Arbitrary<MiniNumber> = fc
  .tuple(fc.bigInt(0n, 10n ** 12n), fc.integer({ min: -3, max: 8 }))
  .map(([unscaled, scale]) => new MiniNumber(unscaled, scale));
const hostile: fc.Arbitrary<MiniNumber> = fc.oneof(
  amounts,
  amounts.map((amount) => amount.negate()),
  wireNumbers,
  fc.constantFrom(MiniNumber.MAX, MiniNumber.MAX.negate(), MiniNumber.MAX.decrement()),
);
const claims = fc.constantFrom(...["0", "1", "2", "1.5", "-1", "100"].map((text) => MiniNumber.parse(text)), new MiniNumber(1n, -30));

/** Hashes of 32 bytes; now and then of any length that is decoded. */
function nodesWith(numbers: fc.Arbitrary<MiniNumber>): fc.Arbitrary<MMRData> {
  const hash = fc.oneof(
    { weight: 12, arbitrary: fc.uint8Array({ minLength: 32, maxLength: 32 }) },
    fc.uint8Array({ maxLength: 64, size: "max" }),
  );
  return fc.record({ hash, value: numbers });
}

function actionsWith(nodes: fc.Arbitrary<MMRData>, isHostile: boolean): fc.Arbitrary<Action[]> {
  const or = <T>(value: fc.Arbitrary<T>, otherwise: T): fc.Arbitrary<T> =>
    isHostile ? fc.oneof({ weight: 6, arbitrary: fc.constant(otherwise) }, value) : fc.constant(otherwise);
  const update = fc.record({
    kind: fc.constant("update" as const),
    leaf: nodes,
    pick: fc.nat(1000),
    age: fc.nat(4),
    lost: or(fc.nat(3), 0),
    claim: or<MiniNumber | null>(claims, null),
    forged: or<{ at: number; data: MMRData } | null>(fc.record({ at: fc.nat(5), data: nodes }), null),
  });
  const add = fc.record({ kind: fc.constant("add" as const), leaf: nodes });
  return fc.array(fc.oneof({ weight: 2, arbitrary: update }, add), { maxLength: 16 });
}

function proofFor({ pick, age, lost, claim, forged }: Action & { kind: "update" }, blocks: readonly MMR[]) {
  const made = blocks[Math.max(0, blocks.length - 1 - age)] as MMR;
  const entry = BigInt(pick) % (made.next + 1n);
  const { blocktime, chunks } = made.proofToPeak(entry);
  const kept = chunks.slice(0, Math.max(0, chunks.length - lost));
  const proof: MMRProof = {
    blocktime: claim ?? blocktime,
    chunks: kept.map((chunk, i) => (forged !== null && i === forged.at % kept.length ? { ...chunk, data: forged.data } : chunk)),
  };
  return { entry, proof };
}

function outcome(action: () => void): string {
  try {
    action();
    return "done";
  } catch (error) {
    if (error instanceof ProtocolError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** Does it all with parents made at once, or deferred; tells what became of each action. */
function play(mmr: MMR, actions: readonly Action[], blocks: readonly MMR[], deferred?: DeferredParents): string[] {
  return actions.map((action) =>
    outcome(() => {
      if (action.kind === "add") {
        mmr.add(action.leaf, deferred?.join);
        return;
      }
      const { entry, proof } = proofFor(action, blocks);
      mmr.update(entry, proof, action.leaf, deferred?.join);
    }),
  );
}

const nodeText = ({ row, entry, data }: MMREntry): string => `${row}:${entry.unscaled} ${toHex(encode(writeMMRData, data))}`;

/** All there is to see of an MMR. */
function shown(mmr: MMR): unknown {
  return {
    nodes: Array.from(mmr.entries(), nodeText).sort(),
    peaks: mmr.peaks().map(nodeText),
    next: mmr.next,
    root: outcome(() => {
      const root = mmr.root();
      throw new ProtocolError("malformed", root === null ? "none" : toHex(encode(writeMMRData, root)));
    }),
  };
}

/** Blocks with overlays over one another, made one parent after the other. */
function chainOf(first: readonly MMRData[], blocks: readonly (readonly Action[])[]): MMR[] {
  const start = new MMR(1);
  for (const leaf of first) outcome(() => start.add(leaf));
  const chain = [start];
  for (const actions of blocks) {
    outcome(() => chain.at(-1)?.finalise());
    const next = MMR.over(chain.at(-1) as MMR);
    play(next, actions, chain);
    chain.push(next);
  }
  return chain;
}

/** The next block over a chain, twice. */
function twins(chain: readonly MMR[], isLinked: boolean): readonly [MMR, MMR] {
  const tip = chain.at(-1) as MMR;
  const next = (): MMR => (isLinked ? MMR.over(tip) : MMR.fromPeaks(tip.blocktime + 1, tip.peaks()));
  return [next(), next()];
}

describe.each([
  { name: "amounts", numbers: amounts, isHostile: false },
  { name: "hostile values and proofs", numbers: hostile, isHostile: true },
])("deferred parents make what parents made at once make: $name", ({ numbers, isHostile }) => {
  const nodes = nodesWith(numbers);
  const actions = actionsWith(nodes, isHostile);
  const plans = fc.tuple(fc.array(nodes, { minLength: 1, maxLength: 20 }), fc.array(actions, { maxLength: 4 }), actions, fc.boolean());

  test("after any spends and new leaves", () => {
    fc.assert(
      fc.property(plans, ([first, blocks, last, isLinked]) => {
        const chain = chainOf(first, blocks);
        const [atOnce, later] = twins(chain, isLinked);
        const deferred = new DeferredParents();
        expect(play(later, last, chain, deferred)).toEqual(play(atOnce, last, chain));
        for (const _ of later.settle(deferred));
        expect(shown(later)).toEqual(shown(atOnce));
        for (const { data } of later.entries()) expect(Object.keys(data).sort()).toEqual(["hash", "value"]);
      }),
      { numRuns: 400 },
    );
  });

  test("who looks before they are hashed sees the same", () => {
    fc.assert(
      fc.property(plans, actions, ([first, blocks, last, isLinked], more) => {
        const chain = chainOf(first, blocks);
        const [atOnce, later] = twins(chain, isLinked);
        const deferred = new DeferredParents();
        play(later, last, chain, deferred);
        play(atOnce, last, chain);
        expect(shown(later)).toEqual(shown(atOnce));
        expect(play(later, more, [...chain, later], deferred)).toEqual(play(atOnce, more, [...chain, atOnce]));
        for (const _ of later.settle(deferred));
        expect(shown(later)).toEqual(shown(atOnce));
      }),
      { numRuns: 200 },
    );
  });
});
